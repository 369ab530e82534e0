"""`fleet validate`."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import typer

from automation.commands import support
from automation.session import Options, open_session


def run(options: Options, *, as_json: bool) -> int:
    """Read everything; problems are raised as one SpecError, and what the calendar ends as FleetError."""
    session = open_session(options)
    notes: list[str] = []
    support.versions(session, datetime.now(UTC).date(), notes.append)
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "valid": True,
                    "sites": list(session.fleet.sites),
                    "stacks": list(session.stacks),
                    "notes": notes,
                }
            )
        )
    else:
        for note in notes:
            typer.echo(note, err=True)
        typer.echo(f"valid: {len(session.fleet.sites)} sites, {len(session.stacks)} stacks")
    return 0
