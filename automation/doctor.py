"""Whether a rollout would get through, asked of AWS before anything is changed: a table of checks, each read-only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from automation import quotas
from automation.checkpoint import StateBackend
from automation.credentials import Credentials, minutes
from automation.errors import FleetError
from automation.lock import Holder
from automation.recovery import damage
from plan import FleetPlan
from sandbox.client import SandboxError

ClientOf = Callable[[str, str, str], Any]
"""A client of a service under the execution role of an account, in a region: (service, account, region)."""
Finding = tuple["Health", str, str, str]
"""Of what, what is so, and what to do; nothing to do where it is well."""


class Health(StrEnum):
    """What a check found."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """One line of the examination."""

    check: str
    health: Health
    of: str
    detail: str
    remedy: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Patient:
    """What the checks ask: each member is called, or asked, by the checks that need it.

    `identify` raises FleetError for a wrong identity, `work` is how long the last rollouts took; None before one.
    """

    fleet: FleetPlan
    places: Mapping[str, tuple[str, str]]
    zones: Mapping[str, tuple[str, ...]]
    identify: Callable[[], Credentials]
    client: ClientOf
    backend: StateBackend
    holder: Callable[[], Holder | None]
    work: timedelta | None
    command: Callable[[str], str]


def identity(patient: Patient) -> Iterator[Finding]:
    """Whose credentials these are, and whether they lead into every account."""
    found = patient.identify()
    yield Health.OK, "base identity", found.arn, ""
    ends = found.expires_at
    if ends is None:
        yield Health.OK, "session", "is renewed, or does not say when it ends", ""
        return
    left, needed = ends - datetime.now(UTC), patient.work or timedelta(hours=1)
    health = Health.OK if left > needed else Health.WARNING
    took = "the last rollouts took" if patient.work else "never rolled out from here; reckoned with"
    yield (
        health,
        "session",
        f"ends in {minutes(left)}; {took} {minutes(needed)}",
        "" if health is Health.OK else found.renewal,
    )


def state(patient: Patient) -> Iterator[Finding]:
    """Whether the state of every stack is whole, and nothing in it was left open."""
    stacks = tuple(patient.fleet.stacks)
    for stack, checkpoint in patient.backend.checkpoints(stacks).items():
        if line := damage.told(stack, checkpoint):
            yield Health.FAILED, stack, line, patient.command(f"recover {stack}")
        elif checkpoint and checkpoint.pending:
            what = f"{len(checkpoint.pending)} open operations of a run that was killed"
            yield (
                Health.WARNING,
                stack,
                what,
                f"the next up settles them; {patient.command(f'recover {stack}')}",
            )
        else:
            yield (
                Health.OK,
                stack,
                f"{len(checkpoint.resources)} resources" if checkpoint else "not there",
                "",
            )


def locks(patient: Patient) -> Iterator[Finding]:
    """Whether somebody is changing the fleet, or left a lock behind."""
    holder = patient.holder()
    if holder is None:
        yield Health.OK, "fleet", "not locked", ""
    else:
        yield (
            Health.WARNING,
            "fleet",
            f"locked by {holder}",
            f"wait; if that run is surely over: {patient.command(f'unlock {holder.id}')}",
        )
    for stack in patient.fleet.stacks:
        for lock in patient.backend.locks(stack):
            yield (
                Health.WARNING,
                stack,
                f"locked by the engine of {lock}",
                patient.command(f"recover {stack}"),
            )


def zones(patient: Patient) -> Iterator[Finding]:
    """Whether each account has the zones that its sites name: an id is the same place in every account."""
    for site, wanted in patient.zones.items():
        account, region = patient.places[site]
        answer = patient.client("ec2", account, region).describe_availability_zones(AllAvailabilityZones=True)
        there = {zone["ZoneId"]: zone["State"] for zone in answer["AvailabilityZones"]}
        missing = [zone for zone in wanted if there.get(zone) != "available"]
        if missing:
            has = ", ".join(sorted(zone for zone, now in there.items() if now == "available"))
            yield (
                Health.FAILED,
                site,
                f"{account} cannot use {', '.join(missing)} in {region}",
                f"name others in Pulumi.{site}.yaml; it has {has}",
            )
        else:
            yield Health.OK, site, ", ".join(wanted), ""


def limits(patient: Patient) -> Iterator[Finding]:
    """Whether what the fleet makes in a region fits into the account's quotas, beside what others have there."""
    for (account, region), sites in quotas.by_place(patient.places).items():
        planned = [network for site in sites if (network := patient.fleet.sites[site].network)]
        for quota in quotas.QUOTAS:
            needed = sum(map(quota.planned, planned))
            others = quota.others(patient.client("ec2", account, region)) if needed else 0
            most = quota.value(patient.client("service-quotas", account, region)) if needed else needed
            of = f"{account} {region}"
            detail = f"{quota.name}: {needed} of the fleet's, {others} of others, {most} allowed"
            fits = needed + others <= most
            remedy = "" if fits else quota.remedy(region, needed + others)
            yield Health.OK if fits else Health.FAILED, of, detail, remedy


CHECKS: Mapping[str, Callable[[Patient], Iterator[Finding]]] = {
    "identity": identity,
    "state": state,
    "locks": locks,
    "zones": zones,
    "quotas": limits,
}
"""In the order in which they are shown."""


def examine(patient: Patient) -> tuple[Result, ...]:
    """Every check; one that cannot be made has failed, and the others are made all the same."""
    results = []
    for name, check in CHECKS.items():
        try:
            for health, of, detail, remedy in check(patient):
                results.append(Result(check=name, health=health, of=of, detail=detail, remedy=remedy))
        except FleetError as error:
            results.append(_failed(name, error.cause, error.remedy))
        except (BotoCoreError, ClientError, SandboxError) as error:
            results.append(_failed(name, str(error), "see the check of the identity"))
    return tuple(results)


def _failed(check: str, detail: str, remedy: str) -> Result:
    return Result(check=check, health=Health.FAILED, of="", detail=detail, remedy=remedy)
