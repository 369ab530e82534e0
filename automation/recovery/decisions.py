"""What is done about each operation that was left open, as data; and the state as it is after that. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from automation.checkpoint import ADOPTED, Checkpoint, Pending
from automation.recovery.lookup import Found

CREATING = "creating"
_STATE_ONLY = frozenset({"reading", "importing"})
"""These change nothing in AWS: the next run does them again."""


class Action(StrEnum):
    """What to do about one open operation."""

    IMPORT = "import"
    CLEAR = "clear"
    READ = "read"
    ASK = "ask"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One open operation, what to do about it, and why. `id` is what is imported, `ids` what was found."""

    pending: Pending
    action: Action
    why: str
    id: str = ""
    ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        pending = self.pending
        what = {
            Action.IMPORT: f"import it as {self.id}",
            Action.CLEAR: "clear it",
            Action.READ: "read it again",
            Action.ASK: "not certain",
        }[self.action]
        return f"interrupted while {pending.kind} {pending.name} ({pending.type}): {self.why}; {what}"


def decide(pending: Pending, found: Found, checkpoint: Checkpoint) -> Decision:
    """What to do about an open create, given what a look-up says. What the state has already was not made by it."""
    old = checkpoint.find(pending.urn)
    known = {resource.get("id") for resource in old}
    ids = tuple(item for item in found.ids if item not in known)
    if not found.is_certain:
        action, why = Action.ASK, found.how
    elif not ids:
        action, why = Action.CLEAR, f"{found.how}: it was not made"
    elif len(ids) > 1:
        action, why = Action.ASK, f"{found.how}, found {len(ids)}"
    elif not found.has_state_ids and any(_is_there(resource) for resource in old):
        action, why = Action.ASK, f"{found.how}, found one, which may be what it was to replace"
    else:
        return Decision(pending=pending, action=Action.IMPORT, why=f"{found.how}, found it", id=ids[0])
    listed = f" ({', '.join(ids)})" if ids else ""
    return Decision(pending=pending, action=action, why=why + listed, ids=ids)


def decide_other(pending: Pending, checkpoint: Checkpoint) -> Decision:
    """What to do about an open operation that creates nothing: the engine reads how the resource is."""
    if pending.kind in _STATE_ONLY or not checkpoint.find(pending.urn):
        return Decision(pending=pending, action=Action.CLEAR, why="the next run does it again")
    return Decision(pending=pending, action=Action.READ, why="the resource is in the state")


def settled(state: Mapping[str, Any], decisions: Sequence[Decision]) -> dict[str, Any]:
    """The exported state without open operations, and with what was found in AWS.

    A resource is written with its id alone and a mark, and read by a refresh: the engine's own
    `refresh --import-pending-creates` (3.250) only drops the operation, and the next run creates again (tried).
    """
    deployment = dict(state["deployment"])
    resources = list(deployment.get("resources") or ())
    for decision in decisions:
        if decision.action is Action.IMPORT:
            _insert(resources, {**decision.pending.resource, "id": decision.id, "initErrors": [ADOPTED]})
    return {**state, "deployment": {**deployment, "resources": resources, "pending_operations": []}}


def targets(checkpoint: Checkpoint, decisions: Sequence[Decision]) -> tuple[str, ...]:
    """URNs that a refresh has to read after that, each once."""
    read = (decision.pending.urn for decision in decisions if decision.action in (Action.IMPORT, Action.READ))
    return tuple(dict.fromkeys((*checkpoint.unread, *read)))


def _is_there(resource: Mapping[str, Any]) -> bool:
    """Whether what the state records was still in AWS when the run ended."""
    return not resource.get("delete") and not resource.get("pendingReplacement")


def _insert(resources: list[Any], new: Mapping[str, Any]) -> None:
    """Add a created resource as the engine would have: in front of the one that it replaces, which is then to go."""
    for index, old in enumerate(resources):
        if old["urn"] == new["urn"] and not old.get("delete"):
            resources[index : index + 1] = [new, {**old, "delete": True}] if _is_there(old) else [new]
            return
    resources.append(new)
