"""`fleet up`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from automation import consent, durations, estimate, report, screen, selection
from automation.commands.changing import changing
from automation.commands.common import (
    advice,
    at_a_time,
    command_line,
    finish,
    rollout,
    say,
    show_report,
    up_of,
)
from automation.queue import Graph, select
from automation.rollout import Results, graph_of
from automation.session import Options, Session
from automation.workspace import Workspace


def run(options: Options, *, max_parallel: int | None, fail_fast: bool, yes: bool, as_json: bool) -> int:
    """Get ready, then roll out."""
    with changing(options, "up") as (session, engines):
        return roll_out(
            session, engines, max_parallel=max_parallel, fail_fast=fail_fast, yes=yes, as_json=as_json
        )


def roll_out(
    session: Session,
    engines: Workspace,
    *,
    max_parallel: int | None,
    yes: bool,
    as_json: bool,
    fail_fast: bool = False,
) -> int:
    """Preview all, show, ask, roll out, report.

    Raises Refused before any change when nobody agrees, FleetError when a stack that is read was never deployed.
    """
    explain_selection(session, engines)
    width = at_a_time(session, max_parallel)
    begin = partial(rollout, session, engines, max_parallel=width, fail_fast=fail_fast)
    previewing = begin(verb="preview")
    previewed, previews = previewing.preview(session.selected)
    if not as_json:
        screen.console().print(
            screen.preview_table(previewed.values(), previewing.notes(previewed, absent={}))
        )
    runs = previewing.unstarted(previewed)
    graph: Graph = select(graph_of(session.stacks), session.selected)
    if runs is None and any(result.succeeded and result.has_changes for result in previews.values()):
        warn_of_a_short_session(session, engines, previews, max_parallel=width)
        consent.require(f"Roll out to {session.options.target_name}?", yes=yes)
        runs, graph = begin(verb="up").up(session.selected, previews)
        if not session.options.is_sandbox:
            durations.keep(session.project.durations, runs)
    if runs is None:
        runs = {name: replace(run, started_s=None, ended_s=None) for name, run in previewed.items()}
    code = report.exit_code(runs)
    made = report.build(
        command=command_line("up", session),
        runs=runs,
        graph=graph,
        preview_s=report.wall_s(list(previewed.values())),
        exit_code=code,
        next_command=command_line("status" if code == report.EXIT_DONE else "up", session),
        advice=advice(engines, runs),
    )
    return finish(session, made, as_json=as_json, show=show_report)


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
