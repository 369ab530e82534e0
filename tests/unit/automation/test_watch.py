from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from automation.controller import Answered, Insisting, Started
from automation.watch import is_watchable, on_screen
from tests.terminals import OnTerminal, environment
from tests.unit.automation.fakes import CHECKOUT, FakeWorkspace
from tests.unit.automation.watched_rollout import STACK

OPEN = f"{STACK}: up 1/2, NatGateway nat-use1-az4 "


class Terminal(io.StringIO):
    """A stream that calls itself a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "expected"),
    [
        (Terminal(), {"TERM": "xterm"}, True),
        (Terminal(), {"TERM": "xterm", "NO_COLOR": "1"}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (Terminal(), {"TERM": "xterm", "CI": "true"}, False),
        (io.StringIO(), {"TERM": "xterm"}, False),
        (io.StringIO(), {"TERM": "xterm", "FORCE_COLOR": "1"}, False),
    ],
)
def test_a_view_that_changes_in_place_needs_a_terminal_that_can(
    stream: io.StringIO, environment: dict[str, str], expected: bool
) -> None:
    assert is_watchable(Console(file=stream, _environ=environment), environment) is expected


def test_a_question_has_the_screen_to_itself() -> None:
    screen = Terminal()
    console = Console(file=screen, width=80, height=20, _environ={"TERM": "xterm"})
    with on_screen(FakeWorkspace({}), console, verb="up")({"a": ()}) as hear:
        hear(Started(stack="a"))
        hear(Insisting(waiting_for={}, is_asked=True))
        asked = len(screen.getvalue())
        screen.write("stop now?")
        assert screen.getvalue()[asked:] == "stop now?"
        hear(Answered(stops=False))
    assert "up: 0 of 1 stacks ended" in screen.getvalue()[asked:]


def test_what_cannot_be_asked_is_said_above_the_view() -> None:
    screen = Terminal()
    console = Console(file=screen, width=80, height=20, highlight=False, _environ={"TERM": "xterm"})
    with on_screen(FakeWorkspace({}), console, verb="up")({"a": ()}) as hear:
        hear(Insisting(waiting_for={}, is_asked=False))
    assert "a second signal changes nothing without a terminal; what is open ends" in screen.getvalue()


def command(checkout: Path) -> list[str]:
    return [sys.executable, "-m", "tests.unit.automation.watched_rollout", str(checkout)]


def test_a_terminal_shows_the_view_and_standard_output_stays_json(checkout: Path) -> None:
    run = OnTerminal(command(checkout), cwd=CHECKOUT, env=environment())
    shown = run.read_until("NatGateway nat-use1-az4") + run.read_until("left: usually about ")
    run.type_line()
    code, out = run.finish()
    assert (code, json.loads(out)["exit_code"]) == (0, 0)
    assert re.search(r"preview: [01] of 1 stacks ended, \d+ s", shown)
    assert re.search(r"secondary-use1 +network +1/2 +NatGateway nat-use1-az4 +\d+ s +100 s +\d+ s", shown)
    assert OPEN not in shown


def test_a_pipe_gets_plain_lines(checkout: Path) -> None:
    run = subprocess.Popen(
        command(checkout),
        cwd=CHECKOUT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stdin
    assert run.stdout
    assert run.stderr
    lines = []
    with run.stderr as errors, run.stdout as out, run.stdin as answer:
        for line in errors:
            lines.append(re.sub(r"\d+(\.\d)? s\b", "N s", line.rstrip()))
            if lines[-1].startswith(OPEN):
                answer.write("\n")
                answer.flush()
        assert json.load(out)["exit_code"] == 0
    assert run.wait() == 0
    limit = "1 stack, 1 at a time (--parallel)"
    assert lines[0].startswith(f"links is not selected, but {STACK}, which it reads, is: run fleet up ")
    assert [line for line in lines[1:] if line != limit] == [
        f"{STACK}: preview started",
        f"{STACK}: preview succeeded: 3 create (N s)",
        f"{STACK}: up started",
        f"{OPEN}N s (usually N s)",
        f"{STACK}: up succeeded: 3 create (N s)",
    ]
