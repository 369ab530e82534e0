"""Processes of this machine: whether one that a lock names still lives, and waiting for its end.

A number alone does not name a process, because the system gives it again: `identity` adds when the process began.
"""

from __future__ import annotations

import getpass
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

CLOCK_SLACK = timedelta(seconds=2)
"""Linux says when it was booted in whole seconds, `ps` when a process began."""
_POLL_SECONDS = 1.0
_ENDED = frozenset("ZX")
"""States of a process that has ended and was not yet collected (proc(5))."""
_LSTART = "%a %b %d %H:%M:%S %Y"


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """A machine as locks see it. Tests bring one with made-up processes.

    `identity` of a pid is a text that no other process ever has, `started_at` when it began; both None when there
    is no such process. `wait` returns when it has ended.
    """

    host: str
    user: str
    pid: int
    identity: Callable[[int], str | None]
    started_at: Callable[[int], datetime | None]
    wait: Callable[[int], None]

    def had(self, pid: int, at: datetime) -> bool:
        """Whether the process that had this pid at that time still lives: a later one only got its number."""
        began = self.started_at(pid)
        return began is not None and began <= at + CLOCK_SLACK


def this_machine() -> Machine:
    """The machine and the process that run this."""
    return Machine(
        host=socket.gethostname(),
        user=getpass.getuser(),
        pid=os.getpid(),
        identity=identity,
        started_at=started_at,
        wait=wait,
    )


def identity(pid: int) -> str | None:
    """A text that names this process for good; None when it does not live."""
    if sys.platform != "linux":
        return _ps(pid)
    stat = _stat(pid)
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return None if stat is None else f"{boot}/{stat}"


def started_at(pid: int) -> datetime | None:
    """When this process began, give or take a second; None when it does not live."""
    if sys.platform != "linux":
        shown = _ps(pid)
        return shown and datetime.strptime(shown, _LSTART).astimezone(UTC)
    ticks = _stat(pid)
    if ticks is None:
        return None
    lines = Path("/proc/stat").read_text(encoding="ascii").splitlines()
    booted_s = next(int(line.split()[1]) for line in lines if line.startswith("btime "))
    return datetime.fromtimestamp(booted_s + ticks / os.sysconf("SC_CLK_TCK"), UTC)


def wait(pid: int) -> None:
    """Return when this process has ended; it need not be a child of this one."""
    if sys.platform != "linux":
        while identity(pid) is not None:
            time.sleep(_POLL_SECONDS)
        return
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        poll.poll()
    finally:
        os.close(descriptor)


def _stat(pid: int) -> int | None:
    """Clock ticks from the boot to the start of a living process (proc(5), field 22)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *fields = text.rpartition(")")[2].split()
    return None if state in _ENDED else int(fields[18])


def _ps(pid: int) -> str | None:
    """What `ps` says of the start of a living process."""
    shown = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    state, _, began = shown.stdout.strip().partition(" ")
    return began.strip() if began and state[0] not in _ENDED else None
