"""How many stacks run at the same time when nobody says: what this machine's cores and free memory carry.

An engine waits for AWS most of the time and computes in bursts, so there may be more stacks than cores; but its
processes stay in memory all the while, so memory is a hard bound: too many end in the out-of-memory killer.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

STACKS_PER_CORE = 4
"""Measured: `fleet up --sandbox --yes` of the committed 5 stacks on 2 cores (load 3 to 6 of others) took 46.7 s with
1 at a time, 36.9 s with 2, 30.3 s with 4 and 27.3 s with all, though AWS answers at once there and all of it is
computation. On AWS an engine computes for seconds and waits for minutes, so four a core is on the safe side."""

GIB = 1 << 30
ENGINE_GIB = 0.3
"""An engine, its language host and the program, at their peak: 235 to 278 MiB measured (shares counted once)."""
PROVIDER_GIB = 0.43
"""The aws provider's process: 317 to 430 MB measured by others (pulumi/pulumi-aws#5860). The sandbox needs none."""

UNLIMITED = math.inf
CGROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """What this process may use: cores (a container's share counts), and bytes of memory that are free."""

    cores: int
    free_bytes: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """How many stacks at a time, and why."""

    stacks: int
    parallel: int
    machine: Machine | None

    def __str__(self) -> str:
        """`8 stacks, 2 at a time (2 cores, 11.2 GiB free)`."""
        why = "--parallel"
        if self.machine is not None:
            why = f"{_many(self.machine.cores, 'core')}, {self.machine.free_bytes / GIB:.1f} GiB free"
        return f"{_many(self.stacks, 'stack')}, {self.parallel} at a time ({why})"


def asked(stacks: int, parallel: int) -> Limit:
    """What a person said counts, whatever the machine has."""
    return Limit(stacks=stacks, parallel=max(1, min(stacks, parallel)), machine=None)


def fitting(stacks: int, machine: Machine, *, is_sandbox: bool) -> Limit:
    """The default: at least one, at most all, between them what cores and free memory carry."""
    stack_gib = ENGINE_GIB if is_sandbox else ENGINE_GIB + PROVIDER_GIB
    by_memory = int(machine.free_bytes / GIB / stack_gib)
    parallel = max(1, min(stacks, machine.cores * STACKS_PER_CORE, by_memory))
    return Limit(stacks=stacks, parallel=parallel, machine=machine)


def read_machine(*, proc: Path = Path("/proc"), cgroups: Path = CGROUPS) -> Machine:
    """This machine, or the container that this process is in (control groups, version 2)."""
    folders = _groups(proc, cgroups)
    cores = min([_cores(), *(_quota_cores(folder) for folder in folders)])
    free = min([_free_bytes(proc), *(_group_free_bytes(folder) for folder in folders)])
    return Machine(cores=max(1, int(cores)), free_bytes=free)


def _cores() -> int:
    """The cores that this process may be scheduled on; macOS has no such mask."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _free_bytes(proc: Path) -> float:
    """Memory that programs can have without swapping; where the kernel does not say, half of all there is."""
    try:
        lines = (proc / "meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2
    fields = dict(line.split(":", 1) for line in lines)
    return int(fields["MemAvailable"].split()[0]) * 1024


def _groups(proc: Path, cgroups: Path) -> tuple[Path, ...]:
    """The folders of this process's control group and of all above it: each may set a limit."""
    try:
        lines = (proc / "self" / "cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ()
    names = [line.removeprefix("0::/") for line in lines if line.startswith("0::/")]
    if not names:
        return ()
    folder = cgroups / names[0]
    return tuple(path for path in (folder, *folder.parents) if path.is_relative_to(cgroups))


def _quota_cores(group: Path) -> float:
    """`cpu.max` is `<quota> <period>` in microseconds, or `max <period>`."""
    quota, _, period = _read(group / "cpu.max").partition(" ")
    return int(quota) / int(period) if quota.isdigit() and period else UNLIMITED


def _group_free_bytes(group: Path) -> float:
    """What is left below `memory.max`; pages of files that the kernel can drop count as free."""
    limit, used = _read(group / "memory.max"), _read(group / "memory.current")
    if not limit.isdigit() or not used.isdigit():
        return UNLIMITED
    statistics = dict(line.split() for line in _read(group / "memory.stat").splitlines())
    return max(0, int(limit) - int(used) + int(statistics.get("inactive_file", 0)))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
