"""F4: when the session ends in the middle, stacks that do not depend on what failed are held back as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sandbox.client import Sandbox
from sandbox.faults import EXPIRED, Fault
from tests.engine.fleets import FleetUnderTest, Result, small_checkout


@dataclass(frozen=True, kw_only=True)
class Expired:
    """A rollout of two sites, one after the other, whose session ends in the first."""

    fleet: FleetUnderTest
    up: Result


@pytest.fixture(scope="module")
def expired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Expired]:
    base = tmp_path_factory.mktemp("expiry")
    (base / "checkout").mkdir()
    fleet = FleetUnderTest(root=small_checkout(base / "checkout"), home=base / "runtime")
    try:
        assert fleet.fleet("bootstrap", "--yes").code == 0
        faults = Sandbox(fleet.home / "sandbox").faults
        faults.add(Fault("error", "ec2", "CreateVpc", account="main", times=100, code=EXPIRED))
        yield Expired(fleet=fleet, up=fleet.fleet("up", "--yes", "--json", "--parallel", "1"))
    finally:
        fleet.stop()


def test_nothing_more_is_started_and_each_stack_says_why(expired: Expired) -> None:
    assert expired.up.code == 1
    found = {row["stack"]: (row["result"], row["reason"]) for row in expired.up.json["stacks"]}
    assert found == {
        "one": ("failed", "the credentials expired"),
        "two": ("blocked", "the credentials expired"),
        "links": ("blocked", "a dependency failed"),
    }


def test_the_site_that_was_held_back_is_untouched(expired: Expired) -> None:
    vpcs = expired.fleet.aws("ec2", account="secondary", region="us-west-2").describe_vpcs(
        Filters=[{"Name": "tag:fleet:site", "Values": ["two"]}]
    )
    assert vpcs["Vpcs"] == []


def test_the_report_says_what_to_renew_and_how_to_go_on(expired: Expired) -> None:
    role = "arn:aws:sts::483026362307:assumed-role/MlPlatformOperator/"
    assert expired.up.json["advice"].startswith(f"renew the credentials of {role}")
    assert expired.up.json["next_command"].startswith("fleet up --sandbox")
