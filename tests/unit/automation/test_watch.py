from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from rich.console import Console

from automation.watch import is_watchable
from tests.unit.automation.fakes import CHECKOUT
from tests.unit.automation.watched_rollout import STACK

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
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


def rollout(checkout: Path, *, stdin: int, stderr: int, **environment: str) -> subprocess.Popen[bytes]:
    hidden = ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
    variables = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.unit.automation.watched_rollout", str(checkout)],
        cwd=CHECKOUT,
        env={**variables, **environment},
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        start_new_session=True,
    )


def output(run: subprocess.Popen[bytes]) -> str:
    """Standard output and the end of the process, which has to be a success."""
    assert run.stdout is not None
    with run.stdout as stream:
        text = stream.read().decode()
    assert run.wait() == 0
    return text


def frames(terminal: int) -> Iterator[str]:
    """What comes on a terminal, without its colours and cursor movements, until the other end closes."""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux: the last process has closed it
            return
        if not chunk:
            return
        yield ESCAPE.sub("", chunk.decode())


def test_a_terminal_shows_the_view_and_standard_output_stays_json(checkout: Path) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
    run = rollout(checkout, stdin=theirs, stderr=theirs, TERM="xterm-256color")
    os.close(theirs)
    shown = ""
    for frame in islice(frames(ours), 200):
        shown += frame
        if "NatGateway nat-use1-az4" in shown:
            break
    os.write(ours, b"\n")
    report = json.loads(output(run))
    os.close(ours)
    assert re.match(r"preview: [01] of 1 stacks ended, \d+ s", shown)
    assert re.search(r"secondary-use1 +network +1/2 +NatGateway nat-use1-az4 +\d+ s +100 s +\d+ s", shown)
    assert "left: usually about " in shown
    assert OPEN not in shown
    assert [(row["stack"], row["result"]) for row in report["stacks"]] == [(STACK, "succeeded")]


def test_a_pipe_gets_plain_lines(checkout: Path) -> None:
    run = rollout(checkout, stdin=subprocess.PIPE, stderr=subprocess.PIPE, TERM="xterm-256color")
    assert run.stderr is not None
    assert run.stdin is not None
    with run.stderr as stream, run.stdin as answer:
        lines = []
        for line in stream:
            lines.append(line.decode().rstrip())
            if lines[-1].startswith(OPEN):
                answer.write(b"\n")
                answer.flush()
    assert json.loads(output(run))["exit_code"] == 0
    told = [re.sub(r"\d+(\.\d)? s\b", "N s", line) for line in lines]
    assert told == [
        f"{STACK}: preview started",
        f"{STACK}: preview succeeded: 3 create (N s)",
        f"{STACK}: up started",
        f"{OPEN}N s (usually N s)",
        f"{STACK}: up succeeded: 3 create (N s)",
    ]
