"""What is left when an engine or a driver is killed, and what the next run makes of it."""

from __future__ import annotations

import os
import re
import signal

import pytest

from sandbox.faults import Fault, Faults
from tests.engine.fleets import FleetUnderTest
from tests.engine.recovery.conftest import Interrupted
from tests.engine.recovery.driver import (
    ENGINE_LOCKS,
    FLEET_LOCK,
    HIT_SECONDS,
    STATE,
    driver,
    get,
    keys,
    kill_engine,
    retention_days,
)

pytestmark = pytest.mark.engine

UP = ("up", "--yes", "--only", "one")


def set_retention(fleet: FleetUnderTest, days: int) -> None:
    file = fleet.root / "Pulumi.one.yaml"
    file.write_text(re.sub(r"(?<=flow_log_retention_days: )\d+", str(days), file.read_text()))


def test_an_engine_that_was_killed_creating_leaves_nothing_twice(interrupted: Interrupted) -> None:
    """F3."""
    fleet, after = interrupted.fleet, interrupted.next
    assert interrupted.code == 1
    assert after.code == 0, after.err
    told = [line for line in after.err.splitlines() if line.startswith("one: ") and "preview" not in line]
    gateways = fleet.aws("ec2").describe_nat_gateways()["NatGateways"]
    (found,) = [gateway["NatGatewayId"] for gateway in gateways]
    assert told[0].startswith("one: its engine is gone; its lock is removed: ")
    assert (
        "one: interrupted while creating one-network-nat-use1-az4 (aws:ec2/natGateway:NatGateway): "
        f"searched by describe_nat_gateways, found it; import it as {found}"
    ) in told
    assert (after.json["stacks"][0]["result"], keys(fleet, FLEET_LOCK), keys(fleet, ENGINE_LOCKS)) == (
        "succeeded",
        [],
        [],
    )
    recovered = [(row["did"], row["id"]) for row in after.json["details"]["recovered"]]
    assert recovered[0] == ("removed the lock of its engine", "")
    assert ("imported", found) in recovered
    assert "pending_operations" not in get(fleet, STATE)["checkpoint"]["latest"]
    assert len(fleet.aws("ec2").describe_addresses()["Addresses"]) == 1
    assert fleet.fleet("preview", "--only", "one").code == 0


def test_what_recovery_did_is_in_the_stacks_log(interrupted: Interrupted) -> None:
    log = (interrupted.fleet.home / "logs" / "one.log").read_text()
    assert " recovery: interrupted while creating one-network-nat-use1-az4 (" in log


def test_a_second_driver_stops_and_an_engine_whose_driver_died_is_waited_for(
    interrupted: Interrupted, faults: Faults
) -> None:
    """F9, and a driver that was killed: its engine finishes."""
    fleet = interrupted.fleet
    set_retention(fleet, 3)
    hanging = faults.add(Fault("hang", "logs", "PutRetentionPolicy"))
    with driver(fleet, *UP) as first:
        faults.wait_for_hit(hanging, timeout_s=HIT_SECONDS)
        held = get(fleet, FLEET_LOCK)
        second = fleet.fleet(*UP)
        unlocked = fleet.fleet("unlock", held["id"], "--yes")
        first.kill()
    assert second.code == 1
    assert second.err.startswith(
        f"error: the fleet is locked by {held['user']}@{held['host']} (process {held['pid']}, "
    )
    assert f"fleet unlock --sandbox {held['id']}" in second.err
    assert (unlocked.code, f"kill -INT {held['pid']}" in unlocked.err) == (1, True)
    assert get(fleet, FLEET_LOCK) == held
    with driver(fleet, *UP) as third:
        said = third.read_until("one: waiting for its engine, which still runs: ")
        faults.release(hanging)
        code, rest = third.end()
    assert code == 0, rest
    assert "fleet lock: its process is gone, taken over from " in said
    assert "one: its engine has ended" in rest
    assert "one: preview succeeded: no changes" in rest
    assert (retention_days(fleet), keys(fleet, FLEET_LOCK)) == (3, [])


def test_a_cancelled_job_is_finished_by_the_next(interrupted: Interrupted, faults: Faults) -> None:
    """F2: SIGTERM, then SIGKILL for the driver and its engine."""
    fleet = interrupted.fleet
    set_retention(fleet, 5)
    hanging = faults.add(Fault("hang-answer", "logs", "PutRetentionPolicy"))
    with driver(fleet, *UP) as job:
        faults.wait_for_hit(hanging, timeout_s=HIT_SECONDS)
        os.kill(job.process.pid, signal.SIGTERM)
        job.read_until("interrupted: nothing more is started; what is open ends first")
        job.kill()
        kill_engine(fleet)
    faults.clear()
    after = fleet.fleet(*UP)
    assert after.code == 0, after.err
    told = [line.partition(" (")[0] for line in after.err.splitlines() if not line.startswith("one: preview")]
    assert told[0].startswith("fleet lock: its process is gone, taken over from ")
    assert told[1].startswith("one: its engine is gone; its lock is removed: ")
    assert told[2:4] == [
        "one: interrupted while updating one-network-flow-logs",
        "one: read 1 of its resources again",
    ]
    assert retention_days(fleet) == 5
    assert fleet.fleet("preview", "--only", "one").code == 0
