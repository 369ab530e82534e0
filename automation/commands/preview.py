"""`fleet preview`."""

from __future__ import annotations

from automation import report, screen
from automation.commands.common import command_line, finish, ready, rollout
from automation.report import Report
from automation.session import Options, Session
from automation.workspace import Workspace


def run(options: Options, *, max_parallel: int, refresh: bool, as_json: bool) -> int:
    """Get ready, then preview."""
    session, engines = ready(options)
    return show_changes(session, engines, max_parallel=max_parallel, refresh=refresh, as_json=as_json)


def show_changes(
    session: Session, engines: Workspace, *, max_parallel: int, refresh: bool, as_json: bool
) -> int:
    """Show what an up would change."""
    runner = rollout(session, engines, max_parallel=max_parallel, verb="preview")
    runs, _ = runner.preview(session.selected, refresh=refresh)
    code = report.exit_code(runs, changes_count=True)
    made = report.build(
        command=command_line("preview", session),
        runs=runs,
        graph=dict.fromkeys(runs, ()),
        preview_s=report.wall_s(list(runs.values())),
        exit_code=code,
        next_command=command_line("up", session) if code == report.EXIT_CHANGES else "",
    )

    def show(made: Report) -> None:
        console = screen.console()
        console.print(screen.preview_table(made.runs, runner.rereads(runs)))
        if made.next_command:
            console.print(f"next: {made.next_command}", soft_wrap=True)

    return finish(session, made, as_json=as_json, show=show)
