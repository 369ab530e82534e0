from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from automation.checkpoint import Checkpoint, Pending, StackLock
from automation.credentials import Credentials
from automation.doctor import CHECKS, Health, Patient, Result, examine
from automation.errors import FleetError
from automation.identity import WrongIdentity
from automation.lock import Holder
from automation.session import Session
from plan import plan_fleet

VPC = {"urn": "urn:pulumi:links::ml-clusters::aws:ec2/vpc:Vpc::vpc", "type": "aws:ec2/vpc:Vpc"}
HOLDER = Holder(
    id="0b5e",
    owner="arn:x",
    user="ann",
    host="ci-7",
    pid=12,
    process="boot/12",
    started_at="2026-11-24T09:00:00+00:00",
    command="fleet up",
)


@dataclasses.dataclass
class Backend:
    found: Mapping[str, Checkpoint] = dataclasses.field(default_factory=dict)
    locked: Mapping[str, tuple[StackLock, ...]] = dataclasses.field(default_factory=dict)

    def checkpoints(self, stacks: tuple[str, ...]) -> dict[str, Checkpoint | None]:
        return {stack: self.found.get(stack) for stack in stacks}

    def locks(self, stack: str) -> tuple[StackLock, ...]:
        return self.locked.get(stack, ())


@dataclasses.dataclass
class Aws:
    """EC2 and Service Quotas of every account: these VPCs of others, these zones, this quota of VPCs."""

    vpcs: int = 0
    zones: tuple[str, ...] = ("use1-az4", "use1-az6", "usw2-az1", "usw2-az2", "usw2-az3")
    allowed: int | None = 5

    def describe_vpcs(self) -> dict[str, Any]:
        ours = {"Tags": [{"Key": "fleet", "Value": "ml-clusters"}]}
        return {"Vpcs": [ours, *({"Tags": []} for _ in range(self.vpcs))]}

    def describe_internet_gateways(self) -> dict[str, Any]:
        return {"InternetGateways": []}

    def describe_addresses(self) -> dict[str, Any]:
        return {"Addresses": []}

    def describe_availability_zones(self, **_: bool) -> dict[str, Any]:
        return {"AvailabilityZones": [{"ZoneId": zone, "State": "available"} for zone in self.zones]}

    def get_service_quota(self, **_: str) -> dict[str, Any]:
        if self.allowed is None:
            raise ClientError({"Error": {"Code": "NoSuchResourceException"}}, "GetServiceQuota")
        return {"Quota": {"Value": float(self.allowed)}}


@pytest.fixture
def patient(session: Session) -> Patient:
    """Of the committed fleet, and well."""
    sites = session.fleet.sites
    return Patient(
        fleet=plan_fleet(session.fleet),
        places={name: (site.account, site.region) for name, site in sites.items()},
        zones={name: tuple(site.network.availability_zones) for name, site in sites.items() if site.network},
        identify=lambda: Credentials(arn="arn:me", checked_at=datetime.now(UTC)),
        client=lambda *_: Aws(),
        backend=Backend(),  # type: ignore[arg-type]
        holder=lambda: None,
        work=None,
        command=lambda words: f"fleet {words}",
    )


def ill(patient: Patient, **changes: Any) -> list[Result]:
    """What is not well of a patient with these changes."""
    changed = dataclasses.replace(patient, **changes)
    return [result for result in examine(changed) if result.health is not Health.OK]


def test_a_fleet_that_is_well(patient: Patient) -> None:
    results = examine(patient)
    assert {result.health for result in results} == {Health.OK}
    assert {result.check for result in results} == set(CHECKS)
    assert {result.remedy for result in results} == {""}


@pytest.mark.parametrize(
    ("work", "health"),
    [(None, Health.WARNING), (timedelta(minutes=90), Health.WARNING), (timedelta(minutes=5), Health.OK)],
)
def test_a_session_is_compared_with_the_last_rollouts(
    patient: Patient, work: timedelta | None, health: Health
) -> None:
    now = datetime.now(UTC)
    found = Credentials(arn="arn:me", checked_at=now, expires_at=now + timedelta(minutes=30, seconds=5))
    results = examine(dataclasses.replace(patient, identify=lambda: found, work=work))
    (session,) = [result for result in results if result.of == "session"]
    assert session.health is health
    assert session.detail.startswith("ends in 30 min; ")
    assert session.remedy == ("renew the credentials of arn:me" if health is Health.WARNING else "")


def test_a_damaged_state_and_open_operations(patient: Patient) -> None:
    open_one = Checkpoint(resources=(VPC,), pending=(Pending(kind="creating", resource=VPC),))
    backend = Backend({"links": open_one, "main-use1": Checkpoint(problems=("it cannot be read: EOFError",))})
    assert [(item.health, item.of, item.detail) for item in ill(patient, backend=backend)] == [
        (Health.FAILED, "main-use1", "main-use1: its state is damaged: it cannot be read: EOFError"),
        (Health.WARNING, "links", "1 open operations of a run that was killed"),
    ]


def test_locks_are_named_with_the_way_out(patient: Patient) -> None:
    lock = StackLock(key="k", pid=4, user="bob", host="there", at=datetime(2026, 11, 24, tzinfo=UTC))
    found = ill(patient, holder=lambda: HOLDER, backend=Backend(locked={"links": (lock,)}))
    assert [(item.health, item.of, item.remedy) for item in found] == [
        (Health.WARNING, "fleet", "wait; if that run is surely over: fleet unlock 0b5e"),
        (Health.WARNING, "links", "fleet recover links"),
    ]


def test_a_zone_that_an_account_has_not(patient: Patient) -> None:
    found = ill(patient, client=lambda *_: Aws(zones=("use1-az4", "usw2-az1", "usw2-az2", "usw2-az3")))
    assert [item.health for item in found] == [Health.FAILED] * len(found)
    assert found[0].of == "main-use1"
    assert found[0].detail == "main cannot use use1-az6 in us-east-1"
    assert found[0].remedy.startswith("name others in Pulumi.main-use1.yaml; it has use1-az4, ")


@pytest.mark.parametrize(
    ("others", "allowed", "fits"), [(4, 5, True), (5, 5, False), (5, 9, True), (5, None, False)]
)
def test_quotas_count_what_others_have(
    patient: Patient, others: int, allowed: int | None, fits: bool
) -> None:
    found = ill(patient, client=lambda *_: Aws(vpcs=others, allowed=allowed))
    assert (not found) is fits
    if found:
        assert found[0].detail == f"VPCs: 1 of the fleet's, {others} of others, 5 allowed"
        assert "--quota-code L-F678F1CE --desired-value 6 --region " in found[0].remedy


def test_a_check_that_cannot_be_made_has_failed_and_the_others_are_made(patient: Patient) -> None:
    def nobody() -> Credentials:
        raise WrongIdentity("no usable AWS credentials", remedy="log in")

    def closed(*_: str) -> Any:
        raise NoCredentialsError

    found = ill(patient, identify=nobody, client=closed)
    assert [(item.check, item.detail) for item in found] == [
        ("identity", "no usable AWS credentials"),
        ("zones", "Unable to locate credentials"),
        ("quotas", "Unable to locate credentials"),
    ]
    assert found[0].remedy == "log in"
    assert issubclass(WrongIdentity, FleetError)
