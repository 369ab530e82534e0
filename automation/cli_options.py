"""Options that several verbs of `fleet` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
Target = Annotated[
    list[str] | None,
    typer.Option(help="Only this resource, by URN or stack::name; may be repeated, in one stack."),
]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Agree beforehand; needed where there is no terminal.")
]
StackName = Annotated[str, typer.Argument(help="Name of a stack, such as main-use1.")]
