"""A tool made from its Go modules, which Go checks against the committed go.sum, or from Debian's packages."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toolchain.find import RECIPES
from toolchain.machine import EXECUTABLE, Machine, ToolchainError
from toolchain.tool import DebianFiles, GoProgram, GoPrograms, ModuleFile, Tool

LOG_TAIL_LINES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class _Work:
    tool: Tool
    machine: Machine
    into: Path
    started: float

    @property
    def label(self) -> str:
        return f"{self.tool.name} {self.tool.version}"

    def say(self, what: str) -> None:
        self.machine.say(f"{self.label}: {what}")

    def program(self, name: str, called: str) -> Path:
        """A program that the build cannot do without. Raises ToolchainError that says what to install instead."""
        found = self.machine.program(name)
        if found is None:
            at_least = ".".join(str(number) for number in self.tool.at_least)
            unreachable = ", its download cannot be reached" if self.tool.downloads else ""
            raise ToolchainError(
                f"{self.label} is not on PATH{unreachable} and there is no {called.split(maxsplit=1)[0]} "
                f"to build it. Install {self.tool.name} {at_least} or newer, or {called}."
            )
        return found

    def go(self) -> Path:
        return self.program("go", "Go 1.25 or newer")


def build(tool: Tool, machine: Machine, into: Path) -> None:
    """Put the tool's programs into the folder `into`, telling now and then how long it has taken.

    Raises ToolchainError when there is nothing to build it with, or when that fails, with the end of what it said.
    """
    work = _Work(tool=tool, machine=machine, into=into, started=time.monotonic())
    if any(isinstance(part, DebianFiles) for part in tool.build.parts):
        work.program("apt-get", "apt-get (Debian, Ubuntu)")
        work.say("unpacking Debian's packages, usually some seconds")
    else:
        work.go()
        work.say(f"building from its Go modules, usually about {tool.build.usual_minutes} min on 2 cores")
    for part in tool.build.parts:
        match part:
            case GoProgram():
                _go_build(work, part.recipe, part.ldflags, [part.package])
            case GoPrograms():
                _go_build(work, part.recipe, part.ldflags, [package for _, package in part.packages])
                _name_programs(part, into)
            case ModuleFile():
                _copy_file(part, work)
            case DebianFiles():
                _unpack_debian(part, work)


def _go_build(work: _Work, recipe: str, ldflags: str, packages: Sequence[str]) -> None:
    flags = ["-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags", ldflags, "-o", f"{work.into}/"]
    _run(
        work,
        [work.go(), "build", *flags, *packages],
        cwd=RECIPES / recipe,
        failed=f"building {', '.join(packages)}",
        environment={"CGO_ENABLED": "0", "GOFLAGS": "", "GOTMPDIR": str(work.into)},
    )


def _name_programs(part: GoPrograms, into: Path) -> None:
    for program, package in part.packages:
        built = into / package.rpartition("/")[2]
        if built.name != program:
            built.rename(into / program)


def _run(
    work: _Work, command: Sequence[Path | str], *, cwd: Path, failed: str, environment: dict[str, str]
) -> None:
    """Run a program with its output in a log, and say every `progress_seconds` that it is still at it."""
    log = work.into / "build.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=work.machine.environment(**environment),
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
        raise ToolchainError(f"{work.label}: {failed} failed:\n{tail}")
    log.unlink()


def _ended(process: subprocess.Popen[bytes], within_seconds: float) -> bool:
    try:
        process.wait(timeout=within_seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _copy_file(part: ModuleFile, work: _Work) -> None:
    list_module: list[Path | str] = [work.go(), "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", part.module]
    module = work.machine.output(list_module, cwd=RECIPES / part.recipe)
    if not module:
        raise ToolchainError(
            f"{work.label}: Go does not find the module {part.module}, which ships {part.path}"
        )
    _copy(Path(module) / part.path, work.into / Path(part.path).name)


def _unpack_debian(part: DebianFiles, work: _Work) -> None:
    """Fetch the packages with apt, which checks their signatures, and take the files that are wanted."""
    with tempfile.TemporaryDirectory(dir=work.into) as scratch:
        folder = Path(scratch)
        _run(
            work,
            [work.program("apt-get", "apt-get (Debian, Ubuntu)"), "download", *part.packages],
            cwd=folder,
            failed=f"apt-get download {' '.join(part.packages)} (after `apt-get update` it may work)",
            environment={},
        )
        dpkg = work.program("dpkg", "dpkg (Debian, Ubuntu)")
        for package in sorted(folder.glob("*.deb")):
            _run(work, [dpkg, "-x", package, folder], cwd=folder, failed="dpkg -x", environment={})
        for name, pattern in part.files:
            found = next(folder.glob(pattern), None)
            if found is None:
                raise ToolchainError(f"{work.label}: Debian's {', '.join(part.packages)} lack {pattern}")
            _copy(found, work.into / name)


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    target.chmod(EXECUTABLE)


def duration(seconds: float) -> str:
    """Seconds as people say them: `45 s`, `3 min 20 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
