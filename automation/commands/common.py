"""What the verbs that run engines share: getting ready, progress lines, and the report."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable
from dataclasses import replace

import typer

from automation import concurrency, credentials, identity, screen, watch, workdir
from automation.commands import bootstrap, prerequisites
from automation.connection import connect, sandbox_config, state_backend, workspace
from automation.controller import Reason
from automation.credentials import Credentials
from automation.recovery import damage
from automation.report import Report
from automation.rollout import Rollout, Runs
from automation.seam import Workspace
from automation.session import Options, Session, open_session
from automation.target import Target
from automation.workspace import AutomationWorkspace


def say(line: str) -> None:
    """A line for people, on standard error."""
    typer.echo(line, err=True)


def ready(options: Options) -> tuple[Session, AutomationWorkspace]:
    """Engines for a session that was entered. Raises what `enter` raises."""
    session, connection, found = enter(options)
    prerequisites.prepare(session, connection.base, say)
    return session, workspace(session, connection, credentials=found)


def enter(options: Options) -> tuple[Session, Target, Credentials]:
    """A session whose identity has been checked. The sandbox is started and bootstrapped if it is not.

    Raises SpecError, WrongIdentity, Undecided (a damaged state), or FleetError, all before any change.
    """
    session = open_session(options)
    if options.is_sandbox:
        prepare_sandbox(session)
    connection = connect(session)
    found = identity.check(
        session.fleet,
        connection.base,
        session.accounts(),
        remedy=f"use an operator's credentials; if roles are missing: {command_line('bootstrap', session)}",
    )
    refuse_damage(session, connection)
    ends = credentials.expiry(connection.base.source, connection.environment)
    return session, connection, replace(found, expires_at=ends)


def whole(session: Session) -> AutomationWorkspace:
    """Engines that only read, of a fleet whose state is whole. Raises Undecided when it is not."""
    connection = connect(session)
    refuse_damage(session, connection)
    return workspace(session, connection)


def refuse_damage(session: Session, connection: Target) -> None:
    """Raise Undecided when a stack's state is damaged: the engine would say so in words that help nobody."""
    damage.refuse(
        state_backend(session, connection),
        session.stacks,
        recover=command_line("recover", session, with_stacks=False),
    )


def prepare_sandbox(session: Session) -> None:
    """Start the sandbox and make in it what must exist; both only when needed."""
    if session.sandbox.status() is None:
        say("sandbox: starting")
    session.sandbox.start(sandbox_config(session.fleet))
    if not all(workdir.read_key_lines(session.project.sandbox_key_lines(name)) for name in session.stacks):
        bootstrap.apply(bootstrap.plan(session, connect(session)))


def at_a_time(session: Session, asked: int | None) -> int:
    """How many stacks run at the same time, said with the reason; `asked` is --parallel."""
    count = len(session.selected)
    if asked is not None:
        limit = concurrency.asked(count, asked)
    else:
        machine = concurrency.read_machine()
        limit = concurrency.fitting(count, machine, is_sandbox=session.options.is_sandbox)
    say(str(limit))
    return limit.parallel


def rollout(
    session: Session, engines: Workspace, *, max_parallel: int, verb: str, fail_fast: bool = False
) -> Rollout:
    """A rollout that can be watched on standard error: a live view on a terminal, else lines."""
    console = screen.console(stderr=True)
    shown = (
        watch.on_screen(engines, console, verb=verb)
        if watch.is_watchable(console)
        else watch.in_lines(engines, say, verb=verb)
    )
    return Rollout(engines, session.stacks, max_parallel=max_parallel, watch=shown, fail_fast=fail_fast)


def command_line(verb: str, session: Session, *more: str, with_stacks: bool = True) -> str:
    """The command for this verb with the same fleet, target and, unless it takes none, stacks; and with `more`."""
    return _command_line(verb, session, (*(session.arguments if with_stacks else ()), *more))


def up_of(session: Session, stacks: tuple[str, ...]) -> str:
    """The command that rolls just these stacks out, with the same fleet and target."""
    return _command_line("up", session, tuple(part for name in stacks for part in ("--only", name)))


def advice(engines: Workspace, runs: Runs) -> str:
    """What a person has to do before the next command; empty when it can be run as it is."""
    expired = any(run.outcome.reason is Reason.CREDENTIALS_EXPIRED for run in runs.values())
    if not expired:
        return ""
    return engines.credentials.renewal if engines.credentials else "renew the credentials"


def _command_line(verb: str, session: Session, arguments: tuple[str, ...]) -> str:
    root = ("--root", str(session.options.root)) if session.options.root else ()
    sandbox = ("--sandbox",) if session.options.is_sandbox else ()
    return shlex.join(("fleet", verb, *sandbox, *root, *arguments))


def finish(session: Session, report: Report, *, as_json: bool, show: Callable[[Report], None]) -> int:
    """Write the report to its file, print it, and give the exit code."""
    text = json.dumps(report.to_json(), indent=2)
    session.project.report.parent.mkdir(parents=True, exist_ok=True)
    session.project.report.write_text(text + "\n", encoding="utf-8")
    if as_json:
        typer.echo(text)
    else:
        show(report)
    return report.exit_code


def show_lines(lines: Iterable[str]) -> None:
    """Lines of details under a table, as they are."""
    console = screen.console()
    for line in lines:
        console.print(line, soft_wrap=True, markup=False)


def show_report(report: Report) -> None:
    """The table of the rollout, its times, and the next command."""
    console = screen.console()
    console.print(screen.report_table(report))
    for line in screen.report_lines(report):
        console.print(line, soft_wrap=True)
