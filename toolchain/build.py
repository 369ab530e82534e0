"""A tool made from its Go modules, which Go checks against the committed go.sum."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from toolchain.find import RECIPES
from toolchain.machine import EXECUTABLE, Machine, ToolchainError
from toolchain.tools import GoProgram, ModuleFile, Tool

LOG_TAIL_LINES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class _Work:
    tool: str
    go: Path
    machine: Machine
    into: Path
    started: float

    def say(self, what: str) -> None:
        self.machine.say(f"{self.tool}: {what}")


def build(tool: Tool, machine: Machine, into: Path) -> None:
    """Put the tool's programs into the folder `into`, telling now and then how long it has taken.

    Raises ToolchainError when there is no Go, or when Go fails, with the end of what it said.
    """
    go = machine.program("go")
    if go is None:
        at_least = ".".join(str(number) for number in tool.at_least)
        raise ToolchainError(
            f"{tool.name} {tool.version} is not on PATH, its download cannot be reached and there is no Go "
            f"to build it. Install {tool.name} {at_least} or newer, or Go 1.25 or newer."
        )
    label = f"{tool.name} {tool.version}"
    work = _Work(tool=label, go=go, machine=machine, into=into, started=time.monotonic())
    work.say(f"building from its Go modules, usually about {tool.build.usual_minutes} min on 2 cores")
    for part in tool.build.parts:
        if isinstance(part, GoProgram):
            _build_program(part, work)
        else:
            _copy_file(part, work)


def _build_program(part: GoProgram, work: _Work) -> None:
    """Run Go with its output in a log, and say every `progress_seconds` that it is still at it."""
    flags = ["-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags", part.ldflags, "-o", f"{work.into}/"]
    log = work.into / "build.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [work.go, "build", *flags, part.package],
            cwd=RECIPES / part.recipe,
            env=work.machine.environment(CGO_ENABLED="0", GOFLAGS="", GOTMPDIR=str(work.into)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            while not _ended(process, work.machine.progress_seconds):
                work.say(f"still building, {duration(time.monotonic() - work.started)} so far")
        finally:
            process.terminate()
            process.wait()
    if process.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
        raise ToolchainError(f"{work.tool}: building {part.package} failed:\n{tail}")
    log.unlink()


def _ended(process: subprocess.Popen[bytes], within_seconds: float) -> bool:
    try:
        process.wait(timeout=within_seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _copy_file(part: ModuleFile, work: _Work) -> None:
    list_module: list[Path | str] = [work.go, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", part.module]
    module = work.machine.output(list_module, cwd=RECIPES / part.recipe)
    if not module:
        raise ToolchainError(
            f"{work.tool}: Go does not find the module {part.module}, which ships {part.path}"
        )
    source = Path(module) / part.path
    target = work.into / source.name
    shutil.copyfile(source, target)
    target.chmod(EXECUTABLE)


def duration(seconds: float) -> str:
    """Seconds as people say them: `45 s`, `3 min 20 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
