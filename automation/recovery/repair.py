"""The seam to the engine's tools for a stack's state; `automation.workspace` has them, tests bring a fake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from automation.events import StackResult


class Repair(Protocol):
    """What the engine offers to put a stack's state right; no program runs."""

    def cancel(self, stack: str) -> None:
        """Remove the engine's lock of this stack, whoever holds it."""
        ...

    def export(self, stack: str) -> dict[str, Any]:
        """The state as the engine exports it, secrets encrypted."""
        ...

    def replace(self, stack: str, state: Mapping[str, Any]) -> None:
        """Make this the state; its pending operations are dropped. Raises FleetError when the engine refuses it."""
        ...

    def refresh(self, stack: str, targets: Sequence[str]) -> StackResult:
        """Read these resources, by URN, and take over how they are."""
        ...
