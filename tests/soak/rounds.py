"""One round: a rollout or a destroy of one site is struck at a random moment, then finished by the same command.

After each round, AWS holds exactly what an undisturbed run leaves there, counted by kind in every account and
region: one more is a duplicate or an orphan, one less is forgotten.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.engine.fleets import FLEET_COMMAND, FleetUnderTest, Result
from tests.engine.inventory import inventory

Counts = Counter[tuple[str, ...]]
"""How many there are by (account, region, kind)."""

SITE = "one"
COMMANDS = {"up": ("up", "--only", SITE, "--yes"), "destroy": ("destroy", "--only", SITE, "--yes")}
ATTEMPTS = 3
"""How often the command may be run again: an engine that outlives its driver is waited for, or named."""

Blow = str
BLOWS: tuple[Blow, ...] = (
    "kill the engine",
    "kill the driver",
    "kill both",
    "interrupt the driver",
    "terminate, then kill the driver",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What was done, and what came of it; `wrong` is empty when the fleet is as if nothing had happened."""

    number: int
    verb: str
    blow: Blow
    after_s: float
    attempts: int
    wrong: str

    def __str__(self) -> str:
        told = (
            f"{self.number}: {self.verb}, {self.blow} after {self.after_s:.1f} s, {self.attempts} more runs"
        )
        return f"{told}: {self.wrong or 'converged'}"


def counts(fleet: FleetUnderTest) -> Counts:
    """How many of each kind there are now."""
    return Counter(entry[:3] for entry in inventory(fleet))


def play(
    fleet: FleetUnderTest, number: int, verb: str, *, expected: Counts, usual_s: float, dice: random.Random
) -> Round:
    """Strike one run, finish it, and look at what there is."""
    blow, after_s = dice.choice(BLOWS), dice.uniform(0.3, usual_s)
    strike(fleet, COMMANDS[verb], blow, after_s)
    attempts, last = finish(fleet, COMMANDS[verb])
    found = counts(fleet)
    wrong = "" if last.code == 0 else f"exit {last.code}: {last.err.strip().splitlines()[-1:]}"
    if not wrong and found != expected:
        wrong = f"too many: {dict(found - expected)}, too few: {dict(expected - found)}"
    return Round(number=number, verb=verb, blow=blow, after_s=after_s, attempts=attempts, wrong=wrong)


def strike(fleet: FleetUnderTest, command: tuple[str, ...], blow: Blow, after_s: float) -> None:
    """Start the driver, and hit it or its engine after a while; a run that is over by then is just a run."""
    driver = subprocess.Popen(
        [str(FLEET_COMMAND), *command],
        cwd=fleet.root,
        env=fleet.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        driver.wait(after_s)
    except subprocess.TimeoutExpired:
        engines = list(_engines(driver.pid))
        if blow in {"kill the driver", "kill both"}:
            driver.kill()
        if blow in {"kill the engine", "kill both"}:
            for engine in engines:
                _kill_session(engine)
        if blow == "interrupt the driver":
            driver.send_signal(signal.SIGINT)
        if blow == "terminate, then kill the driver":
            driver.terminate()
            try:
                driver.wait(1)
            except subprocess.TimeoutExpired:
                driver.kill()
    driver.wait()


def finish(fleet: FleetUnderTest, command: tuple[str, ...]) -> tuple[int, Result]:
    """Run the same command until it succeeds; how often it took, and the last result."""
    attempts, result = 1, fleet.fleet(*command)
    while result.code != 0 and attempts < ATTEMPTS:
        attempts, result = attempts + 1, fleet.fleet(*command)
    return attempts, result


def _engines(driver: int) -> Iterator[int]:
    """The engines that a driver has started: its children that lead a session of their own."""
    for task in Path(f"/proc/{driver}/task").glob("*/children"):
        for child in task.read_text().split():
            if os.getsid(int(child)) == int(child):
                yield int(child)


def _kill_session(leader: int) -> None:
    """Kill an engine with its program, as the kernel does when memory ends."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
