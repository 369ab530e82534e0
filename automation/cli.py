"""The console script `fleet`: what can be said on the command line, and nothing else.

Each verb's module is imported when it runs: `fleet --help` loads typer and the standard library only.
"""

from __future__ import annotations

import atexit
import gc
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automation.cli_options import (
    AsJson,
    FailFast,
    Local,
    Only,
    Parallel,
    Root,
    Skip,
    StackName,
    Target,
    Yes,
)
from automation.data_cli import app as data_app
from automation.kubernetes_cli import app as kubernetes_app
from automation.nodes_cli import app as nodes_app
from automation.sandbox_cli import app as sandbox_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from automation.session import Options

# Without rich's markup mode, typer does not load rich: 40 ms of `--help`.
app = typer.Typer(
    help="Roll the fleet's stacks out, in dependency order, to AWS or to the sandbox.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(sandbox_app, name="sandbox")
app.add_typer(data_app, name="data")
app.add_typer(nodes_app, name="nodes")
app.add_typer(kubernetes_app)  # its verbs are fleet's own


@app.command()
def validate(root: Root = None, as_json: AsJson = False) -> None:
    """Check fleet.yaml and all stack files, each alone and all together, without any cloud."""
    from automation.commands import validate as command

    _finish(lambda: command.run(_options(root), as_json=as_json))


@app.command()
def graph(
    root: Root = None,
    format: Annotated[str, typer.Option(help="text, mermaid or json.")] = "text",  # noqa: A002
    as_json: AsJson = False,
) -> None:
    """Show which stacks there are and what each waits for."""
    from automation.commands import graph as command

    _finish(lambda: command.run(_options(root), form="json" if as_json else format))


@app.command()
def preview(
    root: Root = None,
    sandbox: Local = False,
    only: Only = None,
    skip: Skip = None,
    parallel: Parallel = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Compare with what is really there.")] = False,
    target: Target = None,
    save: Annotated[Path | None, typer.Option(help="A folder for the plans, for an up with --plan.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what an up would change; exit code 2 when there is something."""
    from automation.commands import preview as command

    options = _options(root, sandbox, only, skip)
    asked = command.Asked(refresh=refresh, targets=tuple(target or ()), save=save)
    _finish(lambda: command.run(options, asked, max_parallel=parallel, as_json=as_json))


@app.command()
def up(
    root: Root = None,
    sandbox: Local = False,
    only: Only = None,
    skip: Skip = None,
    parallel: Parallel = None,
    fail_fast: FailFast = False,
    max_deletes: Annotated[
        int | None,
        typer.Option(min=0, help="Deletions and replacements that may be made over the fleet; else 10."),
    ] = None,
    allow_replace: Annotated[
        list[str] | None,
        typer.Option(
            help="A resource that may be replaced or deleted though it holds state; may be repeated."
        ),
    ] = None,
    target: Target = None,
    plan: Annotated[Path | None, typer.Option(help="The plans to carry out, from a preview --save.")] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Preview all stacks, ask, and roll out those that have changes."""
    from automation.commands import up as command
    from automation.commands.foresee import Asked
    from automation.guards import MAX_DELETES

    options = _options(root, sandbox, only, skip)
    asked = Asked(
        max_deletes=MAX_DELETES if max_deletes is None else max_deletes,
        allow_replace=tuple(allow_replace or ()),
        targets=tuple(target or ()),
        plan=plan,
    )
    _finish(
        lambda: command.run(
            options, asked, max_parallel=parallel, fail_fast=fail_fast, yes=yes, as_json=as_json
        )
    )


@app.command()
def drift(
    root: Root = None,
    sandbox: Local = False,
    only: Only = None,
    skip: Skip = None,
    parallel: Parallel = None,
    as_json: AsJson = False,
) -> None:
    """Show what is not as the state says, changing nothing; exit code 2 when there is something."""
    from automation.commands import drift as command

    options = _options(root, sandbox, only, skip)
    _finish(lambda: command.run(options, max_parallel=parallel, as_json=as_json))


@app.command()
def refresh(
    root: Root = None,
    sandbox: Local = False,
    only: Only = None,
    skip: Skip = None,
    parallel: Parallel = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Show what is not as the state says, ask, and take it over into the state."""
    from automation.commands import refresh as command

    options = _options(root, sandbox, only, skip)
    _finish(lambda: command.run(options, max_parallel=parallel, yes=yes, as_json=as_json))


@app.command()
def destroy(
    root: Root = None,
    sandbox: Local = False,
    only: Only = None,
    skip: Skip = None,
    parallel: Parallel = None,
    keep_data: Annotated[
        bool,
        typer.Option("--keep-data", help="Keep file systems, buckets, keys, images, and what they stand on."),
    ] = False,
    delete_data: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URN",
            help="Give up this protected resource and what is in it, by URN or stack::name; asks for its name.",
        ),
    ] = None,
    fail_fast: FailFast = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Delete what the stacks made, in reverse order; what is protected stops it first."""
    from automation.commands import destroy as command
    from automation.commands.doomed import Asked

    options = _options(root, sandbox, only, skip)
    asked = Asked(keep_data=keep_data, delete_data=tuple(delete_data or ()), fail_fast=fail_fast)
    _finish(lambda: command.run(options, asked, max_parallel=parallel, yes=yes, as_json=as_json))


@app.command()
def unlock(
    lock_id: Annotated[str, typer.Argument(metavar="ID", help="The id that the message of the lock names.")],
    root: Root = None,
    sandbox: Local = False,
    yes: Yes = False,
) -> None:
    """Remove the fleet lock of a run that is over on another machine."""
    from automation.commands import unlock as command

    _finish(lambda: command.run(_options(root, sandbox), lock_id, yes=yes))


@app.command()
def recover(
    stack: Annotated[str | None, typer.Argument(help="A stack; else all that are selected.")] = None,
    root: Root = None,
    sandbox: Local = False,
    only: Only = None,
    skip: Skip = None,
) -> None:
    """Show what killed runs left open, and settle it with your answers."""
    from automation.commands import recover as command

    _finish(lambda: command.run(_options(root, sandbox, only, skip), stack))


@app.command()
def status(
    root: Root = None, sandbox: Local = False, only: Only = None, skip: Skip = None, as_json: AsJson = False
) -> None:
    """Show what is deployed, and how the last update of each stack ended."""
    from automation.commands import status as command

    _finish(lambda: command.run(_options(root, sandbox, only, skip), as_json=as_json))


@app.command()
def outputs(stack: StackName, root: Root = None, sandbox: Local = False, as_json: AsJson = False) -> None:
    """Show what a stack exports; secrets stay masked."""
    from automation.commands import outputs as command

    _finish(lambda: command.run(_options(root, sandbox), stack, as_json=as_json))


@app.command()
def workdir(stack: StackName, root: Root = None, sandbox: Local = False) -> None:
    """Print the generated folder of a stack: pulumi -C "$(fleet workdir main-use1)" preview."""
    from automation.commands import workdir as command

    _finish(lambda: command.run(_options(root, sandbox), stack))


@app.command()
def bootstrap(
    root: Root = None,
    sandbox: Local = False,
    profile: Annotated[
        list[str] | None, typer.Option(help="ACCOUNT=PROFILE, instead of fleet.yaml's.")
    ] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Make what must exist before the first stack: state bucket, key, roles, account settings."""
    from automation.commands import bootstrap as command

    _finish(
        lambda: command.run(_options(root, sandbox), profiles=tuple(profile or ()), yes=yes, as_json=as_json)
    )


@app.command()
def schema(
    root: Root = None,
    write: Annotated[bool, typer.Option("--write", help="Write the files of the checkout anew.")] = False,
) -> None:
    """Print the JSON Schemas of fleet.yaml, the stack files and reports."""
    from automation.commands import schema as command

    _finish(lambda: command.run(root, write=write))


def _options(
    root: Path | None, sandbox: bool = False, only: list[str] | None = None, skip: list[str] | None = None
) -> Options:
    from automation.session import Options

    return Options(root=root, is_sandbox=sandbox, only=tuple(only or ()), skip=tuple(skip or ()))


def _finish(call: Callable[[], int]) -> None:
    """Run a command and end with its exit code; errors are told in lines on standard error."""
    from automation.ending import guarded

    raise typer.Exit(guarded(call))


def main() -> None:
    """Entry point of the console script. SIGTERM, which CI sends to cancel a job, ends a run as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # At its end Python would search all that was loaded for cycles to free: 0.3 s, for memory that goes anyway.
    atexit.register(gc.freeze)
    app()
