"""One control plane: its files, its three programs, and how it is."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from pathlib import Path

import urllib3

from sandbox.kubernetes import flags, kubeconfig
from sandbox.kubernetes.certificates import Authority, signing_key
from sandbox.kubernetes.client import ApiClient, ApiError
from sandbox.kubernetes.flags import Files
from sandbox.kubernetes.kubelet import Kubelet
from sandbox.kubernetes.model import ControlPlane, PlanesError, Webhooks
from sandbox.kubernetes.ports import LOOPBACK, Port
from sandbox.kubernetes.processes import Process

READY_SECONDS = 120
"""How long an API server may take on a loaded machine; it usually takes 3 s."""
_POLL_SECONDS = 0.1
NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
_log = logging.getLogger("sandbox.kubernetes")

Spawn = Callable[[list[str], Path], Process]
"""Starts a program with its output in a file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What one control plane is to be."""

    name: str
    version: str
    emulates: str | None
    """The version, when the programs are of another one."""
    service_cidr: str
    prefix: str
    """Of its keys in etcd."""


class Plane:
    """Comes up in a thread of its own; `stop` may be called at any time."""

    def __init__(
        self,
        wanted: Wanted,
        *,
        files: Files,
        programs: Mapping[str, str],
        webhooks: Webhooks | None,
        spawn: Spawn,
    ) -> None:
        self._wanted, self._files, self._programs, self._spawn = wanted, files, programs, spawn
        self._asks = webhooks is not None
        self._port = Port()
        authority = Authority(f"{wanted.name} CA")
        endpoint = f"https://{LOOPBACK}:{self._port.number}"
        self._state = ControlPlane(version=wanted.version, endpoint=endpoint, ca_pem=authority.pem)
        self._write(authority, webhooks)
        self.admin = ApiClient(endpoint, authority.pem, certificate=files.admin)
        self._processes: list[Process] = []
        self._kubelet: Kubelet | None = None
        self._stopped = threading.Event()
        self._lock = threading.Lock()

    @property
    def state(self) -> ControlPlane:
        """How it is now; a program that ended since makes it a failure."""
        state = self._state
        if state.ready and (failure := self._failure()):
            return replace(state, ready=False, failure=failure)
        return state

    def bring_up(self, etcd: Callable[[], object]) -> None:
        """Start what it consists of, one after the other; what goes wrong is in its state then."""
        began = time.monotonic()
        try:
            etcd()
            self._start("kube-apiserver", self._api_server())
            self._wait()
            self._start("kube-controller-manager", flags.controller_manager(self._program(1), self._files))
            self._start("kube-scheduler", flags.scheduler(self._program(2), self._files))
        except (PlanesError, OSError) as error:
            if not self._stopped.is_set():
                _log.error("%s: %s", self._wanted.name, error)
            self._state = replace(self._state, failure=str(error))
            return
        self._state = replace(self._state, ready=True)
        _log.info("%s: %s ready in %.1f s", self._wanted.name, self._state.endpoint, time.monotonic() - began)

    def kubelet(self) -> Kubelet:
        """The kubelets of its nodes, started with the first one."""
        with self._lock:
            if self._kubelet is None:
                self._kubelet = Kubelet(self.admin, self._wanted.name)
            return self._kubelet

    def stop(self) -> None:
        """End its programs at once; what they had is of no use to anybody."""
        with self._lock:
            self._stopped.set()
            if self._kubelet is not None:
                self._kubelet.stop()
            for process in reversed(self._processes):
                process.kill()
            self._port.close()

    def _start(self, name: str, command: list[str]) -> None:
        with self._lock:
            if self._stopped.is_set():
                raise PlanesError("it was stopped")
            self._processes.append(self._spawn(command, self._files.folder / f"{name}.log"))

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            if failure := self._failure():
                raise PlanesError(failure)
            if time.monotonic() > deadline:
                raise PlanesError(
                    f"the API server is not ready after {READY_SECONDS} s; see {self._files.folder}"
                )
            self._stopped.wait(_POLL_SECONDS)

    def _is_ready(self) -> bool:
        try:
            return self.admin.text("/readyz") == "ok"
        except (ApiError, urllib3.exceptions.HTTPError):
            return False

    def _failure(self) -> str | None:
        return next(filter(None, (process.failure() for process in self._processes)), None)

    def _program(self, index: int) -> str:
        return self._programs[PROGRAMS[index]]

    def _api_server(self) -> list[str]:
        return flags.api_server(
            self._program(0),
            self._files,
            prefix=self._wanted.prefix,
            port=self._port.number,
            service_cidr=self._wanted.service_cidr,
            emulates=self._wanted.emulates,
            asks=self._asks,
        )

    def _write(self, authority: Authority, webhooks: Webhooks | None) -> None:
        """Its files, for this user only: the folder lets nobody else in."""
        files = self._files
        files.folder.mkdir(mode=0o700, parents=True)
        server = authority.server(addresses=[IPv4Address(LOOPBACK)], names=NAMES)
        admin = authority.client("sandbox", group="system:masters")
        texts = {
            files.ca: authority.pem,
            files.server[0]: server.certificate,
            files.server[1]: server.key,
            files.admin[0]: admin.certificate,
            files.admin[1]: admin.key,
            files.kubeconfig: kubeconfig.with_certificate(self._state.endpoint, authority.pem, files.admin),
            files.service_accounts: signing_key(),
        }
        if webhooks is not None:
            texts |= {
                files.authentication: webhooks.authentication,
                files.authorization: webhooks.authorization,
            }
        for path, text in texts.items():
            path.write_text(text)


PROGRAMS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
