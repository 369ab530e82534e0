"""The engine as a process: found, started in a session of its own, and told to stop."""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from pulumi import automation as auto
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

OnLine = Callable[[str], object]


def known_version(binary: Path, environment: Mapping[str, str], kept: Path) -> VersionInfo:
    """The engine's version, asked once and kept in the file `kept`: asking is a process of 0.15 s at each start."""
    found = binary.stat()
    key = [str(binary), found.st_mtime_ns, found.st_size]
    try:
        last = json.loads(kept.read_text(encoding="utf-8"))
        if last["binary"] == key:
            return VersionInfo.parse(last["version"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # never asked, or the file is not whole
    version = read_version(binary, environment)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({"binary": key, "version": str(version)}), encoding="utf-8")
    return version


def read_version(binary: Path, environment: Mapping[str, str]) -> VersionInfo:
    """The version that an engine says it has."""
    text = subprocess.check_output([str(binary), "version"], env=dict(environment), encoding="utf-8")
    return VersionInfo.parse(text.strip().removeprefix("v"))


class Engine(auto.PulumiCommand):
    """One engine binary with a fixed environment, whose processes each lead a session of their own.

    The terminal sends Ctrl-C to every process of its session; an engine that gets two of them leaves pending
    creates behind. In its own session it gets exactly what `interrupt` sends.
    """

    def __init__(
        self,
        binary: Path,
        *,
        version: VersionInfo,
        environment: Mapping[str, str],
        transcript: Path | None = None,
    ) -> None:
        """With a `transcript` the engine writes its output to the end of that file itself, and outlives the driver:
        Go programs die of a pipe that nobody reads any more, in the middle of what they are creating.
        """
        # The parent's constructor looks for the binary on this process's PATH and asks its version each time.
        self.command = str(binary)
        self.version = version
        self._environment = dict(environment)
        self._transcript = transcript
        self._process: subprocess.Popen[str] | None = None
        self._is_interrupted = False
        self._starting = threading.Lock()

    @property
    def is_interrupted(self) -> bool:
        return self._is_interrupted

    def interrupt(self) -> None:
        """Ask the running process, once, to finish its open operations and stop; none is started after that."""
        with self._starting:
            if not self._is_interrupted and self._process is not None and self._process.poll() is None:
                self._process.send_signal(signal.SIGINT)
            self._is_interrupted = True

    def abandon(self) -> None:
        """Ask a second time: the engine ends at once, and what it was creating stays pending in its state."""
        with self._starting:
            if self._is_interrupted and self._process is not None and self._process.poll() is None:
                self._process.send_signal(signal.SIGINT)

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnLine | None = None,
        on_error: OnLine | None = None,
    ) -> auto.CommandResult:
        """Run one command to its end. Raises CommandError (or a kind of it) when it exits other than 0.

        With a transcript `on_output` is not called, and `on_error` only at the end.
        """
        command = (
            [self.command, *args]
            if "--non-interactive" in args
            else [self.command, "--non-interactive", *args]
        )
        environment = {**self._environment, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        if self._transcript is None:
            result = self._listen(command, cwd, environment, on_output, on_error)
        else:
            result = self._outlive(self._transcript, command, cwd, environment, on_error)
        if result.code != 0:
            raise create_command_error(result)
        return result

    def _listen(
        self,
        command: list[str],
        cwd: str,
        environment: Mapping[str, str],
        on_output: OnLine | None,
        on_error: OnLine | None,
    ) -> auto.CommandResult:
        output: list[str] = []
        errors: list[str] = []
        with self._start(command, cwd, environment, subprocess.PIPE, subprocess.PIPE) as process:
            reader = threading.Thread(target=_read, args=(process.stderr, on_error, errors))
            reader.start()
            _read(process.stdout, on_output, output)
            reader.join()
        return auto.CommandResult("\n".join(output), "\n".join(errors), process.returncode)

    def _outlive(
        self,
        transcript: Path,
        command: list[str],
        cwd: str,
        environment: Mapping[str, str],
        on_error: OnLine | None,
    ) -> auto.CommandResult:
        errors: list[str] = []
        with (
            transcript.open("a", encoding="utf-8") as output,
            tempfile.TemporaryFile("w+", encoding="utf-8") as told,
        ):
            with self._start(command, cwd, environment, output, told) as process:
                process.wait()
            told.seek(0)
            _read(told, on_error, errors)
        return auto.CommandResult("", "\n".join(errors), process.returncode)

    def _start(
        self,
        command: list[str],
        cwd: str,
        environment: Mapping[str, str],
        output: IO[str] | int,
        errors: IO[str] | int,
    ) -> subprocess.Popen[str]:
        with self._starting:
            if self._is_interrupted:
                raise create_command_error(
                    auto.CommandResult("", "error: interrupted before it started", 130)
                )
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                cwd=cwd,
                env=environment,
                encoding="utf-8",
                start_new_session=True,
            )
            return self._process


class Engines:
    """The engines of one run on one target: makes them, and tells all of them to stop."""

    def __init__(self, binary: Path, environment: Mapping[str, str], version: VersionInfo) -> None:
        self._binary = binary
        self._environment = environment
        self._version = version
        self._lock = threading.Lock()
        self._made: list[Engine] = []
        self._is_interrupted = False

    def make(self, transcript: Path | None = None) -> Engine:
        """Another engine; one that starts nothing when the run is interrupted."""
        engine = Engine(
            self._binary, version=self._version, environment=self._environment, transcript=transcript
        )
        with self._lock:
            self._made.append(engine)
            if self._is_interrupted:
                engine.interrupt()
        return engine

    def interrupt(self) -> None:
        """Ask each engine, once, to finish its open operations and stop."""
        with self._lock:
            self._is_interrupted = True
            for engine in self._made:
                engine.interrupt()

    def abandon(self) -> None:
        """Ask each engine that was interrupted a second time: it ends at once."""
        with self._lock:
            for engine in self._made:
                engine.abandon()


def _read(stream: IO[str] | None, on_line: OnLine | None, lines: list[str]) -> None:
    for line in stream or ():
        text = line.rstrip()
        lines.append(text)
        if on_line:
            on_line(text)
