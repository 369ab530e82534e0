"""`fleet bootstrap`."""

from __future__ import annotations

import json
from collections.abc import Mapping

import typer

from automation import consent, screen, target
from automation.bootstrap.step import Task, survey
from automation.bootstrap.steps import all_steps, enter
from automation.connection import connect, sandbox_config
from automation.errors import FleetError
from automation.session import Options, Session, open_session
from automation.target import Target


def run(options: Options, *, profiles: tuple[str, ...], yes: bool, as_json: bool) -> int:
    """Show what is missing, ask, and make it."""
    session = open_session(options)
    if options.is_sandbox:
        session.sandbox.start(sandbox_config(session.fleet))
    connection = connect(session, profiles=_by_account(session, profiles))
    tasks = plan(session, connection)
    if as_json:
        typer.echo(json.dumps([_row(task) for task in tasks], indent=2))
    elif tasks:
        screen.console().print(screen.task_table(tasks))
    if not tasks:
        typer.echo("bootstrap: nothing to do", err=True)
        return 0
    consent.require(f"Do these {len(tasks)} things?", yes=yes)
    apply(tasks)
    return 0


def plan(session: Session, connection: Target) -> tuple[Task, ...]:
    """What is not as it must be. Raises FleetError when a profile leads to the wrong account."""
    admins = enter(
        session.fleet,
        connection.account_admin,
        remedy="correct bootstrap_profile in fleet.yaml, or say --profile ACCOUNT=PROFILE",
    )
    where = session.project.sandbox_key_lines if connection.is_sandbox else session.project.stack_file
    files = {name: where(name) for name in session.stacks}
    return survey(
        all_steps(session.fleet, admins, files, secrets_provider=target.secrets_provider(session.fleet))
    )


def apply(tasks: tuple[Task, ...]) -> None:
    """Do each task, with a line when it is done."""
    for task in tasks:
        task.step.apply()
        typer.echo(f"bootstrap: {task.step.account} {task.step.region}: {task.step.what}", err=True)


def _by_account(session: Session, profiles: tuple[str, ...]) -> Mapping[str, str]:
    pairs = dict(part.partition("=")[::2] for part in profiles)
    unknown = [account for account in pairs if account not in session.fleet.settings.accounts]
    if unknown or not all(pairs.values()):
        known = ", ".join(session.fleet.settings.accounts)
        raise FleetError("--profile wants ACCOUNT=PROFILE", remedy=f"accounts are {known}")
    return pairs


def _row(task: Task) -> dict[str, str]:
    return {
        "account": task.step.account,
        "region": task.step.region,
        "what": task.step.what,
        "state": str(task.finding.state),
        "detail": task.finding.detail,
    }
