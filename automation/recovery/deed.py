"""One thing that was settled before a run, as its report tells it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Did(StrEnum):
    """What was done about what an earlier run had left."""

    TOOK_OVER = "took over the fleet lock"
    WAITED = "waited for its engine"
    UNLOCKED = "removed the lock of its engine"
    IMPORTED = "imported"
    CLEARED = "cleared"
    READ = "read again"


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """`found` is the evidence in a line; `urn` names the resource, `id` what it was imported as. The fleet lock is no
    stack's.
    """

    did: Did
    found: str
    stack: str = ""
    urn: str = ""
    id: str = ""
