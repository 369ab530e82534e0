"""`fleet preview`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from automation import aim, approval, details, guards, report, report_details, screen, selection
from automation.commands import plans
from automation.commands.common import (
    advice,
    at_a_time,
    command_line,
    finish,
    ready,
    rollout,
    show_lines,
    up_of,
)
from automation.guards import Limits
from automation.report import Report
from automation.seam import Workspace
from automation.session import Options, Session


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a preview looks at: with `refresh` at AWS as well, only at `targets` if there are some; and where the
    plans go.
    """

    refresh: bool = False
    targets: tuple[str, ...] = ()
    save: Path | None = None


def run(options: Options, asked: Asked, *, max_parallel: int | None, as_json: bool) -> int:
    """Get ready, then preview."""
    session, engines = ready(options)
    return show_changes(session, engines, asked, max_parallel=max_parallel, as_json=as_json)


def show_changes(
    session: Session, engines: Workspace, asked: Asked, *, max_parallel: int | None, as_json: bool
) -> int:
    """Show what an up would change, which resources, and what would stop it; save the plans if asked to."""
    session, urns = aim.at(session, engines, asked.targets)
    runner = rollout(session, engines, max_parallel=at_a_time(session, max_parallel), verb="preview")
    absent = not_deployed(session, engines)
    folder = asked.save
    if folder:
        approval.prepare(folder)
    runs, results = runner.preview(
        session.selected,
        refresh=asked.refresh,
        targets=urns,
        save=lambda stack: approval.plan_file(folder, stack) if folder else None,
    )
    if folder:
        plans.save(session, folder, runs, results, urns)
    changes = {name: results[name].resource_changes for name in runs if name in results}
    refusals = guards.check(changes, Limits())
    code = report.exit_code(runs, changes_count=True)
    made = report.build(
        command=command_line("preview", session),
        runs=runs,
        graph=dict.fromkeys(runs, ()),
        preview_s=report.wall_s(list(runs.values())),
        exit_code=code,
        next_command=next_command(session, asked, absent) if code == report.EXIT_CHANGES else "",
        advice=advice(engines, runs),
        details=report_details.of_preview(changes, refusals),
    )

    def show(made: Report) -> None:
        screen.console().print(screen.preview_table(made.runs, runner.notes(runs, absent)))
        for name, of_stack in changes.items():
            show_lines(details.change_lines(name, of_stack, session.project.log(name)))
        show_lines(f"an up would be stopped: {line}" for line in refusals)
        show_lines([f"next: {made.next_command}"] if made.next_command else [])

    return finish(session, made, as_json=as_json, show=show)


def not_deployed(session: Session, engines: Workspace) -> dict[str, frozenset[str]]:
    """Selected stack -> the stacks that it reads, are not selected, and are not there: their outputs are unknown."""
    needed = selection.skipped(session.stacks, session.selected)
    if not needed:
        return {}
    deployed = {name for name, found in engines.deployed().items() if found.resources}
    return {name: frozenset(others) - deployed for name, others in needed.items()}


def next_command(session: Session, asked: Asked, absent: Mapping[str, frozenset[str]]) -> str:
    """The up that does what was shown, or first that of what it reads and what is not there."""
    missing = selection.in_order(session.stacks, frozenset().union(*absent.values()))
    if missing:
        return up_of(session, missing)
    if asked.save:
        return command_line("up", session, "--plan", str(asked.save), with_stacks=False)
    return command_line("up", session, *(part for urn in asked.targets for part in ("--target", urn)))
