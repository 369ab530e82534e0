"""Python environments beside the product's own, for packages that cannot live with it: found, or installed once."""

from __future__ import annotations

import hashlib
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from toolchain.build import duration
from toolchain.find import KEY_LENGTH, RECIPES
from toolchain.install import exclusive, workspace
from toolchain.machine import Machine, ToolchainError

UV_LOCK = RECIPES / "uv" / "requirements.lock"


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """A Python environment that one lock file describes."""

    name: str
    version: str
    """The version of the package that it is there for."""
    lock: Path
    usual_seconds: int
    """What it took on two cores, rounded up: it sets expectations, nothing depends on it."""


PARALLELCLUSTER = Environment(
    name="parallelcluster",
    version="3.16.1",
    lock=Path(__file__).parents[1] / "requirements-parallelcluster.lock",
    usual_seconds=60,
)

ENVIRONMENTS: tuple[Environment, ...] = (PARALLELCLUSTER,)


def find_environment(environment: Environment, machine: Machine) -> Path | None:
    """The environment's interpreter, or None when it has to be installed."""
    python = _interpreter(environment_folder(environment, machine))
    return python if python.exists() else None


def environment_folder(environment: Environment, machine: Machine) -> Path:
    """Where this environment, exactly as its lock says, lives in the cache: by its pins, its Python and machine."""
    digest = hashlib.sha256(environment.lock.read_bytes())
    digest.update(repr((machine.platform, sys.version_info[:2])).encode())
    return machine.cache / f"{environment.name}-{environment.version}-{digest.hexdigest()[:KEY_LENGTH]}"


def install_environment(environment: Environment, machine: Machine) -> Path:
    """The environment's interpreter, after its packages were installed if they were nowhere yet.

    As with tools, it appears in its place by a rename: an interruption leaves nothing half-usable.
    Raises ToolchainError when uv or a package cannot be had.
    """
    return find_environment(environment, machine) or _install_once(environment, machine)


def _install_once(environment: Environment, machine: Machine) -> Path:
    target = environment_folder(environment, machine)
    label = f"{environment.name} {environment.version}"
    target.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(target.with_suffix(target.suffix + ".lock"), label, machine):
        found = find_environment(environment, machine)
        if found is not None:
            return found
        machine.say(
            f"{label}: installing its Python packages, usually less than {duration(environment.usual_seconds)}"
        )
        started = time.monotonic()
        with workspace(target) as folder:
            _fill(environment, machine, folder, label)
            folder.rename(target)
        machine.say(f"{label}: installed in {duration(time.monotonic() - started)}, kept in {target}")
    return _interpreter(target)


def _fill(environment: Environment, machine: Machine, folder: Path, label: str) -> None:
    """A relocatable environment, since it is renamed; compiled, since whoever uses it may not write there."""
    uv = _uv(machine)
    create: list[str | Path] = [uv, "venv", "--quiet", "--clear", "--relocatable", "--python", sys.executable]
    install: list[str | Path] = [uv, "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes"]
    for command in ([*create, folder], [*install, "--python", _interpreter(folder), environment.lock]):
        said = machine.run(command, UV_CACHE_DIR=str(machine.cache.parent / "uv"))
        if said is not None:
            raise ToolchainError(f"{label}: its packages cannot be installed:\n{said}")


def _uv(machine: Machine) -> Path:
    """The uv that the Makefile installs first. Raises ToolchainError when it did not."""
    version = UV_LOCK.read_text().split()[0].removeprefix("uv==")
    uv = machine.cache.parent / f"uv-{version}" / "bin" / "uv"
    if not uv.exists():
        raise ToolchainError(f"{uv} is missing, which installs Python packages. Run `make setup`.")
    return uv


def _interpreter(folder: Path) -> Path:
    return folder / "bin" / "python"
