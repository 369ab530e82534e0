"""`python -m tests.soak --rounds 100 [--seed 7]`: exits with 1 when a round did not converge."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from tests.engine.fleets import FleetUnderTest, small_checkout
from tests.soak.rounds import COMMANDS, Round, counts, play


def main(
    rounds: Annotated[int, typer.Option(min=1, help="Struck runs, up and destroy in turn.")] = 100,
    seed: Annotated[int, typer.Option(help="The same seed strikes the same blows after the same times.")] = 1,
) -> None:
    """Strike runs of one site at random moments; each has to converge with nothing twice and nothing left."""
    with tempfile.TemporaryDirectory(prefix="fleet-soak-") as folder:
        home, root = Path(folder) / "home", Path(folder) / "checkout"
        root.mkdir()
        fleet = FleetUnderTest(root=small_checkout(root), home=home)
        try:
            played = soak(fleet, rounds, random.Random(seed))
        finally:
            fleet.stop()
    wrong = [one for one in played if one.wrong]
    typer.echo(
        f"{len(played)} rounds with seed {seed}: {len(played) - len(wrong)} converged, {len(wrong)} did not"
    )
    for one in wrong:
        typer.echo(f"  {one}")
    raise typer.Exit(1 if wrong else 0)


def soak(fleet: FleetUnderTest, rounds: int, dice: random.Random) -> list[Round]:
    """First one undisturbed up and destroy, to know what there should be and how long it takes; then the rounds."""
    expected, usual_s = {}, {}
    fleet.fleet("sandbox", "start")
    fleet.fleet("bootstrap", "--yes")
    for verb, command in COMMANDS.items():
        begin = time.monotonic()
        result = fleet.fleet(*command)
        usual_s[verb] = time.monotonic() - begin
        assert result.code == 0, result.err
        expected[verb] = counts(fleet)
    played = []
    for number in range(1, rounds + 1):
        verb = tuple(COMMANDS)[(number - 1) % len(COMMANDS)]
        played.append(play(fleet, number, verb, expected=expected[verb], usual_s=usual_s[verb], dice=dice))
        typer.echo(str(played[-1]), err=True)
    return played


if __name__ == "__main__":
    typer.run(main)
