"""`fleet workdir`."""

from __future__ import annotations

import typer

from automation.commands.common import whole
from automation.session import Options, open_session


def run(options: Options, stack: str) -> int:
    """Generate the folder of a stack, with the stack selected in it, and print its path.

    Raises Undecided for a damaged state.
    """
    session = open_session(options)
    session.require(stack)
    typer.echo(whole(session).select(stack))
    return 0
