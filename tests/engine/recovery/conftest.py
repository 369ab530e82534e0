"""One small fleet that every test of this folder hurts and heals; each leaves stack `one` whole and up to date."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.client import Sandbox
from sandbox.faults import Fault, Faults
from tests.engine.fleets import FleetUnderTest, small_checkout
from tests.engine.recovery.driver import HIT_SECONDS, driver, kill_engine


class Interrupted:
    """The fleet after the engine of its first rollout was killed while it created the NAT gateway."""

    def __init__(self, fleet: FleetUnderTest) -> None:
        self.fleet = fleet
        self.faults = Sandbox(fleet.home / "sandbox").faults
        hanging = self.faults.add(Fault("hang-answer", "ec2", "CreateNatGateway"))
        with driver(fleet, "up", "--yes", "--only", "one") as first:
            self.faults.wait_for_hit(hanging, timeout_s=HIT_SECONDS)
            kill_engine(fleet)
            self.code, _ = first.end()
        self.faults.clear()
        self.next = fleet.fleet("up", "--yes", "--only", "one", "--json")


@pytest.fixture(scope="package")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetUnderTest]:
    root = small_checkout(tmp_path_factory.mktemp("checkout"))
    fleet = FleetUnderTest(root=root, home=tmp_path_factory.mktemp("home"))
    try:
        started = fleet.fleet("sandbox", "start")
        assert started.code == 0, started.err
        yield fleet
    finally:
        fleet.stop()


@pytest.fixture(scope="package")
def interrupted(fleet: FleetUnderTest) -> Interrupted:
    return Interrupted(fleet)


@pytest.fixture
def faults(interrupted: Interrupted) -> Iterator[Faults]:
    """The faults of the fleet that was healed; none is left behind."""
    yield interrupted.faults
    interrupted.faults.clear()
