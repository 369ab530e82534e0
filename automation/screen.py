"""Tables for people, drawn with rich; the same data is given to machines as JSON by `--json`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from automation.bootstrap.step import Task
from automation.controller import Run
from automation.events import changes, counts
from automation.queue import Status
from automation.report import Report
from automation.seam import Deployed

PIPE_COLUMNS = 160
"""Width where there is no terminal: rich's default of 80 would cut causes."""

STYLES = {
    Status.SUCCEEDED: "green",
    Status.FAILED: "bold red",
    Status.BLOCKED: "yellow",
    Status.INTERRUPTED: "yellow",
}

OPERATIONS = ("create", "update", "replace", "delete")


def console(*, stderr: bool = False) -> Console:
    """A console as wide as the terminal, or wide enough for a log."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else PIPE_COLUMNS)


def preview_table(runs: Iterable[Run], notes: Mapping[str, str]) -> Table:
    """What would change, a line a stack; `notes` says what a preview could not know."""
    table = Table("stack", *OPERATIONS, "other", "unchanged", "note", title="Changes", title_justify="left")
    for run in runs:
        operations = run.outcome.operations
        found = changes(operations)
        other = counts({name: count for name, count in operations.items() if name not in OPERATIONS})
        note = run.outcome.cause or notes.get(run.stack, "")
        cells = [str(found.get(name, "")) for name in OPERATIONS]
        table.add_row(run.stack, *cells, other, str(operations.get("same", 0)), note, style=_row_style(run))
    return table


def report_table(report: Report) -> Table:
    """The end of a rollout, a line a stack."""
    table = Table(
        "stack", "result", "reason", "cause", "operations", "seconds", title="Report", title_justify="left"
    )
    for run in report.runs:
        outcome = run.outcome
        result = f"[{STYLES[outcome.status]}]{outcome.status}[/]"
        seconds = f"{run.duration_s:.1f}" if run.started_s is not None else ""
        table.add_row(
            run.stack, result, str(outcome.reason), outcome.cause, counts(outcome.operations), seconds
        )
    return table


def report_lines(report: Report) -> list[str]:
    """What stands under the report's table: the times, and the next command."""
    path = " -> ".join(report.critical_path.stacks)
    times = f"previews {report.preview_s:.1f} s, rollout {report.wall_s:.1f} s"
    if report.ratio is not None:
        times += f", critical path {report.critical_path.duration_s:.1f} s ({path}), ratio {report.ratio:.2f}"
    kept = {run.stack: run.outcome.recorded for run in report.runs if run.outcome.recorded}
    recorded = ", ".join(f"{count} in {stack}" for stack, count in kept.items())
    then = ", then: ".join(part for part in (report.advice, report.next_command) if part)
    return [
        times,
        *([f"recorded by the sandbox, not emulated: {recorded}"] if recorded else []),
        *([f"next: {then}"] if then else []),
    ]


def status_table(stacks: Mapping[str, Deployed | None]) -> Table:
    """What is deployed."""
    table = Table("stack", "deployed", "resources", "last update", "kind", "result")
    for name, found in stacks.items():
        if found is None or found.updated_at is None:
            table.add_row(name, "no", "", "", "", "")
            continue
        when = found.updated_at.isoformat(sep=" ", timespec="seconds")
        deployed = "yes" if found.resources else "no"
        table.add_row(name, deployed, str(found.resources), when, found.kind or "", found.result or "")
    return table


def task_table(tasks: Iterable[Task]) -> Table:
    """What bootstrap will do."""
    table = Table("account", "region", "what", "now", title="To do", title_justify="left")
    for task in tasks:
        now = (
            f"{task.finding.state}: {task.finding.detail}" if task.finding.detail else str(task.finding.state)
        )
        table.add_row(task.step.account, task.step.region, task.step.what, now)
    return table


def _row_style(run: Run) -> str:
    return "" if run.outcome.status is Status.SUCCEEDED else STYLES[run.outcome.status]
