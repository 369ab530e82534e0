from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sandbox.client import Sandbox
from sandbox.faults import ActiveFault, Fault
from tests.engine.fleets import FleetUnderTest, Result, small_checkout

THROTTLED = Fault("throttle", "ec2", "CreateSubnet", times=2)
STATE_FAULTS = (
    Fault("throttle", "s3", "PutObject", nth=20),
    Fault("drop", "s3", "PutObject", nth=25),
    Fault("drop-answer", "s3", "PutObject", nth=30),
)
"""The engine writes its lock first, then a checkpoint for each begin and end of an operation."""


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """A rollout that met faults, and what they hit."""

    fleet: FleetUnderTest
    up: Result
    faults: dict[Fault, ActiveFault]


@pytest.fixture(scope="package")
def rollout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rollout]:
    """Site `one` rolled out at a thousandth of AWS's times, its EC2 calls and its state writes disturbed."""
    base = tmp_path_factory.mktemp("faults")
    (base / "checkout").mkdir()
    fleet = FleetUnderTest(root=small_checkout(base / "checkout"), home=base / "runtime")
    try:
        fleet.fleet("sandbox", "start", "--latency", "0.001")
        fleet.fleet("bootstrap", "--yes")
        faults = Sandbox(fleet.home / "sandbox").faults
        for fault in (THROTTLED, *STATE_FAULTS):
            faults.add(fault)
        up = fleet.fleet("up", "--only", "one", "--yes", "--json")
        yield Rollout(fleet=fleet, up=up, faults={active.fault: active for active in faults.list()})
    finally:
        fleet.stop()
