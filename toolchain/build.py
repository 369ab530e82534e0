"""A tool made from its Go modules, which Go checks against the committed go.sum."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from toolchain.find import RECIPES
from toolchain.machine import EXECUTABLE, Machine, ToolchainError
from toolchain.tools import GoProgram, ModuleFile, Tool

LOG_TAIL_LINES = 20


def build(tool: Tool, machine: Machine, into: Path) -> None:
    """Put the tool's programs into the folder `into`, telling now and then how long it has taken.

    Raises ToolchainError when there is no Go, or when Go fails, with the end of what it said.
    """
    go = machine.program("go")
    if go is None:
        raise ToolchainError(
            f"{tool.name} {tool.version} is not on PATH, its download cannot be reached and there is no Go "
            f"to build it. Install {tool.name} {_dotted(tool.at_least)} or newer, or Go 1.25 or newer."
        )
    usual = f"usually about {tool.build.usual_minutes} min on 2 cores"
    machine.say(f"{tool.name} {tool.version}: building from its Go modules, {usual}")
    for part in tool.build.parts:
        if isinstance(part, GoProgram):
            _build_program(part, go, machine, into, label=f"{tool.name} {tool.version}")
        else:
            _copy_file(part, go, machine, into)


def _build_program(part: GoProgram, go: Path, machine: Machine, into: Path, *, label: str) -> None:
    flags = ["-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags", part.ldflags, "-o", f"{into}/"]
    _run_telling([str(go), "build", *flags, part.package], RECIPES / part.recipe, machine, into, label=label)


def _copy_file(part: ModuleFile, go: Path, machine: Machine, into: Path) -> None:
    command = [str(go), "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", part.module]
    module = machine.output(command, cwd=RECIPES / part.recipe)
    if not module:
        raise ToolchainError(f"Go does not find the module {part.module}, which ships {part.path}")
    source = Path(module) / part.path
    target = into / source.name
    shutil.copyfile(source, target)
    target.chmod(EXECUTABLE)


def _run_telling(command: Sequence[str], cwd: Path, machine: Machine, into: Path, *, label: str) -> None:
    """Run a long command with its output in a log, and a line about it every `progress_seconds`."""
    log = into / "build.log"
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=machine.environment(CGO_ENABLED="0", GOFLAGS="", GOTMPDIR=str(into)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            while not _ended(process, machine.progress_seconds):
                machine.say(f"{label}: still building, {duration(time.monotonic() - started)} so far")
        finally:
            process.terminate()
            process.wait()
    if process.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
        raise ToolchainError(
            f"{label}: `{' '.join(command)}` failed with exit code {process.returncode}:\n{tail}"
        )
    log.unlink()


def _ended(process: subprocess.Popen[bytes], within_seconds: float) -> bool:
    try:
        process.wait(timeout=within_seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


def duration(seconds: float) -> str:
    """Seconds as people say them: `45 s`, `3 min 20 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
