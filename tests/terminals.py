"""A program on a terminal of a given size, and what it writes there."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

HIDDEN = ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
"""Variables of the one who runs the tests that change what programs write on a terminal."""

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def environment(**variables: str) -> dict[str, str]:
    """This process's variables without those that say how to draw; a terminal that can do what most can."""
    shown = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    return {**shown, "TERM": "xterm-256color", **variables}


class OnTerminal:
    """A running program whose input and errors are a terminal; its standard output is a pipe."""

    def __init__(
        self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str], width: int = 120, height: int = 30
    ) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self._run = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(env),
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def read_until(self, text: str, *, frames: int = 400) -> str:
        """What it has written, without colours and cursor movements, until this text has come, the program has
        closed the terminal, or it has been drawn so often.
        """
        shown = ""
        for frame in islice(self._frames(), frames):
            shown += frame
            if text in shown:
                break
        return shown

    def type_line(self) -> None:
        """Press Return."""
        os.write(self._ours, b"\n")

    def finish(self) -> tuple[int, str]:
        """Its exit code and standard output, when it has ended."""
        assert self._run.stdout is not None
        self.read_until("\0never")
        with self._run.stdout as stream:
            text = stream.read().decode()
        os.close(self._ours)
        return self._run.wait(), text

    def _frames(self) -> Iterator[str]:
        while True:
            try:
                chunk = os.read(self._ours, 65536)
            except OSError:  # Linux's way to say that the program has closed it
                return
            yield _ESCAPE.sub("", chunk.decode(errors="replace"))
