"""`fleet up`."""

from __future__ import annotations

from dataclasses import replace

from automation import consent, report, screen
from automation.commands.changing import changing
from automation.commands.common import command_line, finish, rollout, show_report
from automation.queue import Graph, Status, select
from automation.rollout import Runs, graph_of
from automation.session import Options, Session
from automation.workspace import Workspace


def run(options: Options, *, max_parallel: int, yes: bool, as_json: bool) -> int:
    """Get ready, then roll out."""
    with changing(options, "up") as (session, engines):
        return roll_out(session, engines, max_parallel=max_parallel, yes=yes, as_json=as_json)


def roll_out(session: Session, engines: Workspace, *, max_parallel: int, yes: bool, as_json: bool) -> int:
    """Preview all, show, ask, roll out, report. Raises Refused before any change when nobody agrees."""
    previewing = rollout(session, engines, max_parallel=max_parallel, verb="preview")
    previewed, previews = previewing.preview(session.selected)
    if not as_json:
        screen.console().print(screen.preview_table(previewed.values(), previewing.rereads(previewed)))
    runs = {name: replace(run, started_s=None, ended_s=None) for name, run in previewed.items()}
    graph: Graph = select(graph_of(session.stacks), session.selected)
    has_work = any(result.succeeded and result.has_changes for result in previews.values())
    if has_work and not _is_interrupted(previewed):
        consent.require(f"Roll out to {session.options.target_name}?", yes=yes)
        rolling = rollout(session, engines, max_parallel=max_parallel, verb="up")
        runs, graph = rolling.up(session.selected, previews)
    code = report.exit_code(runs)
    made = report.build(
        command=command_line("up", session),
        runs=runs,
        graph=graph,
        preview_s=report.wall_s(list(previewed.values())),
        exit_code=code,
        next_command=command_line("status" if code == report.EXIT_DONE else "up", session),
    )
    return finish(session, made, as_json=as_json, show=show_report)


def _is_interrupted(runs: Runs) -> bool:
    return any(run.outcome.status is Status.INTERRUPTED for run in runs.values())
