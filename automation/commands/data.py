"""`fleet data`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import typer
from rich.table import Table

from automation import screen
from automation.commands.common import say
from automation.connection import connect
from automation.data import causes, jobs, metrics, state
from automation.data.jobs import Job
from automation.data.promote import Copier
from automation.data.promote import promote as copy_all
from automation.data.sites import Sites, replication_of
from automation.data.state import Cause, Health, RuleState
from automation.errors import FleetError
from automation.session import Options, open_session
from plan import FleetPlan, plan_fleet
from plan.replication import REPORTS, ReplicationPlan
from spec.problem import did_you_mean

STYLES = {Health.FAILED: "bold red", Health.LATE: "yellow"}


def status(options: Options, *, as_json: bool) -> int:
    """Print the state of every rule and what hinders it; 1 when somebody has to do something."""
    fleet, plan, sites = _open(options)
    control = sites.client("s3control", plan.source.site)
    known = jobs.jobs_of(control, plan)
    now = datetime.now(UTC)
    measured = metrics.measure(
        plan,
        lambda region: sites.client_in("cloudwatch", plan.source.site, region),
        now=now,
        healed=jobs.last_healed(known),
    )
    found = causes.find_causes(fleet, plan, sites.client)
    states = state.assess(plan.rules, measured, found, now=now)
    if as_json:
        typer.echo(json.dumps(_json(plan, states, found, known), indent=2))
    else:
        _show(plan, states, found, known)
    return 0 if state.is_well(states) else 1


def replicate_existing(options: Options, *, wait: bool) -> int:
    """Start a job unless one runs, and follow it; 1 when it did not reach everything."""
    _, plan, sites = _open(options)
    control = sites.client("s3control", plan.source.site)
    job, is_new = jobs.start(control, plan)
    if not is_new:
        say(f"job {job.id} runs already; no second one is started")
    if not wait:
        typer.echo(str(job))
        return 0
    job = jobs.follow(control, plan, job, tell=say)
    typer.echo(f"report: s3://{plan.source.bucket}/{REPORTS}job-{job.id}/")
    return 0 if job.has_healed else 1


def promote(options: Options, site: str, path: str, *, to: str | None) -> int:
    """Copy what lies at the path of the site's own place to the central bucket."""
    _, plan, sites = _open(options)
    ends = {end.site: end for end in (plan.source, *plan.destinations)}
    if site not in ends:
        raise FleetError(f"{site} holds no data", remedy=did_you_mean(site, ends))
    copier = Copier(
        source=ends[site],
        target=plan.source,
        from_s3=sites.client("s3", site),
        to_s3=sites.client("s3", plan.source.site),
    )
    found = copier.find(path, to)
    copied = copy_all(copier, found, tell=say)
    typer.echo(f"{copied} of {len(found)} objects copied, the others were there; replication carries them on")
    return 0


def _open(options: Options) -> tuple[FleetPlan, ReplicationPlan, Sites]:
    session = open_session(options)
    fleet = plan_fleet(session.fleet)
    plan = replication_of(fleet)
    return fleet, plan, Sites(fleet, connect(session).base)


def _show(
    plan: ReplicationPlan, states: Iterable[RuleState], found: Iterable[Cause], known: tuple[Job, ...]
) -> None:
    console = screen.console()
    table = Table("to", "prefix", "state", "pending", "lag", "oldest", "failed", "what to do")
    table.title, table.title_justify = f"Replication of {plan.source.bucket}", "left"
    for item in states:
        measured = item.measured
        table.add_row(
            item.rule.destination.site,
            item.rule.prefix,
            str(item.health),
            _text(measured.pending),
            "" if measured.latency_s is None else f"{measured.latency_s:.0f} s",
            item.oldest.isoformat(sep=" ", timespec="seconds") if item.oldest else "",
            _text(measured.failed or None),
            item.advice,
            style=STYLES.get(item.health, ""),
        )
    console.print(table)
    for cause in found:
        console.print(f"{cause.site}: {cause.cause}; {cause.remedy}", soft_wrap=True)
    if known:
        console.print(str(known[0]), soft_wrap=True)


def _json(
    plan: ReplicationPlan, states: Iterable[RuleState], found: Iterable[Cause], known: tuple[Job, ...]
) -> dict[str, Any]:
    return {
        "bucket": plan.source.bucket,
        "rules": [
            {
                "rule": item.rule.id,
                "site": item.rule.destination.site,
                "bucket": item.rule.destination.bucket,
                "prefix": item.rule.prefix,
                "health": str(item.health),
                "pending": item.measured.pending,
                "pending_bytes": item.measured.pending_bytes,
                "latency_s": item.measured.latency_s,
                "oldest": item.oldest.isoformat() if item.oldest else None,
                "failed": item.measured.failed,
                "advice": item.advice,
            }
            for item in states
        ],
        "causes": [{"site": item.site, "cause": item.cause, "remedy": item.remedy} for item in found],
        "job": _job(known[0]) if known else None,
    }


def _job(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "status": job.status,
        "created": job.created.isoformat(),
        "total": job.total,
        "succeeded": job.succeeded,
        "failed": job.failed,
    }


def _text(value: int | None) -> str:
    return "" if value is None else str(value)
