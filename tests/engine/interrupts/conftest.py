"""A small fleet whose rollout is disturbed, finished, and disturbed again; each fixture goes on from the one before."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from automation import lock
from plan import names, tags
from sandbox.client import Sandbox
from sandbox.faults import EXPIRED, Fault, Faults
from tests.engine.fleets import ACCOUNTS, FleetUnderTest, Result, small_checkout
from tests.engine.interrupts.running import Running, running, running_on_a_terminal

TIMEOUT_S = 180.0
"""Far longer than it takes until an engine makes its first subnet."""
UP_ONE = ("up", "--yes", "--json", "--only", "one")
UP_TWO = ("up", "--yes", "--json", "--only", "two")


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a disturbed run ended, and what it left: pending operations, locks of stacks and of
    the fleet.
    """

    code: int
    report: dict[str, Any]
    said: str
    pending: list[Any]
    locks: list[str]

    @property
    def stack(self) -> dict[str, Any]:
        stack: dict[str, Any] = self.report["stacks"][0]
        return stack


@pytest.fixture(scope="package")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetUnderTest]:
    root = small_checkout(tmp_path_factory.mktemp("interrupts"))
    under_test = FleetUnderTest(root=root, home=root / ".fleet")
    try:
        assert under_test.fleet("sandbox", "start").code == 0
        yield under_test
    finally:
        under_test.stop()


@pytest.fixture(scope="package")
def faults(fleet: FleetUnderTest) -> Faults:
    return Sandbox(fleet.home / "sandbox").faults


@pytest.fixture(scope="package")
def interrupted(fleet: FleetUnderTest, faults: Faults) -> Ended:
    """`one` is interrupted while it makes a subnet."""
    hang = faults.add(Fault("hang", "ec2", "CreateSubnet", account="main"))
    with running(fleet, *UP_ONE) as driver:
        faults.wait_for_hit(hang, timeout_s=TIMEOUT_S)
        driver.read_of("one", "Subnet")
        driver.signal(signal.SIGINT)
        driver.read_until("one: waiting for create of one-network-")
        faults.release(hang)
        return ended(fleet, "one", driver)


@pytest.fixture(scope="package")
def resumed(fleet: FleetUnderTest, interrupted: Ended) -> Result:
    """The same command finishes `one`."""
    return fleet.fleet(*UP_ONE)


@pytest.fixture(scope="package")
def expired(fleet: FleetUnderTest, faults: Faults, resumed: Result) -> Ended:
    """The session ends while `two` makes its subnets."""
    faults.add(Fault("error", "ec2", "CreateSubnet", account="secondary", times=100, code=EXPIRED))
    with running(fleet, *UP_TWO) as driver:
        driver.read_until("two: up failed")
        faults.clear()
        return ended(fleet, "two", driver)


@pytest.fixture(scope="package")
def cancelled(fleet: FleetUnderTest, faults: Faults, expired: Ended) -> Ended:
    """`two` goes on, and CI cancels it: SIGTERM, and once more because it does not end at once. All of its subnets
    hang, so that the NAT gateway, which needs one of them, is still to come.
    """
    hang = faults.add(Fault("hang", "ec2", "CreateSubnet", account="secondary", times=100))
    with running(fleet, *UP_TWO) as driver:
        faults.wait_for_hit(hang, timeout_s=TIMEOUT_S)
        driver.read_of("two", "Subnet")
        driver.signal(signal.SIGTERM)
        driver.read_until("two: waiting for create of two-network-")
        driver.signal(signal.SIGTERM)
        driver.read_until("a second signal changes nothing without a terminal")
        faults.clear()
        return ended(fleet, "two", driver)


@pytest.fixture(scope="package")
def abandoned(fleet: FleetUnderTest, faults: Faults, cancelled: Ended) -> Ended:
    """`two` goes on, and a person who is asked after a second Ctrl-C says yes."""
    hang = faults.add(Fault("hang", "ec2", "CreateNatGateway", account="secondary"))
    with running_on_a_terminal(fleet, *UP_TWO) as driver:
        assert driver.keyboard
        faults.wait_for_hit(hang, timeout_s=TIMEOUT_S)
        driver.read_of("two", "NatGateway")
        driver.signal(signal.SIGINT)
        driver.read_until("two: waiting for create of two-network-")
        driver.signal(signal.SIGINT)
        driver.read_until("[y/N] ")
        driver.keyboard.write("y\n")
        driver.keyboard.flush()
        report = driver.end()
        faults.release(hang)
        return left_behind(fleet, "two", driver, *report)


def ended(fleet: FleetUnderTest, stack: str, driver: Running) -> Ended:
    """Wait for the end, and look at what is left."""
    rest = driver.screen.read()
    driver.lines.append(rest)
    return left_behind(fleet, stack, driver, *driver.end())


def left_behind(
    fleet: FleetUnderTest, stack: str, driver: Running, code: int, report: dict[str, Any]
) -> Ended:
    exported = fleet.pulumi(stack, "stack", "export", "-s", stack)
    assert exported.code == 0, exported.err
    bucket = names.state_bucket(ACCOUNTS["main"])
    s3 = fleet.aws("s3")
    locks = [
        found["Key"]
        for prefix in (".pulumi/locks/", lock.KEY)
        for found in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    ]
    return Ended(
        code=code,
        report=report,
        said="".join(driver.lines),
        pending=json.loads(exported.out)["deployment"].get("pending_operations") or [],
        locks=locks,
    )


def urns(fleet: FleetUnderTest, site: str, *, account: str, region: str) -> Counter[str]:
    """How often each `fleet:urn` of a site is found in AWS."""
    client = fleet.aws("ec2", account=account, region=region)
    tagged = client.describe_tags(Filters=[{"Name": "key", "Values": [tags.URN_TAG]}])["Tags"]
    return Counter(tag["Value"] for tag in tagged if tag["Value"].startswith(f"{site}::"))
