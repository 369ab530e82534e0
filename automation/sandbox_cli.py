"""`fleet sandbox`: what can be said on the command line. As in `cli`, a verb's module is loaded when it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from automation.cli_options import AsJson, Root
from automation.fault_cli import app as fault_app

app = typer.Typer(help="The local AWS.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(fault_app, name="fault")


@app.command()
def start(
    root: Root = None,
    latency: Annotated[
        float | None,
        typer.Option(min=0, metavar="SCALE", help="Part of AWS's usual times that passes: 0.01; else none."),
    ] = None,
) -> None:
    """Start the sandbox, unless it runs."""
    from automation.commands import sandbox as command
    from automation.session import Options

    _finish(lambda: command.start(Options(root=root, is_sandbox=True), latency_scale=latency))


@app.command()
def stop(root: Root = None) -> None:
    """Stop the sandbox and forget everything in it."""
    from automation.commands import sandbox as command

    _finish(lambda: command.stop(root))


@app.command()
def status(root: Root = None, as_json: AsJson = False) -> None:
    """Show whether the sandbox runs, and where; exit code 1 when it does not."""
    from automation.commands import sandbox as command

    _finish(lambda: command.status(root, as_json=as_json))


@app.command()
def env(
    site: Annotated[
        str | None, typer.Argument(help="A site: its account's administrator and region.")
    ] = None,
    root: Root = None,
    as_json: AsJson = False,
) -> None:
    """Print what a shell needs to use the sandbox: eval "$(fleet sandbox env main-use1)"."""
    from automation.commands import sandbox as command
    from automation.session import Options

    _finish(lambda: command.env(Options(root=root, is_sandbox=True), site, as_json=as_json))


def _finish(call: Callable[[], int]) -> None:
    from automation.ending import guarded

    raise typer.Exit(guarded(call))
