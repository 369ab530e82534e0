"""A `fleet` process that runs beside the test: what it says is read line by line, signals reach it alone."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

from tests.engine.fleets import FLEET_COMMAND, FleetUnderTest


@dataclass(kw_only=True)
class Running:
    """Standard error is read by the test; with a terminal that is what a person sees, and `keyboard` types."""

    process: subprocess.Popen[str]
    screen: IO[str]
    keyboard: IO[str] | None = None
    lines: list[str] = field(default_factory=list)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def read_until(self, text: str) -> None:
        """Read what it says until this is there; it has to come before the end."""
        seen = ""
        while text not in seen:
            try:
                character = self.screen.read(1)
            except OSError:  # how a terminal says that nobody writes on it any more
                character = ""
            assert character, f"{text!r} did not come: {''.join(self.lines)}{seen}"
            seen += character
        self.lines.append(seen)

    def read_of(self, stack: str, kind: str) -> None:
        """Read until an open resource of this kind is told: the driver hears of it a moment after AWS does."""
        self.read_until(f"{stack}: up started")
        self.read_until(f", {kind} ")

    def end(self) -> tuple[int, dict[str, Any]]:
        """The exit code, and the report on standard output."""
        stdout = self.process.stdout
        assert stdout
        report: dict[str, Any] = json.loads(stdout.read())
        return self.process.wait(), report


@contextmanager
def running(fleet: FleetUnderTest, *arguments: str) -> Iterator[Running]:
    """Start `fleet` without a terminal."""
    with subprocess.Popen(
        [str(FLEET_COMMAND), *arguments],
        cwd=fleet.root,
        env=fleet.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        yield Running(process=process, screen=process.stderr)


@contextmanager
def running_on_a_terminal(fleet: FleetUnderTest, *arguments: str) -> Iterator[Running]:
    """Start `fleet` on a terminal of its own; its report goes to a pipe."""
    person, program = pty.openpty()
    with (
        os.fdopen(os.dup(person)) as screen,
        os.fdopen(person, "w") as keyboard,
        subprocess.Popen(
            [str(FLEET_COMMAND), *arguments],
            cwd=fleet.root,
            env=fleet.environment() | {"CI": "1"},
            stdin=program,
            stdout=subprocess.PIPE,
            stderr=program,
            text=True,
        ) as process,
    ):
        os.close(program)
        yield Running(process=process, screen=screen, keyboard=keyboard)
