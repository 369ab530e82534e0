"""`fleet outputs`."""

from __future__ import annotations

import json

import typer

from automation.commands.common import whole
from automation.errors import FleetError
from automation.session import Options, open_session


def run(options: Options, stack: str, *, as_json: bool) -> int:
    """Print what a stack exports. Raises Undecided for a damaged state."""
    session = open_session(options)
    session.require(stack)
    engines = whole(session)
    if stack not in engines.deployed():
        raise FleetError(f"stack {stack} is not deployed", remedy=f"run: fleet up --only {stack}")
    outputs = engines.outputs(stack)
    if as_json:
        typer.echo(json.dumps(outputs, indent=2))
    else:
        for name, value in outputs.items():
            typer.echo(f"{name}: {json.dumps(value, indent=2)}")
    return 0
