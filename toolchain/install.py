"""Installing a tool into the cache: once, whole or not at all."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolchain.build import build, duration
from toolchain.download import UNREACHABLE, download
from toolchain.find import cache_folder, cached, find
from toolchain.machine import Machine
from toolchain.tool import Tool


def install(tool: Tool, machine: Machine) -> Path:
    """The folder that holds the tool's programs, which are downloaded or built when they are nowhere yet.

    Two installs of one tool do not race: the second waits and takes what the first made. The work happens in
    a folder beside the final one, renamed at the very end, so an interruption leaves nothing half-usable.
    """
    return find(tool, machine) or _install_once(tool, machine)


def _install_once(tool: Tool, machine: Machine) -> Path:
    target = cache_folder(tool, machine)
    target.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(target.with_suffix(target.suffix + ".lock"), f"{tool.name} {tool.version}", machine):
        found = cached(tool, machine)
        if found is not None:
            return found
        started = time.monotonic()
        with workspace(target) as folder:
            how = _fill(tool, machine, folder)
            shutil.rmtree(target, ignore_errors=True)
            folder.rename(target)
        machine.say(
            f"{tool.name} {tool.version}: {how} in {duration(time.monotonic() - started)}, kept in {target}"
        )
    return target


def _fill(tool: Tool, machine: Machine, folder: Path) -> str:
    if not tool.downloads:
        build(tool, machine, folder)
        return "built"
    try:
        download(tool, machine, folder)
    except UNREACHABLE as unreachable:
        machine.say(f"{tool.name} {tool.version}: no download ({unreachable})")
        build(tool, machine, folder)
        return "built"
    return "downloaded"


@contextmanager
def exclusive(path: Path, label: str, machine: Machine) -> Iterator[None]:
    """Hold the file's lock; the kernel drops it with its process, however that ends."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            machine.say(f"{label}: another process is installing it, waiting")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def workspace(target: Path) -> Iterator[Path]:
    """An empty folder beside `target`. What a killed install left goes first; the lock makes that safe."""
    prefix = f".{target.name}-"
    for left_behind in target.parent.glob(f"{prefix}*"):
        _discard(left_behind)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    try:
        yield folder
    finally:
        if folder.exists():
            _discard(folder)


def _discard(folder: Path) -> None:
    """Remove a folder that a compiler which outlived its installer may still write to: renamed, it cannot."""
    shutil.rmtree(folder.rename(folder.with_name(f"{folder.name}.discarded")), ignore_errors=True)
