"""The faults that are switched on: which call is hit, counted, and calls that wait to be released.

It knows nothing of moto; `sandbox.aws.strikes` does to a call what was found here.
"""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass

from sandbox.errors import SandboxError, unknown
from sandbox.faults import ANY, ActiveFault, Fault


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What a call is told apart by."""

    service: str
    operation: str
    account: str
    region: str

    def is_meant(self, fault: Fault) -> bool:
        """Whether the fault is about calls like this one."""
        return (
            fault.service in {ANY, self.service}
            and fault.operation in {ANY, self.operation}
            and fault.account in {None, self.account}
            and fault.region in {None, self.region}
        )


@dataclass(slots=True)
class _Entry:
    """A fault's counters; the table's condition guards them."""

    fault: Fault
    calls: int = 0
    hits: int = 0
    holding: int = 0
    released: bool = False


class FaultTable:
    """All faults, for any number of threads. Nothing here polls."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._entries: dict[str, _Entry] = {}
        self._numbers = itertools.count(1)

    def add(self, fault: Fault) -> str:
        """Switch it on; its id."""
        with self._changed:
            name = f"f{next(self._numbers)}"
            self._entries[name] = _Entry(fault)
            return name

    def list(self) -> tuple[ActiveFault, ...]:
        """Every fault with its counters, oldest first."""
        with self._changed:
            return tuple(
                ActiveFault(
                    id=name, fault=entry.fault, calls=entry.calls, hits=entry.hits, holding=entry.holding
                )
                for name, entry in self._entries.items()
            )

    def clear(self) -> None:
        """Forget all; what hangs goes on."""
        with self._changed:
            for entry in self._entries.values():
                entry.released = True
            self._entries.clear()
            self._changed.notify_all()

    def release(self, name: str) -> None:
        """Let what hangs by this fault go on, and hold no more. Raises `SandboxError` for an unknown id."""
        with self._changed:
            self._entry(name).released = True
            self._changed.notify_all()

    def wait_for_hit(self, name: str, *, timeout_s: float) -> None:
        """Return once a call was hit. Raises `SandboxError` when none was in time, or the fault was cleared."""
        with self._changed:
            entry = self._entry(name)
            self._changed.wait_for(lambda: entry.hits or name not in self._entries, timeout_s)
            if not entry.hits:
                raise SandboxError(
                    f"fault {name} ({entry.fault}) hit no call within {timeout_s:g} s; "
                    f"{entry.calls} calls matched so far"
                )

    def meet(self, place: Place) -> Strike | None:
        """Count a call; what is to happen to it. When several faults hit it, the oldest acts."""
        with self._changed:
            met = None
            for entry in self._entries.values():
                fault = entry.fault
                if place.is_meant(fault):
                    entry.calls += 1
                    if met is None and fault.nth <= entry.calls < fault.nth + fault.times:
                        met = entry
            return None if met is None else Strike(self._changed, met)

    def _entry(self, name: str) -> _Entry:
        if name not in self._entries:
            raise unknown("fault", name, self._entries)
        return self._entries[name]


class Strike:
    """One call that a fault hits."""

    def __init__(self, changed: threading.Condition, entry: _Entry) -> None:
        self._changed = changed
        self._entry = entry
        self.fault = entry.fault

    def hit(self) -> None:
        """Say that it has happened: those who wait for a hit go on."""
        with self._changed:
            self._entry.hits += 1
            self._changed.notify_all()

    def hold(self) -> None:
        """Hang until the fault is released or cleared; that counts as the hit."""
        with self._changed:
            self._entry.holding += 1
            self.hit()
            self._changed.wait_for(lambda: self._entry.released)
            self._entry.holding -= 1
