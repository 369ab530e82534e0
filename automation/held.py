"""What a stack holds, read from its state: what an end of the stack would take with it, or leave behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from automation import changes, guards
from plan import stateful


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A resource in the state, components and providers left out."""

    urn: str
    is_protected: bool
    is_retained: bool

    @property
    def holds_state(self) -> bool:
        return stateful.reason(changes.type_of(self.urn)) is not None


def read(state: Mapping[str, Any]) -> tuple[Held, ...]:
    """The resources of a state as the engine exports it."""
    resources: Iterable[Mapping[str, Any]] = (state.get("deployment") or {}).get("resources") or ()
    return tuple(
        Held(
            urn=resource["urn"],
            is_protected=bool(resource.get("protect")),
            is_retained=bool(resource.get("retainOnDelete")),
        )
        for resource in resources
        if resource.get("custom") and not str(resource["type"]).startswith(changes.PROVIDER_TYPE)
    )


def obstacles(held: Iterable[Held]) -> tuple[str, ...]:
    """Why a stack that holds these cannot be destroyed whole, a line each with the way out.

    The engine would find the first of them in the middle of a destroy, with everything that stood on them gone.
    """
    return tuple(line for item in held if (line := _obstacle(item)))


def _obstacle(item: Held) -> str:
    if not (item.is_protected or item.is_retained):
        return ""
    what = f"{changes.stack_of(item.urn)}: {changes.name_of(item.urn)} ({changes.type_of(item.urn)})"
    why = "protected" if item.is_protected else "retained, and what it stands on could not be deleted"
    return (
        f"{what} is {why}; to keep it and what it stands on: --keep-data, to give it up: "
        f"--delete-data {guards.short(item.urn)}"
    )
