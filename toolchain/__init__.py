"""The programs that the fleet needs and Python packages do not bring: found, downloaded or built.

Standard library only: this package runs before the project's environment exists.
"""

from __future__ import annotations

from pathlib import Path

from toolchain.environments import PARALLELCLUSTER, find_environment
from toolchain.find import find
from toolchain.machine import Machine, ToolchainError
from toolchain.tools import PULUMI

__all__ = ["Machine", "ToolchainError", "find", "parallelcluster_python", "pulumi_bin"]


def pulumi_bin() -> Path | None:
    """The folder to put first on PATH for `pulumi` and its language host; None: `make` has to run first.

    Never downloads or builds anything.
    """
    return find(PULUMI, Machine.local())


def parallelcluster_python() -> Path | None:
    """The interpreter that has AWS's ParallelCluster package; None: `make` has to run first."""
    return find_environment(PARALLELCLUSTER, Machine.local())
