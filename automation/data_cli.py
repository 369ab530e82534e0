"""`fleet data`: what can be said on the command line. As in `cli`, a verb's module is loaded when it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automation.cli_options import AsJson, Local, Root

if TYPE_CHECKING:
    from automation.session import Options

app = typer.Typer(help="The central bucket and its replicas.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def status(root: Root = None, sandbox: Local = False, as_json: AsJson = False) -> None:
    """Show per destination and prefix what waits, what failed and why; exit code 1 when there is work to do."""
    from automation.commands import data as command

    _finish(lambda: command.status(_options(root, sandbox), as_json=as_json))


@app.command("replicate-existing")
def replicate_existing(
    root: Root = None,
    sandbox: Local = False,
    wait: Annotated[bool, typer.Option(help="Follow the job until it is over.")] = True,
) -> None:
    """Carry what was there before replication, or FAILED; while a job runs, follow that one."""
    from automation.commands import data as command

    _finish(lambda: command.replicate_existing(_options(root, sandbox), wait=wait))


@app.command()
def promote(
    site: Annotated[str, typer.Argument(help="The site that wrote it.")],
    path: Annotated[
        str, typer.Argument(help="Below sites/SITE/ of its bucket: an object, or a folder with a slash.")
    ],
    to: Annotated[
        str | None, typer.Option(metavar="PREFIX", help="Another place than the same path.")
    ] = None,
    root: Root = None,
    sandbox: Local = False,
) -> None:
    """Copy what a site wrote for itself to the central bucket, from where it reaches every site."""
    from automation.commands import data as command

    _finish(lambda: command.promote(_options(root, sandbox), site, path, to=to))


def _options(root: Path | None, sandbox: bool) -> Options:
    from automation.session import Options

    return Options(root=root, is_sandbox=sandbox)


def _finish(call: Callable[[], int]) -> None:
    from automation.ending import guarded

    raise typer.Exit(guarded(call))
