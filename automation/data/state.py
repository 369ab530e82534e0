"""How far replication is, rule by rule, and what to do about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from plan.replication import RulePlan
from plan.replication_alarms import LATE_AFTER_MINUTES


class Health(StrEnum):
    """What a rule is, the worst first."""

    FAILED = "failed"
    LATE = "late"
    WORKING = "working"
    OK = "ok"
    QUIET = "quiet"
    """S3 has published nothing: there was nothing to replicate."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """The metrics of a rule; None where S3 has published nothing."""

    pending: int | None = None
    pending_bytes: int | None = None
    latency_s: float | None = None
    failed: int = 0
    """Since the last job of Batch Replication that reached everything, at most 14 days."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """Something that is not as the files say and that stops replication to a site."""

    site: str
    cause: str
    remedy: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleState:
    """A rule, what was measured of it, and what follows from that."""

    rule: RulePlan
    measured: Measured
    health: Health
    oldest: datetime | None
    """When the object that waits longest was put."""
    advice: str


def assess(
    rules: Iterable[RulePlan], measured: Mapping[str, Measured], causes: Iterable[Cause], *, now: datetime
) -> tuple[RuleState, ...]:
    """The state of every rule, in the order of the rules."""
    hindered = {cause.site for cause in causes}
    return tuple(
        _assess(rule, measured.get(rule.id, Measured()), rule.destination.site in hindered, now)
        for rule in rules
    )


def is_well(states: Iterable[RuleState]) -> bool:
    """Whether nobody has to do anything."""
    return not any(state.advice for state in states)


def _assess(rule: RulePlan, measured: Measured, hindered: bool, now: datetime) -> RuleState:
    health = _health(measured)
    waits = bool(measured.pending) and measured.latency_s is not None
    oldest = now - timedelta(seconds=measured.latency_s or 0.0) if waits else None
    advice = _advice(health, hindered)
    return RuleState(rule=rule, measured=measured, health=health, oldest=oldest, advice=advice)


def _health(measured: Measured) -> Health:
    if measured.failed:
        return Health.FAILED
    if measured.pending is None and measured.latency_s is None:
        return Health.QUIET
    if (measured.latency_s or 0.0) > LATE_AFTER_MINUTES * 60:
        return Health.LATE
    return Health.WORKING if measured.pending else Health.OK


def _advice(health: Health, hindered: bool) -> str:
    """What to do; S3 tries no FAILED object again by itself."""
    if health is Health.FAILED:
        again = "fleet data replicate-existing"
        return f"repair the cause below, then: {again}" if hindered else f"run: {again}"
    if health is Health.LATE:
        return "repair the cause below" if hindered else "see docs/runbooks/replication-lag.md"
    return "repair the cause below" if hindered else ""
