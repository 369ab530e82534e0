"""Verbs that read and change nothing, as `cli` registers them. A verb's module is loaded when it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from automation.cli_options import AsJson, Local, Root, StackName

if TYPE_CHECKING:
    from automation.session import Options


def doctor(root: Root = None, sandbox: Local = False, as_json: AsJson = False) -> None:
    """Ask AWS whether a rollout would get through: identity, state, locks, zones, quotas; exit code 1 if not."""
    from automation.commands import doctor as command

    _finish(lambda: command.run(_options(root, sandbox), as_json=as_json))


def outputs(stack: StackName, root: Root = None, sandbox: Local = False, as_json: AsJson = False) -> None:
    """Show what a stack exports; secrets stay masked."""
    from automation.commands import outputs as command

    _finish(lambda: command.run(_options(root, sandbox), stack, as_json=as_json))


def workdir(stack: StackName, root: Root = None, sandbox: Local = False) -> None:
    """Print the generated folder of a stack: pulumi -C "$(fleet workdir main-use1)" preview."""
    from automation.commands import workdir as command

    _finish(lambda: command.run(_options(root, sandbox), stack))


def _options(root: Path | None, sandbox: bool) -> Options:
    from automation.session import Options

    return Options(root=root, is_sandbox=sandbox)


def _finish(call: Callable[[], int]) -> None:
    from automation.ending import guarded

    raise typer.Exit(guarded(call))
