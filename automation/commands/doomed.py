"""What a destroy is going to delete, keep and lose: known, and refused if need be, before anyone is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from automation import guards, held, keeping
from automation.changes import name_of, stack_of
from automation.guards import GuardError
from automation.keeping import Division
from automation.residue import Left


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Whether data survives, which of it may be lost all the same, by URN or `stack::name`, and whether the first
    failure keeps everything from starting that has not.
    """

    keep_data: bool = False
    delete_data: tuple[str, ...] = ()
    fail_fast: bool = False

    @property
    def arguments(self) -> tuple[str, ...]:
        """The options of `fleet` that ask for the same data again."""
        named = (part for urn in self.delete_data for part in ("--delete-data", urn))
        return (*(("--keep-data",) if self.keep_data else ()), *named)


@dataclass(frozen=True, kw_only=True, slots=True)
class Doomed:
    """The states of the stacks, the URNs that are given up though they were protected, and how stacks that keep
    data are divided.
    """

    states: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    divisions: Mapping[str, Division] = field(default_factory=dict)

    @property
    def targets(self) -> dict[str, tuple[str, ...]]:
        """The URNs to delete of a stack that keeps something, or gives something up: there the program, which
        would protect it again, is not asked.
        """
        whole = {stack: keeping.urns_of(self.states[stack]) for stack in map(stack_of, self.lost)}
        return {**whole, **{stack: division.gone for stack, division in self.divisions.items()}}

    @property
    def kept(self) -> dict[str, tuple[str, ...]]:
        """The URNs that stay, by stack."""
        return {stack: division.kept for stack, division in self.divisions.items()}

    def released(self) -> dict[str, dict[str, Any]]:
        """The states, by stack, in which what is given up, and clusters that go, can be deleted."""
        freed = self._freed()
        return {
            stack: keeping.released(self.states[stack], freed) for stack in sorted({*map(stack_of, freed)})
        }

    def eks_clusters(self) -> tuple[str, ...]:
        """ARNs of the EKS clusters among that; EKS itself may protect them from deletion."""
        freed = self._freed()
        return tuple(arn for state in self.states.values() for arn in keeping.eks_clusters(state, freed))

    def _freed(self) -> frozenset[str]:
        return self.lost.union(*(division.freed for division in self.divisions.values()))

    def lines(self, deployed: Mapping[str, int]) -> list[str]:
        """What will happen, for people."""
        told = []
        for stack, state in self.states.items():
            division = self.divisions.get(stack)
            told.append(
                f"{stack}: {len(division.gone) if division else deployed[stack]} resources will be deleted"
            )
            kept = set(division.kept if division else ())
            data = [item for item in held.read(state) if item.holds_state]
            if lost := [name_of(item.urn) for item in data if item.urn not in kept]:
                told.append(f"{stack}: the contents of {', '.join(lost)} will be lost")
            if safe := [name_of(item.urn) for item in data if item.urn in kept]:
                told.append(f"{stack}: kept, with what they stand on: {', '.join(safe)}")
        return told

    def are_left(self, found: tuple[Left, ...]) -> tuple[Left, ...]:
        """What a search found without what was kept."""
        kept = {(stack, name_of(urn)) for stack, urns in self.kept.items() for urn in urns}
        return tuple(left for left in found if (left.stack, left.resource) not in kept)


def decide(states: Mapping[str, Mapping[str, Any]], asked: Asked) -> Doomed:
    """Divide these stacks, by their states.

    Raises GuardError with everything that is in the way of a whole destroy, FleetError for a name that is in none of
    the states, or that something kept stands on.
    """
    holdings = {stack: held.read(state) for stack, state in states.items()}
    data = {item.urn for items in holdings.values() for item in items if item.is_data}
    lost = guards.resolve(asked.delete_data, data)
    if asked.keep_data:
        divided = {stack: keeping.divide(state, lost) for stack, state in states.items()}
        divisions = {stack: division for stack, division in divided.items() if division.kept}
        return Doomed(states=states, lost=lost, divisions=divisions)
    in_the_way = [item for items in holdings.values() for item in items if item.urn not in lost]
    if obstacles := held.obstacles(in_the_way):
        raise GuardError(obstacles)
    return Doomed(states=states, lost=lost)
