"""The control planes of all clusters of a sandbox."""

from __future__ import annotations

import itertools
import re
import subprocess
import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

from sandbox.kubernetes import flags, nodes
from sandbox.kubernetes.client import ApiClient, ApiError
from sandbox.kubernetes.flags import Files
from sandbox.kubernetes.model import SERVICE_CIDR, ClusterKey, ControlPlane, Node, PlanesError, Webhooks
from sandbox.kubernetes.plane import PROGRAMS, Plane, Wanted
from sandbox.kubernetes.processes import Process, Spawner

ETCD = "etcd"
NEEDED = (ETCD, *PROGRAMS)
OLDEST_EMULATED = 3
"""Minors that an API server can play to be behind (kubernetes.io, "Compatibility Version For Control Plane")."""
_NOT_FOUND = 404


class ControlPlanes:
    """Real ones, in `folder`; nothing runs before the first is started. Safe to use from threads."""

    def __init__(
        self,
        folder: Path,
        programs: Mapping[str, str],
        *,
        webhooks: Callable[[ClusterKey], Webhooks] | None = None,
    ) -> None:
        """`programs`: the paths of those that are NEEDED, by name.

        `webhooks` says whom a cluster's API server asks; None: it knows only certificates and its own RBAC.
        """
        self._folder, self._programs, self._webhooks = folder, programs, webhooks
        self._planes: dict[ClusterKey, Plane] = {}
        self._lock = threading.Lock()
        self._etcd: Process | None = None
        self._spawner = Spawner()
        self._numbers = itertools.count(1)

    def start(self, key: ClusterKey, version: str, *, service_cidr: str = SERVICE_CIDR) -> None:
        """Bring one up in the background. Raises PlanesError when the programs are not there, or it runs already."""
        if missing := [name for name in NEEDED if name not in self._programs]:
            raise PlanesError(f"the sandbox has no {', '.join(missing)}; run `make setup` and start it again")
        with self._lock:
            if key in self._planes:
                raise PlanesError(f"{key} has a control plane already")
            plane = self._plane(key, version, service_cidr)
            self._planes[key] = plane
        threading.Thread(
            target=plane.bring_up, args=(self._ensure_etcd,), name=f"start {key.name}", daemon=True
        ).start()

    def state(self, key: ClusterKey) -> ControlPlane | None:
        """How it is; None when there is none."""
        plane = self._planes.get(key)
        return None if plane is None else plane.state

    def stop(self, key: ClusterKey) -> None:
        """End it. Its keys stay in etcd until the sandbox ends: another cluster of that name gets new ones."""
        with self._lock:
            plane = self._planes.pop(key, None)
        if plane is not None:
            plane.stop()

    def close(self) -> None:
        """End everything."""
        for key in list(self._planes):
            self.stop(key)
        with self._lock:
            if self._etcd is not None:
                self._etcd.kill()
                self._etcd = None
        self._spawner.close()

    def admin(self, key: ClusterKey) -> ApiClient:
        """A client that may do everything, for the sandbox itself. Raises PlanesError unless it is ready."""
        return self._ready(key).admin

    def join(self, key: ClusterKey, node: Node) -> None:
        """Let a node be there, Ready; one that is there already becomes what `node` says.

        Pods that are bound to it run. Raises PlanesError unless the cluster is ready.
        """
        plane = self._ready(key)
        plane.kubelet().host(node.name, node.internal_ip)
        path = f"/api/v1/nodes/{node.name}"
        plane.admin.apply(path, nodes.registered(key, node), manager=nodes.MANAGER)
        plane.admin.apply(f"{path}/status", nodes.reported(node, plane.state.version), manager=nodes.MANAGER)

    def leave(self, key: ClusterKey, name: str) -> None:
        """Let a node go, and the pods that were bound to it. One that is not there is no error."""
        admin = self._ready(key).admin
        _delete(admin, f"/api/v1/nodes/{name}")
        for pod in admin.get("/api/v1/pods", fieldSelector=f"spec.nodeName={name}")["items"]:
            metadata = pod["metadata"]
            _delete(admin, f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}")

    def _ready(self, key: ClusterKey) -> Plane:
        plane = self._planes.get(key)
        if plane is None or not plane.state.ready:
            raise PlanesError(f"{key} has no control plane that is ready")
        return plane

    def _plane(self, key: ClusterKey, version: str, service_cidr: str) -> Plane:
        number = next(self._numbers)
        wanted = Wanted(
            name=key.name,
            version=version,
            emulates=emulated(version, own=self._own_version),
            service_cidr=service_cidr,
            prefix=f"{number}-{key.name}",
        )
        return Plane(
            wanted,
            files=Files(self._folder / wanted.prefix),
            programs=self._programs,
            webhooks=self._webhooks(key) if self._webhooks else None,
            spawn=self._spawn,
        )

    def _ensure_etcd(self) -> None:
        """The one etcd. An API server waits for it by itself."""
        with self._lock:
            if self._etcd is None:
                command = flags.etcd(self._programs[ETCD], self._folder / ETCD)
                self._etcd = self._spawn(command, self._folder / "etcd.log")

    def _spawn(self, command: list[str], log: Path) -> Process:
        environment = flags.environment(self._folder)
        return self._spawner.spawn(command, log=log, cwd=self._folder, environment=environment)

    @cached_property
    def _own_version(self) -> str:
        """The minor version that the API server is of: "1.34"."""
        told = subprocess.check_output([self._programs[PROGRAMS[0]], "--version"], text=True)
        found = re.search(r"v(\d+\.\d+)\.", told)
        if found is None:
            raise PlanesError(f"kube-apiserver does not say its version: {told}")
        return found[1]


def emulated(version: str, *, own: str) -> str | None:
    """The version to play; one that the programs cannot play gets theirs."""
    behind = _minor(own) - _minor(version)
    return version if 0 < behind <= OLDEST_EMULATED else None


def _minor(version: str) -> int:
    return int(version.partition(".")[2])


def _delete(admin: ApiClient, path: str) -> None:
    try:
        admin.delete(path, {"gracePeriodSeconds": 0})
    except ApiError as error:
        if error.status != _NOT_FOUND:
            raise
