"""`fleet sandbox fault`: what can be said on the command line. As in `cli`, a verb's module is loaded when it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Make AWS calls in the sandbox fail, hang or be cut off.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Root = Annotated[Path | None, typer.Option(help="The checkout; else the nearest folder with a fleet.yaml.")]


@app.command()
def add(
    kind: Annotated[str, typer.Argument(help="throttle, error, hang, hang-answer, drop or drop-answer.")],
    call: Annotated[
        str, typer.Argument(metavar="SERVICE.OPERATION", help="Such as ec2.CreateSubnet or 's3.*'.")
    ],
    account: Annotated[str | None, typer.Option(help="Only this account's calls, by name or id.")] = None,
    region: Annotated[str | None, typer.Option(help="Only calls to this region.")] = None,
    nth: Annotated[int, typer.Option(min=1, help="The first matching call that is hit.")] = 1,
    times: Annotated[int, typer.Option(min=1, help="How many in a row are hit.")] = 1,
    code: Annotated[
        str | None, typer.Option(help="For error: AWS's code; ExpiredToken is said in each service's words.")
    ] = None,
    root: Root = None,
) -> None:
    """Switch a fault on, and print its id."""
    from automation.commands import sandbox as command

    _finish(
        lambda: command.add_fault(
            root, kind, call, account=account, region=region, nth=nth, times=times, code=code
        )
    )


@app.command("list")
def list_(
    root: Root = None, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """Show the faults, and what each has hit."""
    from automation.commands import sandbox as command

    _finish(lambda: command.list_faults(root, as_json=as_json))


@app.command()
def clear(root: Root = None) -> None:
    """Forget all faults; what hangs goes on."""
    from automation.commands import sandbox as command

    _finish(lambda: command.clear_faults(root))


@app.command()
def release(
    fault: Annotated[str, typer.Argument(metavar="ID", help="As add printed it.")],
    root: Root = None,
) -> None:
    """Let the calls that a fault holds go on."""
    from automation.commands import sandbox as command

    _finish(lambda: command.release_fault(root, fault))


def _finish(call: Callable[[], int]) -> None:
    from automation.ending import guarded

    raise typer.Exit(guarded(call))
