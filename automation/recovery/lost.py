"""A stack whose state was lost: what it made is in AWS, and is taken back into a new state instead of made twice.

A preview says what the stack would create and, in the plan that it saves, with which inputs. Each of these is looked
up as the create of a killed run is (`lookup.py`), and what is found is written into the state with its id and read.
What could not be looked up without another's id comes in a later round, until a round finds nothing more.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from automation.checkpoint import PROVIDER_TYPE, Checkpoint, Pending
from automation.errors import FleetError
from automation.recovery import decisions
from automation.recovery.damage import Undecided
from automation.recovery.decisions import CREATING, Action, Decision
from automation.recovery.lookup import Found
from automation.recovery.repair import Repair
from automation.residue import Left

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands in a plan for a value that nobody knows yet (sdk/go/common/resource/plugin, UnknownStringValue)."""

Resource = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Adoption:
    """What taking a stack back needs: the engine's tools, the plan of a preview, a look-up in AWS, and who is told."""

    repair: Repair
    foresee: Callable[[str], Mapping[str, Any]]
    find: Callable[[Pending, Checkpoint], Found]
    say: Callable[[str, str], object]

    def adopt(self, stack: str) -> int:
        """Take back what is found of a stack; how many resources. Raises FleetError when the engine refuses."""
        count = 0
        while True:
            plan = self.foresee(stack)
            state = with_frame(self.repair.export(stack), plan)
            made = self._decide(plan, state)
            found = [decision for decision in made if decision.action is Action.IMPORT]
            if not found:
                for decision in made:
                    if decision.action is Action.ASK:
                        self.say(stack, f"not taken back: {decision.pending.name}: {decision.why}")
                return count
            self._take(stack, state, found)
            count += len(found)

    def _decide(self, plan: Mapping[str, Any], state: Mapping[str, Any]) -> list[Decision]:
        resources = tuple(state["deployment"]["resources"])
        checkpoint = Checkpoint(resources=resources)
        known = {resource["urn"] for resource in resources}
        creates = creates_of(plan, _provider_ids(resources), known)
        return [decisions.decide(item, self.find(item, checkpoint), checkpoint) for item in creates]

    def _take(self, stack: str, state: Mapping[str, Any], found: list[Decision]) -> None:
        for decision in found:
            self.say(stack, f"taken back: {decision.pending.name} ({decision.pending.type}) is {decision.id}")
        self.repair.replace(stack, decisions.settled(state, found))
        result = self.repair.refresh(stack, [decision.pending.urn for decision in found])
        if not result.succeeded:
            raise FleetError(f"{stack}: what was taken back could not be read: {result.cause}")


def refuse(
    stacks: Collection[str],
    known: Collection[str],
    *,
    search: Callable[[Collection[str]], tuple[Left, ...]],
    recover: str,
) -> None:
    """Raise Undecided when a stack without a state has resources in AWS: an up would make them a second time.

    `known` are the stacks that have a state, `recover` is the command that takes one back.
    """
    missing = [stack for stack in stacks if stack not in known]
    found = search(missing) if missing else ()
    by_stack = {stack: [left for left in found if left.stack == stack] for stack in missing}
    lines = [
        f"{stack}: it has no state, but {len(items)} of its resources are in AWS, such as {items[0].arn}"
        for stack, items in by_stack.items()
        if items
    ]
    if lines:
        remedy = ", then ".join(f"{recover} {stack}" for stack, items in by_stack.items() if items)
        raise Undecided("\n".join(lines), remedy=f"nothing was begun; to take them back: {remedy}")


def with_frame(state: Mapping[str, Any], plan: Mapping[str, Any]) -> dict[str, Any]:
    """The state with what is in it alone, as far as it is missing: the stack, its providers, its components."""
    deployment = dict(state.get("deployment") or {})
    resources = list(deployment.get("resources") or ())
    known = {resource["urn"] for resource in resources}
    for urn, goal in _parents_first(plan):
        if urn in known or (goal["custom"] and not goal["type"].startswith(PROVIDER_TYPE)):
            continue
        inputs = _known(_inputs(goal))
        frame: Resource = {"urn": urn, "custom": goal["custom"], "type": goal["type"]}
        if goal["custom"]:
            frame |= {"id": str(uuid.uuid4()), "inputs": inputs, "outputs": inputs}
        resources.append(frame | ({"parent": goal["parent"]} if goal.get("parent") else {}))
        known.add(urn)
    return {**state, "deployment": {**deployment, "resources": resources}}


def creates_of(
    plan: Mapping[str, Any], providers: Mapping[str, str], known: Collection[str]
) -> Iterator[Pending]:
    """What the plan would create and the state does not know, as creates that were begun; `providers` has their
    references by URN. Dependencies are left out: the next up records them.
    """
    for urn, goal in _parents_first(plan):
        if urn not in known and goal["custom"]:
            provider = str(goal.get("provider", "")).rpartition("::")[0]
            yield Pending(
                kind=CREATING,
                resource={
                    "urn": urn,
                    "custom": True,
                    "type": goal["type"],
                    "inputs": _known(_inputs(goal)),
                    "parent": goal["parent"],
                    "provider": providers[provider],
                    "protect": bool(goal.get("protect")),
                    "retainOnDelete": bool(goal.get("retainOnDelete")),
                },
            )


def _parents_first(plan: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The goals of a plan, those that have no parent first, then providers, then the others by depth."""
    goals = {urn: item["goal"] for urn, item in plan["resourcePlans"].items() if item.get("goal")}

    def depth(urn: str) -> int:
        parent = goals[urn].get("parent")
        return 1 + depth(parent) if parent in goals else 0

    return sorted(goals.items(), key=lambda item: (depth(item[0]), PROVIDER_TYPE not in item[0], item[0]))


def _provider_ids(resources: Collection[Mapping[str, Any]]) -> dict[str, str]:
    return {
        item["urn"]: f"{item['urn']}::{item['id']}"
        for item in resources
        if str(item["type"]).startswith(PROVIDER_TYPE)
    }


def _inputs(goal: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (goal.get("inputDiff") or {}).get("adds") or {}
    return found


def _known(inputs: Mapping[str, Any]) -> Resource:
    """The properties that are known to their last member; the others come from AWS."""
    return {name: value for name, value in inputs.items() if not _has_unknown(value)}


def _has_unknown(value: Any) -> bool:
    match value:
        case Mapping():
            return any(map(_has_unknown, value.values()))
        case list():
            return any(map(_has_unknown, value))
        case _:
            return bool(value == UNKNOWN)
