"""The one set of control planes that this process has: the emulator's handlers take no arguments of ours."""

from __future__ import annotations

from sandbox.kubernetes.model import Planes, PlanesError

_RUNNING: list[Planes] = []


def run_with(planes: Planes) -> None:
    """Let the emulator's clusters have these control planes from now on."""
    _RUNNING[:] = [planes]


def planes() -> Planes:
    """The control planes. Raises PlanesError before `run_with`."""
    if not _RUNNING:
        raise PlanesError("this sandbox runs without Kubernetes")
    return _RUNNING[0]
