"""`--target`: the only resources that a preview or an up looks at, all of one stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from automation import changes, guards, held
from automation.errors import FleetError
from automation.seam import Workspace
from automation.session import Session


def at(session: Session, engines: Workspace, named: Sequence[str]) -> tuple[Session, tuple[str, ...]]:
    """The session with only the stack of these resources selected, and their URNs; as it was when none is named.

    A URN is taken as it is, since the resource may be new; `stack::name` is looked up in the state.
    Raises FleetError for resources of several stacks, of a stack that is not selected, or with an unknown name.
    """
    if not named:
        return session, ()
    stacks = sorted({stack_in(name) for name in named})
    if len(stacks) > 1:
        raise FleetError(
            f"--target names resources of {', '.join(stacks)}", remedy="run them one stack at a time"
        )
    (stack,) = stacks
    session.require(stack)
    if stack not in session.selected:
        raise FleetError(f"--target is in {stack}, which --only or --skip leaves out")
    urns = _urns(engines, stack, [name for name in named if not _is_urn(name)])
    whole = [name for name in named if _is_urn(name)]
    chosen = replace(session, options=replace(session.options, only=(stack,), skip=()))
    return chosen, (*whole, *sorted(urns))


def _urns(engines: Workspace, stack: str, short: Sequence[str]) -> frozenset[str]:
    if not short:
        return frozenset()
    if stack not in engines.deployed():
        raise FleetError(f"stack {stack} is not deployed", remedy="name its resources by their whole URN")
    return guards.resolve(short, [item.urn for item in held.read(engines.export(stack))])


def stack_in(name: str) -> str:
    """The stack that a URN or `stack::name` is in."""
    if _is_urn(name) and name.count("::") >= 3:
        return changes.stack_of(name)
    stack, separator, _ = name.partition("::")
    if not separator or _is_urn(name):
        raise FleetError(f"{name} names no resource", remedy="say its URN, or stack::name")
    return stack


def _is_urn(name: str) -> bool:
    return name.startswith("urn:")
