"""What must not happen unasked, too many deletions and the end of something that holds state, or not at all.

Pure. Checked on what a preview would do, before any change, and again on a stack that had to be previewed anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from automation.changes import ResourceChange, name_of, stack_of
from automation.errors import FleetError
from plan import stateful, upgrades
from spec.problem import did_you_mean

MAX_DELETES = 10
"""Deletions and replacements of one rollout that need no word: a subnet moved to another zone is about six."""

Changes = Mapping[str, Sequence[ResourceChange]]
"""Stack -> what happens to its resources."""


class GuardError(FleetError):
    """A rollout was stopped before it changed anything; every reason is named."""

    def __init__(self, refusals: Iterable[str]) -> None:
        super().__init__("the rollout was stopped, and nothing was changed:\n" + "\n".join(refusals))


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What was agreed to beforehand: how many deletions over the fleet, and which resources by URN."""

    max_deletes: int = MAX_DELETES
    allowed: frozenset[str] = frozenset()


def check(changes: Changes, limits: Limits) -> tuple[str, ...]:
    """Why these changes may not be made, a line each with the way out; empty when they may."""
    removals = [change for of_stack in changes.values() for change in of_stack if change.is_removal]
    lines = [line for change in removals if (line := _refusal(change, limits.allowed))]
    return (*_upgrades(changes), *lines, *_too_many(changes, limits.max_deletes))


def require(changes: Changes, limits: Limits) -> None:
    """Return when the changes may be made. Raises GuardError with every reason when not."""
    if refusals := check(changes, limits):
        raise GuardError(refusals)


def resolve(named: Iterable[str], urns: Collection[str]) -> frozenset[str]:
    """The URNs that are meant; `stack::name` is enough where only one resource of the stack has that name.

    Raises FleetError, with the nearest name, for one that is in no stack that was looked at.
    """
    by_short: dict[str, list[str]] = {}
    for urn in sorted(urns):
        by_short.setdefault(short(urn), []).append(urn)
    return frozenset(_resolve(name, urns, by_short) for name in named)


def short(urn: str) -> str:
    """`stack::name`: what a person can type."""
    return f"{stack_of(urn)}::{name_of(urn)}"


def unprotect(urn: str) -> str:
    """The way out for a protected resource."""
    by_hand = f"pulumi -C \"$(fleet workdir {stack_of(urn)})\" state unprotect '{urn}'"
    return f"take its protection off and roll that out first, or by hand: {by_hand}"


def _resolve(name: str, urns: Collection[str], by_short: Mapping[str, list[str]]) -> str:
    if name in urns:
        return name
    found = by_short.get(name, [])
    if not found:
        candidates = [*urns] if name.startswith("urn:") else [*by_short]
        raise FleetError(f"no resource {name}", remedy=did_you_mean(name, candidates))
    if len(found) > 1:
        raise FleetError(f"{name} is {len(found)} resources", remedy=f"say which: {', '.join(found)}")
    return found[0]


def _refusal(change: ResourceChange, allowed: Collection[str]) -> str:
    """Why this removal may not be made; empty when it may. The engine's own refusal cannot be allowed away."""
    what = f"{stack_of(change.urn)}: {change.operation} of {change.name} ({change.type})"
    if change.is_refused:
        return f"{what}: it is protected; {unprotect(change.urn)}"
    if change.urn in allowed:
        return ""
    loss = stateful.reason(change.type)
    if not loss and not change.is_protected:
        return ""
    why = loss or "it was protected until now"
    return f"{what}: {why}; if that is meant: --allow-replace '{change.urn}'"


def _upgrades(changes: Changes) -> tuple[str, ...]:
    """Versions of Kubernetes that cannot be reached in one step. Only a preview knows which one a cluster has."""
    stepping = [change for of_stack in changes.values() for change in of_stack if change.kubernetes]
    refused = [
        (change, upgrades.control_plane_refusal(*change.kubernetes))
        for change in stepping
        if change.kubernetes
    ]
    return tuple(f"{stack_of(change.urn)}: {change.name}: {why}" for change, why in refused if why)


def _too_many(changes: Changes, most: int) -> tuple[str, ...]:
    counts = {stack: sum(map(_counts, of_stack)) for stack, of_stack in changes.items()}
    total = sum(counts.values())
    if total <= most:
        return ()
    shares = ", ".join(f"{stack}: {count}" for stack, count in counts.items() if count)
    what = f"deletions and replacements over the fleet: {total} ({shares}), allowed: {most}"
    return (f"{what}; if that is meant: --max-deletes {total}",)


def _counts(change: ResourceChange) -> bool:
    return change.is_removal and not (change.operation == "replace" and change.type in stateful.RENEWED)
