"""The programs that the fleet needs and Python packages do not bring: found, downloaded or built.

Standard library only: this package runs before the project's environment exists.
"""

from __future__ import annotations

from pathlib import Path

from toolchain.environments import PARALLELCLUSTER, find_environment
from toolchain.find import find
from toolchain.machine import Machine, ToolchainError
from toolchain.modules import module_folder
from toolchain.tools import ARGOCD, ETCD, HELM, KUBECTL, KUBERNETES, PULUMI

__all__ = [
    "Machine",
    "ToolchainError",
    "argocd_programs",
    "control_plane_programs",
    "find",
    "kubectl",
    "module_folder",
    "parallelcluster_python",
    "pulumi_bin",
]


def pulumi_bin() -> Path | None:
    """The folder to put first on PATH for `pulumi` and its language host; None: `make` has to run first.

    Never downloads or builds anything.
    """
    return find(PULUMI, Machine.local())


def control_plane_programs() -> dict[str, Path]:
    """What a Kubernetes control plane consists of, by program; those that have to be installed are left out.

    Never downloads or builds anything.
    """
    machine = Machine.local()
    found = {tool: find(tool, machine) for tool in (ETCD, KUBERNETES)}
    return {name: folder / name for tool, folder in found.items() if folder for name in tool.programs}


def kubectl() -> Path | None:
    """A kubectl that fits the fleet's clusters, on PATH or in the cache; None: `make` has to run first."""
    folder = find(KUBECTL, Machine.local())
    return folder / KUBECTL.name if folder else None


def argocd_programs() -> dict[str, Path]:
    """Argo CD and the helm that it calls, by program; those that have to be installed are left out.

    Never downloads or builds anything.
    """
    machine = Machine.local()
    found = {tool: find(tool, machine) for tool in (ARGOCD, HELM)}
    return {tool.name: folder / tool.name for tool, folder in found.items() if folder}


def parallelcluster_python() -> Path | None:
    """The interpreter that has AWS's ParallelCluster package; None: `make` has to run first."""
    return find_environment(PARALLELCLUSTER, Machine.local())
