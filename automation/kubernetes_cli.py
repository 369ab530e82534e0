"""`fleet kubeconfig`: what can be said on the command line. As in `cli`, a verb's module is loaded when it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from automation.cli_options import Local, Root

app = typer.Typer(rich_markup_mode=None)


@app.command()
def kubeconfig(
    site: Annotated[str, typer.Argument(help="A site.")],
    cluster: Annotated[str, typer.Argument(help="An EKS cluster of it, as its file names it: training.")],
    root: Root = None,
    sandbox: Local = False,
    path: Annotated[
        Path | None, typer.Option(help="The file to write or add to; else .fleet/kubeconfig.")
    ] = None,
) -> None:
    """Write how kubectl enters a cluster: eval "$(fleet kubeconfig main-use1 training)"."""
    from automation.commands import kubeconfig as command
    from automation.session import Options

    _finish(lambda: command.run(Options(root=root, is_sandbox=sandbox), site, cluster, path=path))


@app.command("eks-token", hidden=True)
def eks_token(
    cluster: Annotated[str, typer.Argument(help="The name that EKS has for it.")],
    region: Annotated[str, typer.Option(help="The cluster's region.")],
    role_arn: Annotated[str, typer.Option(help="The role to be.")],
    sandbox_home: Annotated[Path | None, typer.Option(help="The folder of a sandbox; else AWS.")] = None,
) -> None:
    """Print a token for a cluster, as kubectl asks its plugins for it."""
    from automation.commands import eks_token as command

    _finish(lambda: command.run(cluster, region=region, role_arn=role_arn, sandbox_home=sandbox_home))


def _finish(call: Callable[[], int]) -> None:
    from automation.ending import guarded

    raise typer.Exit(guarded(call))
