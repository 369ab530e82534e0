"""A worker process that stays: one JSON object a line goes in, one comes out. Standard library only."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
STOP_SECONDS = 5.0


class WorkerError(Exception):
    """The worker ended, or could not do what it was asked."""


class Worker:
    """The package's process. It starts at the first question, answers one at a time, and ends with this process."""

    def __init__(
        self, python: Path, *, log: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self._python = python
        self._log = log
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None
        self._turn = threading.Lock()

    def ask(self, what: str, **details: Any) -> Any:
        """The worker's answer. Raises WorkerError when it failed; the next question starts another one if it ended."""
        with self._turn:
            process = self._running()
            try:
                line = _exchange(process, json.dumps({"ask": what, **details}))
            except OSError as error:
                self._end()
                raise WorkerError(f"the ParallelCluster process has ended: {error}") from None
            if not line:
                self._end()
                raise WorkerError(f"the ParallelCluster process has ended{self._where()}")
        answer = json.loads(line)
        if "error" in answer:
            raise WorkerError(f"{answer['error']}{self._where()}")
        return answer["answer"]

    def stop(self) -> None:
        """End the process."""
        with self._turn:
            self._end()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "PYTHON", "PULUMI_"))
        }
        log = self._log.open("ab") if self._log else None
        try:
            self._process = subprocess.Popen(
                [self._python, "-m", "parallelcluster.worker"],
                cwd=ROOT,
                env={**inherited, **(self._environment or {})},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log or subprocess.DEVNULL,
                text=True,
                start_new_session=True,  # an interrupt is the caller's to handle
            )
        finally:
            if log:
                log.close()
        return self._process

    def _end(self) -> None:
        """Closing its input ends it; it is killed only when that does not."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # it has ended with a line unread
                    continue
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _where(self) -> str:
        return f"; its log is {self._log}" if self._log else ""


def _exchange(process: subprocess.Popen[str], question: str) -> str:
    """One line in, one out; "" when the process has ended."""
    if process.stdin is None or process.stdout is None:
        return ""
    process.stdin.write(question + "\n")
    process.stdin.flush()
    return process.stdout.readline()
