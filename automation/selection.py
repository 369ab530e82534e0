"""What choosing some stacks means for the others: said out loud before a rollout, and refused where it cannot work."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from automation.errors import FleetError
from plan.stacks import Stack

Stacks = Mapping[str, Stack]


def reads(stack: Stack) -> frozenset[str]:
    """The stacks whose outputs this one reads. A site reads none: what it waits for only stages the rollout."""
    return frozenset() if stack.kind == "site" else frozenset(stack.depends_on)


def skipped(stacks: Stacks, selected: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Selected stack -> the stacks that it reads and that are not selected; only where there are some."""
    found = {name: in_order(stacks, reads(stacks[name]) - set(selected)) for name in selected}
    return {name: others for name, others in found.items() if others}


def remarks(
    stacks: Stacks, selected: Collection[str], *, up_of: Callable[[tuple[str, ...]], str]
) -> list[str]:
    """Lines for people before an up; `up_of` gives the command that rolls just these stacks out."""
    lines = [
        f"{name} reads {listed(others)}, which {are(others)} skipped: {_their(others)} last outputs are used"
        for name, others in skipped(stacks, selected).items()
    ]
    for name, stack in stacks.items():
        read = in_order(stacks, reads(stack) & set(selected))
        if read and name not in selected:
            lines.append(
                f"{name} is not selected, but {listed(read)}, which it reads, {are(read)}: "
                f"run {up_of((name,))} afterwards"
            )
    return lines


def require_deployed(
    needed: Mapping[str, tuple[str, ...]],
    deployed: Collection[str],
    *,
    up_of: Callable[[tuple[str, ...]], str],
) -> None:
    """Raise FleetError when a stack `needed` by a selected one was never deployed: an up of the reader would fail."""
    problems = []
    missing: dict[str, None] = {}
    for name, others in needed.items():
        absent = tuple(other for other in others if other not in deployed)
        if absent:
            problems.append(f"{name} reads {listed(absent)}, which {are(absent)} not deployed")
            missing |= dict.fromkeys(absent)
    if problems:
        raise FleetError("\n".join(problems), remedy=f"deploy first: {up_of(tuple(missing))}")


def in_order(stacks: Stacks, names: Collection[str]) -> tuple[str, ...]:
    """These names in the fleet's order."""
    return tuple(name for name in stacks if name in names)


def listed(names: tuple[str, ...]) -> str:
    """`one, two and three`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def are(names: tuple[str, ...]) -> str:
    """The verb that fits so many."""
    return "is" if len(names) == 1 else "are"


def _their(names: tuple[str, ...]) -> str:
    return "its" if len(names) == 1 else "their"
