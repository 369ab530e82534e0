"""Walks a person through what a run could not decide about a stack: one question at a time, with the evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from automation.checkpoint import Checkpoint
from automation.errors import Refused
from automation.recovery import versions
from automation.recovery.damage import Undecided
from automation.recovery.decisions import Action, Decision
from automation.recovery.settle import Recovery
from automation.residue import Left

STOP = "stop"
CLEAR = "clear"
NONE = "none"
TAKE = "take"
SHOWN = 20
"""Resources of a stack without a state that are named before it is asked about."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What is asked, after its evidence; `choices` by what a person types, `takes_text` allows anything else too."""

    text: str
    evidence: Sequence[str]
    choices: Mapping[str, str]
    takes_text: bool = False


Ask = Callable[[Question], str]
"""Returns what was typed; it is one of the choices, or a text where the question takes one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """One walk; `backups` says where copies of a stack's state are kept. What a stack without a state has in AWS is
    found by `search`, and taken back by `adopt`, which says how much.
    """

    recovery: Recovery
    backups: Callable[[str], Path]
    ask: Ask
    search: Callable[[str], tuple[Left, ...]]
    adopt: Callable[[str], int]

    def recover(self, stack: str) -> None:
        """Settle a stack with a person's answers. Raises Refused when they stop, before that question's change."""
        self._locks(stack)
        checkpoint = self._whole(stack)
        if checkpoint is None:
            self._take_back(stack)
            return
        if not (checkpoint.pending or checkpoint.unread):
            self.recovery.say(stack, "nothing is open")
            return
        made = [
            self._decided(stack, decision) if decision.action is Action.ASK else decision
            for decision in self.recovery.decide(checkpoint)
        ]
        self.recovery.apply(stack, checkpoint, made)

    def _locks(self, stack: str) -> None:
        host = self.recovery.machine.host
        foreign = [lock for lock in self.recovery.backend.locks(stack) if lock.host != host]
        if foreign:
            self._answer(
                Question(
                    text=f"{stack} is locked from another machine. Is that run surely over?",
                    evidence=[f"locked by the engine of {lock}" for lock in foreign],
                    choices={"over": "remove the lock", STOP: "change nothing"},
                )
            )
            self.recovery.repair.cancel(stack)
            self.recovery.say(stack, f"lock removed: {foreign[0]}")
        self.recovery.settle_locks(stack)

    def _whole(self, stack: str) -> Checkpoint | None:
        """The stack's checkpoint, restored from an older version if it is damaged or was deleted."""
        backend = self.recovery.backend
        checkpoint = backend.checkpoint(stack)
        key = backend.key(stack) or backend.deleted_key(stack)
        if key is None or (checkpoint and not checkpoint.problems):
            return checkpoint
        found = versions.versions(backend.s3, backend.bucket, key)
        whole = [version for version in found if not version.checkpoint.problems]
        problems = checkpoint.problems if checkpoint else ("its state was deleted",)
        answer = self._answer(
            Question(
                text=f"{stack}: which version of its state shall be restored?",
                evidence=[*problems, f"{len(whole)} of its newest {len(found)} versions are whole"],
                choices={
                    **{str(number): str(version) for number, version in enumerate(whole, 1)},
                    **({} if checkpoint else {NONE: "none of them: see what it has in AWS"}),
                    STOP: "change nothing",
                },
            )
        )
        if answer == NONE:
            return None
        chosen = whole[int(answer) - 1]
        copy = versions.restore(backend.s3, backend.bucket, key, chosen, backups=self.backups(stack))
        self.recovery.say(
            stack,
            f"state restored: {chosen}{f'; the damaged one is kept in {copy}' if copy else ''}. What was made after "
            "that time is in AWS, but not in this state: compare before the next up",
        )
        return chosen.checkpoint

    def _take_back(self, stack: str) -> None:
        """Import what a stack without a state has in AWS, if a person wants it."""
        found = self.search(stack)
        if not found:
            self.recovery.say(stack, "nothing is open")
            return
        more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
        self._answer(
            Question(
                text=f"{stack} has no state. Take what it has in AWS back into a new one?",
                evidence=[*(f"{left.resource}: {left.arn}" for left in found[:SHOWN]), *more],
                choices={TAKE: "look each of its resources up and import it", STOP: "change nothing"},
            )
        )
        count = self.adopt(stack)
        self.recovery.say(stack, f"{count} resources taken back; what is missing, the next up makes")

    def _decided(self, stack: str, decision: Decision) -> Decision:
        answer = self._answer(
            Question(
                text=f"{stack}: does {decision.pending.name} exist? Its id imports it",
                evidence=[str(decision), f"inputs: {_shown(decision.pending.inputs)}"],
                choices={
                    **dict.fromkeys(decision.ids, "import this one"),
                    CLEAR: "it does not exist: make it anew",
                    STOP: "change nothing",
                },
                takes_text=True,
            )
        )
        if answer == CLEAR:
            return replace(decision, action=Action.CLEAR, why="a person says that it does not exist")
        return replace(decision, action=Action.IMPORT, id=answer, why="a person says which one it is")

    def _answer(self, question: Question) -> str:
        answer = self.ask(question)
        if answer == STOP:
            raise Refused("stopped; nothing more was changed")
        return answer


def findings(recovery: Recovery, stack: str, search: Callable[[str], tuple[Left, ...]]) -> list[str]:
    """What is open in a stack, without changing anything; one without a state is searched for in AWS."""
    backend, machine = recovery.backend, recovery.machine
    lines = []
    for lock in backend.locks(stack):
        lives = lock.host == machine.host and machine.had(lock.pid, lock.at)
        seen = (
            "which still runs"
            if lives
            else "which is gone"
            if lock.host == machine.host
            else "another machine"
        )
        lines.append(f"{stack}: locked by the engine of {lock}, {seen}")
    try:
        checkpoint = recovery.whole(stack)
    except Undecided as damage:
        return [*lines, damage.cause]
    if checkpoint is None:
        found = search(stack)
        lines += [f"{stack}: it has no state, but {len(found)} of its resources are in AWS"] if found else []
    else:
        lines += [f"{stack}: {decision}" for decision in recovery.decide(checkpoint)]
        lines += [f"{stack}: imported, but not read yet: {urn}" for urn in checkpoint.unread]
    return lines


def _shown(inputs: Mapping[str, Any]) -> str:
    """The inputs that a person knows a resource by; secrets are ciphertext and left out."""
    texts = {name: value for name, value in inputs.items() if isinstance(value, str | int) and value != ""}
    return ", ".join(f"{name}={value}" for name, value in sorted(texts.items())) or "none"
