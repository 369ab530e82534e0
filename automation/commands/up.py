"""`fleet up`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from automation import (
    aim,
    consent,
    details,
    durations,
    estimate,
    guards,
    report,
    report_details,
    screen,
    selection,
)
from automation.commands import api_reach, foresee, support
from automation.commands.changing import changing
from automation.commands.common import (
    advice,
    at_a_time,
    command_line,
    finish,
    rollout,
    say,
    show_lines,
    show_report,
    up_of,
)
from automation.commands.foresee import Asked, Foreseen
from automation.queue import Graph, select
from automation.reach import Machine
from automation.recovery.deed import Deed
from automation.rollout import Results, graph_of
from automation.seam import Workspace
from automation.session import Options, Session


def run(
    options: Options, asked: Asked, *, max_parallel: int | None, fail_fast: bool, yes: bool, as_json: bool
) -> int:
    """Get ready, then roll out."""
    with changing(options, "up") as (session, engines, deeds):
        return roll_out(
            session,
            engines,
            asked,
            max_parallel=max_parallel,
            fail_fast=fail_fast,
            yes=yes,
            as_json=as_json,
            recovered=deeds,
        )


def roll_out(
    session: Session,
    engines: Workspace,
    asked: Asked,
    *,
    max_parallel: int | None,
    yes: bool,
    as_json: bool,
    fail_fast: bool = False,
    recovered: Sequence[Deed] = (),
) -> int:
    """Preview all, or read what was saved; show, check the guards, ask, roll out, report.

    Raises GuardError or Refused before any change, FleetError when a stack that is read was never deployed or the
    saved plans do not hold any more.
    """
    session, urns = aim.at(session, engines, asked.targets)
    session, foreseen = foresee.by_plan(session, asked.plan, asked) if asked.plan else (session, None)
    explain_selection(session, engines)
    support.versions(session, datetime.now(UTC).date(), say)
    width = at_a_time(session, max_parallel)
    begin = partial(rollout, session, engines, max_parallel=width, fail_fast=fail_fast)
    foreseen = foreseen or foresee.by_preview(session, begin(verb="preview"), asked, urns)
    if not as_json:
        show_foreseen(session, foreseen)
    runs = foreseen.ended
    graph: Graph = select(graph_of(session.stacks), session.selected)
    if foreseen.has_work:
        guards.require(foreseen.changes(), foreseen.bounds.limits)
        api_reach.check(session, engines, Machine(), say)
        warn_of_a_short_session(session, engines, foreseen.previews, max_parallel=width)
        consent.require(f"Roll out to {session.options.target_name}?", yes=yes)
        runs, graph = begin(verb="up").up(session.selected, foreseen.previews, foreseen.bounds)
        if not session.options.is_sandbox:
            durations.keep(session.project.durations, runs)
    if runs is None:
        runs = {name: replace(run, started_s=None, ended_s=None) for name, run in foreseen.previewed.items()}
    code = report.exit_code(runs)
    made = report.build(
        command=command_of(session, asked),
        runs=runs,
        graph=graph,
        preview_s=report.wall_s(list(foreseen.previewed.values())),
        exit_code=code,
        next_command=command_line("status", session) if code == report.EXIT_DONE else again(session, asked),
        advice=advice(engines, runs),
        details=report_details.of_up(recovered),
    )
    return finish(session, made, as_json=as_json, show=show_report)


def show_foreseen(session: Session, foreseen: Foreseen) -> None:
    """The table, and the resources that will not be what they were; what is only created is counted."""
    screen.console().print(screen.preview_table(foreseen.previewed.values(), foreseen.notes))
    for name, found in foreseen.previews.items():
        touched = [change for change in found.resource_changes if change.operation != "create"]
        show_lines(details.change_lines(name, touched, session.project.log(name)))


def command_of(session: Session, asked: Asked) -> str:
    """The command that this run was."""
    if asked.plan:
        return command_line("up", session, "--plan", str(asked.plan), with_stacks=False)
    return command_line("up", session, *asked.arguments)


def again(session: Session, asked: Asked) -> str:
    """The command that finishes what this run did not. A plan that was half carried out does not hold any more."""
    if asked.plan:
        return command_line("preview", session, "--save", str(asked.plan), with_stacks=False)
    return command_of(session, asked)


def explain_selection(session: Session, engines: Workspace) -> None:
    """Say what --only and --skip mean for the others. Raises FleetError when what is left cannot work."""
    command = partial(up_of, session)
    needed = selection.skipped(session.stacks, session.selected)
    if needed:
        deployed = {name for name, found in engines.deployed().items() if found.resources}
        selection.require_deployed(needed, deployed, up_of=command)
    for line in selection.remarks(session.stacks, session.selected, up_of=command):
        say(line)


def warn_of_a_short_session(
    session: Session, engines: Workspace, previews: Results, *, max_parallel: int
) -> None:
    """Say it when the credentials end before the rollout is likely to."""
    if engines.credentials is None:
        return
    usual_s = {
        name: estimate.left_s(found.planned, done=(), open_since_s={}, now_s=0.0)
        for name, found in previews.items()
        if found.succeeded and found.has_changes
    }
    known_s = durations.load(session.project.durations)
    work = durations.estimate(session.stacks, usual_s, known_s, max_parallel=max_parallel)
    if line := engines.credentials.warning(work, datetime.now(UTC)):
        say(line)
