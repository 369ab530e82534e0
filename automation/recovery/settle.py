"""Settles, before a run, what an earlier one left open on its stacks: locks of the dead, and open operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from automation.checkpoint import Checkpoint, Pending, StackLock, StateBackend
from automation.errors import FleetError
from automation.processes import Machine
from automation.recovery import damage, decisions
from automation.recovery.damage import Undecided
from automation.recovery.decisions import CREATING, Action, Decision
from automation.recovery.deed import Deed, Did
from automation.recovery.lookup import Found
from automation.recovery.repair import Repair

_DID = {Action.IMPORT: Did.IMPORTED, Action.CLEAR: Did.CLEARED, Action.READ: Did.READ}

Say = Callable[[str, str], object]
"""Told the stack and what was found or done there, in a line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovery:
    """What settling needs: the stored state, the engine's tools, this machine, a look-up in AWS, and who is told."""

    backend: StateBackend
    repair: Repair
    machine: Machine
    find: Callable[[Pending, Checkpoint], Found]
    say: Say

    def settle(self, stacks: Iterable[str], *, remedy: str) -> tuple[Deed, ...]:
        """Settle these stacks, each as far as that is certain; what was done.

        Raises Undecided, after the last, with everything that needs a person; `remedy` is the command that asks.
        """
        problems: list[str] = []
        deeds: list[Deed] = []
        names = tuple(stacks)
        with ThreadPoolExecutor(max_workers=max(1, len(names))) as pool:
            are_open = dict(zip(names, pool.map(self._is_open, names), strict=True))
        for stack in (name for name in names if are_open[name]):
            try:
                deeds += self.settle_locks(stack)
                deeds += self.settle_operations(stack)
            except Undecided as error:
                problems.append(error.cause)
        if problems:
            raise Undecided("\n".join(problems), remedy=f"nothing was begun; {remedy}")
        return tuple(deeds)

    def settle_locks(self, stack: str) -> list[Deed]:
        """Wait for a living engine of this machine, remove the lock of a dead one.

        Raises Undecided for a lock of another machine.
        """
        deeds = []
        while locks := self.backend.locks(stack):
            for lock in locks:
                if lock.host != self.machine.host:
                    raise Undecided(f"{stack}: locked by the engine of {lock}, another machine")
            living = [lock for lock in locks if self.machine.had(lock.pid, lock.at)]
            if living:
                deeds.append(self._wait(stack, living[0]))
            elif locks == self.backend.locks(stack):  # an engine that has just ended removes its own
                self.say(stack, f"its engine is gone; its lock is removed: {locks[0]}")
                self.repair.cancel(stack)
                deeds.append(Deed(did=Did.UNLOCKED, found=str(locks[0]), stack=stack))
        return deeds

    def settle_operations(self, stack: str) -> list[Deed]:
        """Settle what is open in a stack. Raises Undecided when something is not certain, and changes nothing then."""
        checkpoint = self.whole(stack)
        if checkpoint is None or not (checkpoint.pending or checkpoint.unread):
            return []
        made = self.decide(checkpoint)
        open_ones = [decision for decision in made if decision.action is Action.ASK]
        if open_ones:
            raise Undecided("\n".join(f"{stack}: {decision}" for decision in open_ones))
        return self.apply(stack, checkpoint, made)

    def _is_open(self, stack: str) -> bool:
        """Whether there is anything to settle in a stack; most have nothing, and all are looked at together."""
        if self.backend.locks(stack):
            return True
        checkpoint = self.backend.checkpoint(stack)
        return bool(checkpoint and (checkpoint.problems or checkpoint.pending or checkpoint.unread))

    def whole(self, stack: str) -> Checkpoint | None:
        """A stack's checkpoint; None without one. Raises Undecided when it is damaged."""
        checkpoint = self.backend.checkpoint(stack)
        if line := damage.told(stack, checkpoint):
            raise Undecided(line)
        return checkpoint

    def decide(self, checkpoint: Checkpoint) -> list[Decision]:
        """What to do about each open operation of a whole checkpoint; looks creates up in AWS."""
        return [
            decisions.decide(pending, self.find(pending, checkpoint), checkpoint)
            if pending.kind == CREATING
            else decisions.decide_other(pending, checkpoint)
            for pending in checkpoint.pending
        ]

    def apply(self, stack: str, checkpoint: Checkpoint, made: list[Decision]) -> list[Deed]:
        """Carry out what was decided. Raises FleetError when the engine refuses it."""
        for decision in made:
            self.say(stack, str(decision))
        if made:
            self.repair.replace(stack, decisions.settled(self.repair.export(stack), made))
        read = decisions.targets(checkpoint, made)
        if read:
            result = self.repair.refresh(stack, read)
            if not result.succeeded:
                raise FleetError(f"{stack}: the refresh failed: {result.cause}")
            self.say(stack, f"read {len(read)} of its resources again")
        unread = (
            Deed(did=Did.READ, found="imported, but not read yet", stack=stack, urn=urn)
            for urn in checkpoint.unread
        )
        return [*unread, *(_deed(stack, decision) for decision in made)]

    def _wait(self, stack: str, lock: StackLock) -> Deed:
        self.say(stack, f"waiting for its engine, which still runs: {lock}")
        self.machine.wait(lock.pid)
        self.say(stack, "its engine has ended")
        return Deed(did=Did.WAITED, found=str(lock), stack=stack)


def _deed(stack: str, decision: Decision) -> Deed:
    return Deed(
        did=_DID[decision.action],
        found=f"interrupted while {decision.pending.kind}; {decision.why}",
        stack=stack,
        urn=decision.pending.urn,
        id=decision.id,
    )
