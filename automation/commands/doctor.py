"""`fleet doctor`."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import timedelta
from functools import cache
from typing import Any

import typer
from rich.table import Table

from automation import concurrency, credentials, durations, identity, screen
from automation.clients import Clients
from automation.commands import changing
from automation.commands.common import command_line
from automation.connection import connect, state_backend
from automation.credentials import Credentials
from automation.doctor import Health, Patient, Result, examine
from automation.session import Options, Session, open_session
from automation.target import Target
from plan import plan_fleet

STYLES = {Health.FAILED: "bold red", Health.WARNING: "yellow"}


def run(options: Options, *, as_json: bool) -> int:
    """Examine, and print what was found; 1 when something would fail. Changes nothing."""
    session = open_session(options)
    results = examine(patient(session, connect(session)))
    if as_json:
        typer.echo(json.dumps([asdict(result) for result in results], indent=2))
    else:
        screen.console().print(table(results))
    return 1 if any(result.health is Health.FAILED for result in results) else 0


def patient(session: Session, connection: Target) -> Patient:
    """What the checks ask about this fleet, on this target."""
    fleet = session.fleet

    def identify() -> Credentials:
        remedy = f"use an operator's credentials; if roles are missing: {command_line('bootstrap', session)}"
        found = identity.check(fleet, connection.base, fleet.settings.accounts, remedy=remedy)
        ends = credentials.expiry(connection.base.source, connection.environment)
        return replace(found, expires_at=ends)

    @cache
    def entered(account: str) -> Clients:
        return identity.enter(fleet, connection.base, account)

    def client(service: str, account: str, region: str) -> Any:
        return entered(account).client(service, region)

    return Patient(
        fleet=plan_fleet(fleet),
        places={name: (site.account, site.region) for name, site in fleet.sites.items()},
        zones={
            name: tuple(site.network.availability_zones) for name, site in fleet.sites.items() if site.network
        },
        identify=identify,
        client=client,
        backend=state_backend(session, connection),
        holder=changing.lock(session, connection).read,
        work=work(session),
        command=lambda words: command_line(words.split()[0], session, *words.split()[1:], with_stacks=False),
    )


def work(session: Session) -> timedelta | None:
    """How long a rollout of everything takes, by the last ones; None when there was none."""
    known = durations.load(session.project.durations)
    if not known:
        return None
    machine = concurrency.read_machine()
    width = concurrency.fitting(len(session.stacks), machine, is_sandbox=session.options.is_sandbox).parallel
    usual = {name: known.get(name, 0.0) for name in session.stacks}
    return durations.estimate(session.stacks, usual, known, max_parallel=width)


def table(results: tuple[Result, ...]) -> Table:
    """A line a finding."""
    shown = Table("check", "found", "of", "what", "what to do", title="Doctor", title_justify="left")
    for item in results:
        style = STYLES.get(item.health, "")
        shown.add_row(item.check, str(item.health), item.of, item.detail, item.remedy, style=style)
    return shown
