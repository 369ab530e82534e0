"""`fleet status`."""

from __future__ import annotations

import json

import typer

from automation import screen
from automation.commands.common import whole
from automation.seam import Deployed
from automation.session import Options, open_session


def run(options: Options, *, as_json: bool) -> int:
    """Print what the state backend knows of the selected stacks. Raises Undecided for a damaged state."""
    session = open_session(options)
    found = whole(session).deployed(with_history=True)
    stacks = {name: found.get(name) for name in session.selected}
    if as_json:
        typer.echo(json.dumps([_row(name, deployed) for name, deployed in stacks.items()], indent=2))
    else:
        screen.console().print(screen.status_table(stacks))
    return 0


def _row(stack: str, found: Deployed | None) -> dict[str, object]:
    return {
        "stack": stack,
        "deployed": bool(found and found.resources),
        "resources": found.resources if found else 0,
        "updated_at": found.updated_at.isoformat() if found and found.updated_at else None,
        "kind": found.kind if found else None,
        "result": found.result if found else None,
    }
