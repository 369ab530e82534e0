"""`fleet drift`, and what `fleet refresh` shows before it asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import typer

from automation import details, report, report_details
from automation.changes import Drift
from automation.commands.common import at_a_time, command_line, ready, rollout, say, show_lines
from automation.rollout import Results, Runs
from automation.seam import Workspace
from automation.session import Options, Session

SCHEMA_VERSION = 1


def run(options: Options, *, max_parallel: int | None, as_json: bool) -> int:
    """Get ready, then compare."""
    session, engines = ready(options)
    return show_drift(session, engines, max_parallel=max_parallel, as_json=as_json)


def show_drift(session: Session, engines: Workspace, *, max_parallel: int | None, as_json: bool) -> int:
    """Show what is not as the state says; exit code 2 when there is something."""
    runs, results = compare(session, engines, max_parallel=max_parallel)
    found = found_in(results)
    code = report.exit_code(runs)
    if code == report.EXIT_DONE and found:
        code = report.EXIT_CHANGES
    then = command_line("refresh", session) if code == report.EXIT_CHANGES else ""
    if as_json:
        typer.echo(json.dumps(to_json(session, runs, found, code, then), indent=2))
        return code
    show(runs, found)
    show_lines([f"next: {then}, then: {command_line('up', session)}"] if then else [])
    return code


def compare(session: Session, engines: Workspace, *, max_parallel: int | None) -> tuple[Runs, Results]:
    """Compare the stacks that are deployed: asking the engine about another would make it."""
    known = engines.deployed()
    deployed = tuple(name for name in session.selected if name in known and known[name].resources)
    for name in session.selected:
        if name not in deployed:
            say(f"{name}: not deployed")
    return rollout(session, engines, max_parallel=at_a_time(session, max_parallel), verb="comparison").drift(
        deployed
    )


def found_in(results: Results) -> dict[str, tuple[Drift, ...]]:
    """Stack -> what was found, where something was."""
    return {name: result.drift for name, result in results.items() if result.drift}


def show(runs: Runs, found: Mapping[str, tuple[Drift, ...]]) -> None:
    """Everything that differs, by stack and resource."""
    for name in runs:
        show_lines(details.drift_lines(name, found.get(name, ())))
    if not found:
        show_lines(["no drift was found" if runs else "nothing is deployed"])


def to_json(
    session: Session, runs: Runs, found: Mapping[str, tuple[Drift, ...]], code: int, then: str
) -> dict[str, Any]:
    """The comparison as plain data; tests hold its shape."""
    return {
        "version": SCHEMA_VERSION,
        "command": command_line("drift", session),
        "exit_code": code,
        "stacks": [
            {
                "stack": name,
                "result": str(run.outcome.status),
                "cause": run.outcome.cause,
                "drift": [entry.model_dump() for entry in report_details.drift_entries(found.get(name, ()))],
            }
            for name, run in runs.items()
        ],
        "next_command": then,
    }
