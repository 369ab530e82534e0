"""`fleet preview`."""

from __future__ import annotations

from collections.abc import Mapping

from automation import report, screen, selection
from automation.commands.common import advice, at_a_time, command_line, finish, ready, rollout, up_of
from automation.report import Report
from automation.session import Options, Session
from automation.workspace import Workspace


def run(options: Options, *, max_parallel: int | None, refresh: bool, as_json: bool) -> int:
    """Get ready, then preview."""
    session, engines = ready(options)
    return show_changes(session, engines, max_parallel=max_parallel, refresh=refresh, as_json=as_json)


def show_changes(
    session: Session, engines: Workspace, *, max_parallel: int | None, refresh: bool, as_json: bool
) -> int:
    """Show what an up would change."""
    runner = rollout(session, engines, max_parallel=at_a_time(session, max_parallel), verb="preview")
    absent = not_deployed(session, engines)
    runs, _ = runner.preview(session.selected, refresh=refresh)
    code = report.exit_code(runs, changes_count=True)
    made = report.build(
        command=command_line("preview", session),
        runs=runs,
        graph=dict.fromkeys(runs, ()),
        preview_s=report.wall_s(list(runs.values())),
        exit_code=code,
        next_command=next_up(session, absent) if code == report.EXIT_CHANGES else "",
        advice=advice(engines, runs),
    )

    def show(made: Report) -> None:
        console = screen.console()
        console.print(screen.preview_table(made.runs, runner.notes(runs, absent)))
        if made.next_command:
            console.print(f"next: {made.next_command}", soft_wrap=True)

    return finish(session, made, as_json=as_json, show=show)


def next_up(session: Session, absent: Mapping[str, frozenset[str]]) -> str:
    """The command that goes on: an up of what was previewed, or first of what it reads and what is not there."""
    missing = selection.in_order(session.stacks, frozenset().union(*absent.values()))
    return up_of(session, missing) if missing else command_line("up", session)


def not_deployed(session: Session, engines: Workspace) -> dict[str, frozenset[str]]:
    """Selected stack -> the stacks that it reads, are not selected, and are not there: their outputs are unknown."""
    needed = selection.skipped(session.stacks, session.selected)
    if not needed:
        return {}
    deployed = {name for name, found in engines.deployed().items() if found.resources}
    return {name: frozenset(others) - deployed for name, others in needed.items()}
