"""Damaged state, told before an engine meets it: the engine's own words name neither the stack nor a way out."""

from __future__ import annotations

from collections.abc import Iterable

from automation.checkpoint import Checkpoint, StateBackend, readable
from automation.errors import FleetError


class Undecided(FleetError):
    """Stacks are in a state that only a person can decide about; nothing of the run was begun."""


def told(stack: str, checkpoint: Checkpoint | None) -> str:
    """What is wrong with a stack's checkpoint, in a line; empty when it is whole or there is none."""
    if checkpoint is None or not checkpoint.problems:
        return ""
    first, *more = checkpoint.problems
    rest = f" (and {len(more)} more)" if more else ""
    return f"{stack}: its state is damaged: {first}{rest}"


def refuse(backend: StateBackend, stacks: Iterable[str], *, recover: str) -> None:
    """Raise Undecided when any of these stacks is damaged: the engine reads all of them whenever it lists stacks.

    `recover` is the command that asks about one. Raises FleetError when the bucket does not answer.
    """
    with readable(backend.bucket):
        found = backend.checkpoints(stacks)
    damaged = {name: line for name, checkpoint in found.items() if (line := told(name, checkpoint))}
    if damaged:
        remedy = ", then ".join(f"{recover} {name}" for name in damaged)
        raise Undecided("\n".join(damaged.values()), remedy=f"nothing was begun; see: {remedy}")
