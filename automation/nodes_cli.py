"""`fleet nodes`: what can be said on the command line. As in `cli`, a verb's module is loaded when it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automation.cli_options import AsJson, Local, Root, Yes

if TYPE_CHECKING:
    from automation.nodes.actions import Verb
    from automation.session import Options

NodeId = Annotated[str, typer.Argument(metavar="ID", help="The id that fleet nodes shows.")]

app = typer.Typer(
    help="The nodes of the fleet's clusters, and what can be done with one.",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.callback()
def nodes(
    context: typer.Context,
    root: Root = None,
    sandbox: Local = False,
    site: Annotated[list[str] | None, typer.Option(help="Only this site; may be repeated.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Only this cluster, such as main-use1--slurm.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show every node of every cluster, with its state and health; exit code 1 when a site cannot be read."""
    if context.invoked_subcommand is not None:
        _refuse_options_before(context)
        return
    from automation.commands import nodes as command

    options = _options(root, sandbox, tuple(site or ()))
    _finish(lambda: command.show(options, cluster=cluster, as_json=as_json))


@app.command()
def reboot(node: NodeId, root: Root = None, sandbox: Local = False, yes: Yes = False) -> None:
    """Reboot a node: HyperPod's by SageMaker, others after their pods or jobs are gone."""
    _act("reboot", node, _options(root, sandbox), yes=yes)


@app.command()
def replace(node: NodeId, root: Root = None, sandbox: Local = False, yes: Yes = False) -> None:
    """Have AWS put another instance in the place of a node."""
    _act("replace", node, _options(root, sandbox), yes=yes)


@app.command()
def drain(node: NodeId, root: Root = None, sandbox: Local = False, yes: Yes = False) -> None:
    """Let a node finish what it does and take nothing new."""
    _act("drain", node, _options(root, sandbox), yes=yes)


def _act(verb: Verb, node: str, options: Options, *, yes: bool) -> None:
    from automation.commands import nodes as command

    _finish(lambda: command.act(options, verb, node, yes=yes))


def _refuse_options_before(context: typer.Context) -> None:
    """An option before the verb would not reach it: `fleet nodes --sandbox reboot ID` must not mean AWS."""
    for parameter in context.command.params:
        source = context.get_parameter_source(str(parameter.name))
        if source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter(
                f"write it behind {context.invoked_subcommand}", param_hint=parameter.opts[0]
            )


def _options(root: Path | None, sandbox: bool, only: tuple[str, ...] = ()) -> Options:
    from automation.session import Options

    return Options(root=root, is_sandbox=sandbox, only=only)


def _finish(call: Callable[[], int]) -> None:
    from automation.ending import guarded

    raise typer.Exit(guarded(call))
