"""Stands ParallelCluster's API up beside the emulator."""

from __future__ import annotations

from pathlib import Path

from parallelcluster.client import Worker
from sandbox.aws.faults import FaultTable
from sandbox.aws.stack_model import KINDS, LIFE
from sandbox.parallelcluster.api_stack import ApiStack
from sandbox.parallelcluster.cluster_stack import ClusterStack
from sandbox.parallelcluster.front import Front
from sandbox.state import Latency


def serve(*, python: str, log: Path, endpoint: str, faults: FaultTable, latency: Latency) -> None:
    """Let API stacks be made, whose addresses are answered by threads of this process.

    `python` has AWS's package, and runs it in a process of its own from the first request on; with none an API
    stack is refused with a word about what is missing. That process ends with this one.
    """
    LIFE.faults, LIFE.seconds = faults, latency.seconds
    front = Front(Worker(Path(python), log=log), endpoint, faults)
    front.start()
    KINDS[:] = [ApiStack(front.address, has_package=bool(python)), ClusterStack()]
