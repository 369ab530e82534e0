"""The console script `fleet`: what can be said on the command line, and nothing else.

Each verb's module is imported when it runs: `fleet --help` loads typer and the standard library only.
"""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automation.fault_cli import app as fault_app

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
sandbox_app = typer.Typer(help="The local AWS.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(sandbox_app, name="sandbox")
sandbox_app.add_typer(fault_app, name="fault")

Root = Annotated[Path | None, typer.Option(help="The checkout; else the nearest folder with a fleet.yaml.")]
Local = Annotated[
    bool, typer.Option("--sandbox", envvar="FLEET_SANDBOX", help="Use the sandbox instead of AWS.")
]
Only = Annotated[list[str] | None, typer.Option(help="Only this stack; may be repeated.")]
Skip = Annotated[list[str] | None, typer.Option(help="Not this stack; may be repeated.")]
Parallel = Annotated[
    int | None,
    typer.Option(min=1, help="Stacks that run at the same time; else what cores and free memory carry."),
]
FailFast = Annotated[bool, typer.Option("--fail-fast", help="Start nothing more after the first failure.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Agree beforehand; needed where there is no terminal.")
]
StackName = Annotated[str, typer.Argument(help="Name of a stack, such as main-use1.")]


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
    as_json: AsJson = False,
) -> None:
    """Show what an up would change; exit code 2 when there is something."""
    from automation.commands import preview as command

    options = _options(root, sandbox, only, skip)
    _finish(lambda: command.run(options, max_parallel=parallel, refresh=refresh, as_json=as_json))


@app.command()
def up(
    root: Root = None,
    sandbox: Local = False,
    only: Only = None,
    skip: Skip = None,
    parallel: Parallel = None,
    fail_fast: FailFast = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Preview all stacks, ask, and roll out those that have changes."""
    from automation.commands import up as command

    options = _options(root, sandbox, only, skip)
    _finish(
        lambda: command.run(options, max_parallel=parallel, fail_fast=fail_fast, yes=yes, as_json=as_json)
    )


@app.command()
def destroy(
    root: Root = None,
    sandbox: Local = False,
    only: Only = None,
    skip: Skip = None,
    parallel: Parallel = None,
    fail_fast: FailFast = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Delete what the stacks made, in reverse order."""
    from automation.commands import destroy as command

    options = _options(root, sandbox, only, skip)
    _finish(
        lambda: command.run(options, max_parallel=parallel, fail_fast=fail_fast, yes=yes, as_json=as_json)
    )


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


@sandbox_app.command()
def start(
    root: Root = None,
    latency: Annotated[
        float | None,
        typer.Option(min=0, metavar="SCALE", help="Part of AWS's usual times that passes: 0.01; else none."),
    ] = None,
) -> None:
    """Start the sandbox, unless it runs."""
    from automation.commands import sandbox as command

    _finish(lambda: command.start(_options(root, sandbox=True), latency_scale=latency))


@sandbox_app.command()
def stop(root: Root = None) -> None:
    """Stop the sandbox and forget everything in it."""
    from automation.commands import sandbox as command

    _finish(lambda: command.stop(root))


@sandbox_app.command("status")
def sandbox_status(root: Root = None, as_json: AsJson = False) -> None:
    """Show whether the sandbox runs, and where; exit code 1 when it does not."""
    from automation.commands import sandbox as command

    _finish(lambda: command.status(root, as_json=as_json))


@sandbox_app.command()
def env(
    site: Annotated[
        str | None, typer.Argument(help="A site: its account's administrator and region.")
    ] = None,
    root: Root = None,
    as_json: AsJson = False,
) -> None:
    """Print what a shell needs to use the sandbox: eval "$(fleet sandbox env main-use1)"."""
    from automation.commands import sandbox as command

    _finish(lambda: command.env(_options(root, sandbox=True), site, as_json=as_json))


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
    app()
