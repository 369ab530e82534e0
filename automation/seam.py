"""The seam to the engine: verbs on stacks. `AutomationWorkspace` drives real engines, tests bring a fake."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from pulumi.automation import EngineEvent

from automation.credentials import Credentials
from automation.events import StackResult
from automation.open_operations import OpenOperations

OnEvent = Callable[[str, EngineEvent], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployed:
    """What the state backend says of a stack: resources it holds, and its last update, if it ever had one."""

    resources: int
    updated_at: datetime | None = None
    result: str | None = None
    kind: str | None = None


class Workspace(Protocol):
    """One engine run a call. A failed run is a result; raising is for what no engine could be asked about."""

    def deployed(self, *, with_history: bool = False) -> Mapping[str, Deployed]:
        """Every stack that the backend knows, by name; with its last update's time, kind and result if asked."""
        ...

    def preview(
        self, stack: str, *, refresh: bool = False, targets: Sequence[str] = (), save: Path | None = None
    ) -> StackResult:
        """What an up would do; with `refresh` against what is really there. `targets` are the only URNs looked at.

        `save` is the file that gets the engine's plan: an up with it does this and nothing else.
        """
        ...

    def up(self, stack: str, *, targets: Sequence[str] = (), plan: Path | None = None) -> StackResult:
        """Make it so, without another preview; with `plan` the engine stops at the first step that is not in it."""
        ...

    def drift(self, stack: str) -> StackResult:
        """How what is really there differs from the state; changes nothing, and does not run the program."""
        ...

    def refresh(self, stack: str, targets: Sequence[str] = ()) -> StackResult:
        """Take what is really there over into the state: all of it, or these URNs."""
        ...

    def export(self, stack: str) -> Mapping[str, Any]:
        """The state of a stack as the engine writes it, secrets encrypted."""
        ...

    def destroy(self, stack: str, *, targets: Sequence[str] = ()) -> StackResult:
        """Delete every resource, or these URNs alone; the stack's history stays."""
        ...

    def replace(self, stack: str, state: Mapping[str, Any]) -> None:
        """Make this the state. Raises FleetError when the engine refuses it."""
        ...

    def outputs(self, stack: str) -> Mapping[str, Any]:
        """What the stack exports, secrets masked."""
        ...

    def listen(self, on_event: OnEvent) -> None:
        """From now on give each event of an engine, with its stack's name, to this; it is called from threads."""
        ...

    def interrupt(self) -> None:
        """Tell every running engine, once, to finish its open operations and stop."""
        ...

    def abandon(self) -> None:
        """Tell every running engine again: it ends at once and leaves its open operations pending."""
        ...

    @property
    def open_operations(self) -> OpenOperations:
        """What the engines are doing right now."""
        ...

    @property
    def credentials(self) -> Credentials | None:
        """Whose session the engines work with; None when nobody checked."""
        ...
