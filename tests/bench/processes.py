"""Processes under measurement: how long a command takes, and the memory of a tree of processes."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

MIB = 1 << 20
INTERVAL_S = 0.1


def seconds(command: Sequence[str], *, cwd: Path) -> float:
    """Wall seconds of a command that has to succeed."""
    begin = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return time.perf_counter() - begin


class Peak:
    """The most memory that processes used together while they were watched, in MiB (shares counted once)."""

    def __init__(self) -> None:
        self.mib = 0.0


@contextmanager
def watching(marker: str) -> Iterator[Peak]:
    """Watch the processes whose command line or working folder holds `marker`."""
    peak, done = Peak(), threading.Event()

    def watch() -> None:
        while not done.wait(INTERVAL_S):
            peak.mib = max(peak.mib, sum(map(_pss_bytes, _processes(marker))) / MIB)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def memory_mib(pid: int) -> float:
    """What one process has used at most."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024 / MIB


def _processes(marker: str) -> Iterator[Path]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
            if marker in command or marker in str((folder / "cwd").readlink()):
                yield folder
        except OSError:  # it has ended, or is not ours to see
            continue


def _pss_bytes(folder: Path) -> int:
    try:
        rollup = (folder / "smaps_rollup").read_text()
    except OSError:
        return 0
    (line,) = (line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) * 1024
