"""`fleet validate`."""

from __future__ import annotations

import json

import typer

from automation.session import Options, open_session


def run(options: Options, *, as_json: bool) -> int:
    """Read everything; problems are raised as one SpecError."""
    session = open_session(options)
    if as_json:
        typer.echo(
            json.dumps({"valid": True, "sites": list(session.fleet.sites), "stacks": list(session.stacks)})
        )
    else:
        typer.echo(f"valid: {len(session.fleet.sites)} sites, {len(session.stacks)} stacks")
    return 0
