"""Measure, print one table, keep it as JSON: `python -m tests.bench [--only NAME] [--runs N]`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tests.bench.benches import BENCHES
from tests.bench.figures import machine, table


def main(
    only: Annotated[list[str] | None, typer.Option(help=f"Of {', '.join(BENCHES)}; may be repeated.")] = None,
    runs: Annotated[int, typer.Option(min=1, help="Samples of each figure.")] = 3,
    into: Annotated[Path, typer.Option(help="Where the JSON goes.")] = Path(".fleet/bench.json"),
) -> None:
    """Exits with 1 when a goal is missed."""
    unknown = sorted(set(only or ()) - set(BENCHES))
    if unknown:
        raise typer.BadParameter(f"no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    console = Console(stderr=True)
    described, figures = machine(), []
    for name in only or BENCHES:
        console.print(f"{name} ...")
        figures += BENCHES[name](runs)
    Console(width=None if console.is_terminal else 130).print(table(figures))
    into.parent.mkdir(parents=True, exist_ok=True)
    when = datetime.now(UTC).isoformat(timespec="seconds")
    record = {"at": when, "machine": described, "figures": [figure.to_json() for figure in figures]}
    into.write_text(json.dumps(record, indent=2) + "\n")
    raise typer.Exit(0 if all(figure.is_met for figure in figures) else 1)


if __name__ == "__main__":
    typer.run(main)
