"""Programs that run for as long as the daemon does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_LAUNCH = Path(__file__).with_name("launch.py")
_LOG_TAIL_LINES = 5
END_SECONDS = 10


class Process:
    """A program that runs, and its log."""

    def __init__(self, popen: subprocess.Popen[bytes], log: Path) -> None:
        self._popen = popen
        self._log = log

    @property
    def pid(self) -> int:
        return self._popen.pid

    def failure(self) -> str | None:
        """None while it runs; else how it ended, with the end of its log."""
        code = self._popen.poll()
        if code is None:
            return None
        tail = self._log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:]
        return f"{self._log.stem} ended with {code}; {self._log} ends:\n" + "\n".join(tail)

    def kill(self) -> None:
        """End it at once: it keeps nothing that anybody needs."""
        self._popen.kill()
        self._popen.wait(END_SECONDS)


class Spawner:
    """Starts programs from one thread that lasts: Linux ends a child with the *thread* that started it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spawner")

    def spawn(
        self, command: Sequence[str], *, log: Path, cwd: Path, environment: Mapping[str, str]
    ) -> Process:
        """Start a program whose output goes into `log`. Raises OSError when that is not possible."""
        return self._thread.submit(self._spawn, command, log, cwd, environment).result()

    def close(self) -> None:
        """Start nothing more; what still runs ends."""
        self._thread.shutdown()

    def _spawn(self, command: Sequence[str], log: Path, cwd: Path, environment: Mapping[str, str]) -> Process:
        with log.open("ab") as output:
            popen = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_LAUNCH), str(os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=cwd,
                env=dict(environment),
                start_new_session=True,
            )
        return Process(popen, log)
