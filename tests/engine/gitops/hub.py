"""A hub: a real API server with real CRDs, and the real ApplicationSet controller of Argo CD beside it."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import toolchain
from sandbox.kubernetes import ApiClient, ClusterKey, ControlPlanes
from sandbox.kubernetes.kubeconfig import with_certificate
from sandbox.kubernetes.processes import Spawner
from toolchain import Machine, module_folder

WAIT_S = 60
PART = {"app.kubernetes.io/part-of": "argocd"}
FOUNDATION: tuple[dict[str, Any], ...] = (
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "argocd"}},
    {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "argocd-cm", "namespace": "argocd", "labels": PART},
    },
    {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "argocd-secret", "namespace": "argocd", "labels": PART},
        "stringData": {"server.secretkey": "made up for a test"},
    },
)
"""What Argo CD's chart brings and its controllers look for."""

SHIPPED_CRDS = (
    ("github.com/argoproj/argo-cd/v3", "manifests/crds/*-crd.yaml"),
    ("github.com/aws/karpenter-provider-aws", "pkg/apis/crds/*.yaml"),
    ("sigs.k8s.io/kueue", "config/components/crd/bases/*.yaml"),
)
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
APPLICATIONS, APPLICATIONSETS = (
    f"/apis/argoproj.io/v1alpha1/namespaces/argocd/{kind}" for kind in ("applications", "applicationsets")
)

Objects = Iterable[dict[str, Any]]


@dataclass(frozen=True)
class Hub:
    """An API server of a test, its administrator's client and kubeconfig."""

    api: ApiClient
    kubeconfig: Path
    folder: Path

    def kubectl(self, *arguments: str, objects: Objects = ()) -> subprocess.CompletedProcess[str]:
        """Run kubectl with these objects on its standard input."""
        kubectl = toolchain.kubectl()
        assert kubectl is not None, "run `make setup`"
        return subprocess.run(
            [kubectl, f"--kubeconfig={self.kubeconfig}", *arguments],
            input="".join(f"---\n{json.dumps(item)}\n" for item in objects),
            capture_output=True,
            text=True,
            check=False,
            env={"HOME": str(self.folder), "PATH": os.defpath},
        )

    def apply(self, objects: Objects) -> None:
        """Server-side apply, strictly: a field that nobody knows is an error."""
        done = self.kubectl("apply", "--server-side", "--validate=strict", "-f", "-", objects=objects)
        assert done.returncode == 0, done.stderr

    def complaints(self, objects: Objects, namespace: str = "default") -> list[str]:
        """What the API server refuses of these objects, or warns of, without keeping any. The namespace is that of
        objects that name none, as Argo CD takes it.
        """
        flags = ("--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict")
        placed = list(objects)
        own = [item for item in placed if item["metadata"].get("namespace")]
        rest = [item for item in placed if not item["metadata"].get("namespace")]
        runs = [((), own), (("--namespace", namespace), rest)]
        done = [
            self.kubectl("apply", *flags, *where, "-f", "-", objects=them) for where, them in runs if them
        ]
        return [line for run in done for line in run.stderr.splitlines()]

    def applications(self) -> dict[str, dict[str, Any]]:
        """All Applications by name; those that wait to be deleted are gone for us."""
        items = self.api.get(APPLICATIONS)["items"]
        return {
            item["metadata"]["name"]: item for item in items if "deletionTimestamp" not in item["metadata"]
        }

    def until(self, path: str, holds: Callable[[], bool]) -> None:
        """Return once it holds; asked at the beginning, and after each change of an object of that path.

        Raises AssertionError when it did not come to hold in time.
        """
        deadline = time.monotonic() + WAIT_S
        version = self.api.get(path)["metadata"]["resourceVersion"]
        if holds():
            return
        for _ in self.api.watch(path, resourceVersion=version, timeoutSeconds=str(WAIT_S)):
            if holds():
                return
            assert time.monotonic() < deadline, f"not in {WAIT_S} s"
        raise AssertionError(f"not in {WAIT_S} s; see {self.folder}")


@contextmanager
def standing(folder: Path) -> Iterator[Hub]:
    """A hub with CRDs and namespaces, and nothing in it."""
    programs = {name: str(path) for name, path in toolchain.control_plane_programs().items()}
    planes, key = ControlPlanes(folder, programs), ClusterKey("483026362307", "us-east-1", "hub")
    planes.start(key, "1.34")
    try:
        _wait_for(lambda: _is_ready(planes, key))
        state = planes.state(key)
        assert state is not None
        certificate = (folder / "1-hub" / "admin.crt", folder / "1-hub" / "admin.key")
        kubeconfig = folder / "hub.kubeconfig"
        kubeconfig.write_text(with_certificate(state.endpoint, state.ca_pem, certificate))
        hub = Hub(api=planes.admin(key), kubeconfig=kubeconfig, folder=folder)
        _define(hub)
        yield hub
    finally:
        planes.close()


@contextmanager
def generating(hub: Hub) -> Iterator[None]:
    """Argo CD's ApplicationSet controller, which needs nothing else of Argo CD for generators of clusters."""
    program = hub.folder / "argocd-applicationset-controller"
    program.symlink_to(toolchain.argocd_programs()["argocd"])
    spawner = Spawner()
    process = spawner.spawn(
        [
            str(program),
            "--namespace=argocd",
            "--metrics-addr=0",
            "--probe-addr=0",
            "--webhook-addr=127.0.0.1:0",
            "--argocd-repo-server=127.0.0.1:1",
        ],
        log=hub.folder / "applicationset-controller.log",
        cwd=hub.folder,
        environment={"KUBECONFIG": str(hub.kubeconfig), "HOME": str(hub.folder), "PATH": os.defpath},
    )
    try:
        yield
        assert process.failure() is None, process.failure()
    finally:
        process.kill()
        spawner.close()


def _is_established(crd: dict[str, Any]) -> bool:
    conditions = crd.get("status", {}).get("conditions") or []
    return any(item["type"] == "Established" and item["status"] == "True" for item in conditions)


def _is_ready(planes: ControlPlanes, key: ClusterKey) -> bool:
    state = planes.state(key)
    assert state is not None
    assert state.failure is None, state.failure
    return state.ready


def _wait_for(holds: Callable[[], bool]) -> None:
    """Ask ten times a second: a control plane has no event to wait for."""
    deadline, pause = time.monotonic() + 2 * WAIT_S, threading.Event()
    while not holds():
        assert time.monotonic() < deadline, "the control plane did not become ready"
        pause.wait(0.1)


def _define(hub: Hub) -> None:
    machine = Machine.local()
    files = [
        path
        for module, pattern in SHIPPED_CRDS
        for path in sorted(module_folder(module, machine).glob(pattern))
    ]
    sources = [f"--filename={path}" for path in files]
    done = hub.kubectl("apply", "--server-side", *sources)
    assert done.returncode == 0, done.stderr
    hub.until(CRDS, lambda: all(map(_is_established, hub.api.get(CRDS)["items"])))
    hub.apply(FOUNDATION)
