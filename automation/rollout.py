"""A rollout of the fleet: preview everything once, agree, then change what has changes, in dependency order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from automation import guards, interrupts, selection
from automation.controller import Controller, Event, Interruption, Listener, Outcome, Reason, Run
from automation.events import OUTPUTS, Planned, StackResult, changes
from automation.guards import Limits
from automation.interrupts import SecondSignal
from automation.queue import Graph, Queue, Status
from automation.seam import Workspace
from automation.selection import are, in_order, listed
from plan.stacks import Stack

Runs = dict[str, Run]
Results = dict[str, StackResult]
Watch = Callable[[Graph], AbstractContextManager[Callable[[Event | Planned], None]]]
"""Follows one run over this graph: gives who is told, from the controller's thread and from runners."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """What an up keeps to: its limits, the only URNs that it touches (none: all), and the saved plans of stacks."""

    limits: Limits = field(default_factory=Limits)
    targets: tuple[str, ...] = ()
    plans: Mapping[str, Path] = field(default_factory=dict)


USUAL = Bounds()


class Rollout:
    """Runs the selected stacks of one fleet in a workspace; how it went is in the records that it returns."""

    def __init__(
        self,
        workspace: Workspace,
        stacks: Mapping[str, Stack],
        *,
        max_parallel: int,
        watch: Watch,
        fail_fast: bool = False,
    ) -> None:
        """`stacks` is the whole graph; each verb is told which of them are selected. With `fail_fast` the first
        failure keeps everything from starting that has not.
        """
        self._workspace = workspace
        self._stacks = stacks
        self._max_parallel = max_parallel
        self._watch = watch
        self._fail_fast = fail_fast
        self._is_interrupted = False

    def preview(
        self,
        selected: tuple[str, ...],
        *,
        refresh: bool = False,
        targets: tuple[str, ...] = (),
        save: Callable[[str], Path | None] = lambda _: None,
    ) -> tuple[Runs, Results]:
        """Preview all at the same time: a preview changes nothing, so none has to wait for another.

        `save` names the file for a stack's plan, if it is to be saved.
        """
        results: dict[str, StackResult] = {}

        def runner(stack: str) -> Outcome:
            results[stack] = self._workspace.preview(
                stack, refresh=refresh, targets=targets, save=save(stack)
            )
            return outcome(results[stack])

        queue = Queue(dict.fromkeys(selected, ()))
        with self._watch(queue.depends_on) as tell:
            return self._run(queue, runner, tell), results

    def up(self, selected: tuple[str, ...], previews: Results, bounds: Bounds = USUAL) -> tuple[Runs, Graph]:
        """Roll out what the previews found; no up where there are no changes.

        A stack that reads outputs of one that was changed by this rollout is previewed again first, and its bounds
        checked: its preview saw the old outputs, or none. One with a saved plan is not, the engine holds it to that.
        """
        changed: set[str] = set()
        foreseen = {name: preview.resource_changes for name, preview in previews.items()}
        queue = Queue(graph_of(self._stacks), selected=selected)

        def runner(stack: str) -> Outcome:
            preview, plan = previews[stack], bounds.plans.get(stack)
            if preview.succeeded and plan is None and self.reads(stack) & changed:
                preview = self._workspace.preview(stack, targets=bounds.targets)
                tell(planned(preview))
                foreseen[stack] = preview.resource_changes
                if refusals := guards.check(foreseen, bounds.limits):
                    return refused(refusals, preview)
            if not preview.succeeded or not preview.has_changes:
                return outcome(preview)
            changed.add(stack)
            return outcome(self._workspace.up(stack, targets=bounds.targets, plan=plan))

        with self._watch(queue.depends_on) as tell:
            for preview in previews.values():
                tell(planned(preview))
            return self._run(queue, runner, tell), queue.depends_on

    def destroy(
        self, queue: Queue, deployed: Mapping[str, int], targets: Mapping[str, tuple[str, ...]]
    ) -> Runs:
        """Destroy what is deployed, each with its number of resources; `queue` runs the reversed graph. Of a stack
        in `targets` only these URNs go.
        """

        def runner(stack: str) -> Outcome:
            if stack not in deployed:
                return Outcome(status=Status.SUCCEEDED, reason=Reason.NOT_DEPLOYED)
            if targets.get(stack) == ():
                return Outcome(status=Status.SUCCEEDED, reason=Reason.UNCHANGED)
            result = self._workspace.destroy(stack, targets=targets.get(stack, ()))
            return outcome(result, success=Reason.DESTROYED)

        with self._watch(queue.depends_on) as tell:
            for stack in queue.depends_on:
                total = len(targets[stack]) if stack in targets else deployed.get(stack, 0)
                tell(Planned(stack=stack, total=total))
            return self._run(queue, runner, tell)

    def drift(self, stacks: tuple[str, ...]) -> tuple[Runs, Results]:
        """Compare what is there with the state, all stacks at the same time; nothing is changed."""
        return self._each(stacks, self._workspace.drift)

    def refresh(self, stacks: tuple[str, ...]) -> tuple[Runs, Results]:
        """Take what is there over into the state of each of these stacks, at the same time."""
        return self._each(stacks, self._workspace.refresh)

    def reads(self, stack: str) -> frozenset[str]:
        """The stacks whose outputs this one reads."""
        return selection.reads(self._stacks[stack])

    def notes(self, previewed: Runs, absent: Mapping[str, Collection[str]]) -> dict[str, str]:
        """What a preview could not know yet, by stack. `absent` are the stacks outside of this rollout that a
        stack reads and that are not deployed.
        """
        changing = {name for name, run in previewed.items() if changes(run.outcome.operations)}
        new = {name for name in changing if _is_new(previewed[name])}
        notes = {}
        for name in previewed:
            unknown = in_order(self._stacks, self.reads(name) & new | set(absent.get(name, ())))
            again = in_order(self._stacks, self.reads(name) & changing - new)
            told = [f"unknown until {listed(unknown)} {are(unknown)} up"] if unknown else []
            told += [f"previewed again after {listed(again)}"] if again else []
            if told:
                notes[name] = "; ".join(told)
        return notes

    def unstarted(self, previewed: Runs) -> Runs | None:
        """The records of a rollout that its previews have ended already, with nothing changed; None when it goes on.

        Previews end it when they were interrupted, even if each had done its work already, when the credentials
        expired, and by a failure with fail-fast.
        """
        if self._is_interrupted:
            why = Outcome(status=Status.INTERRUPTED, reason=Reason.INTERRUPTED)
            return {name: _unstarted(run, why, None) for name, run in previewed.items()}
        for cause, run in previewed.items():
            if run.blocked_by is None and (reason := self._stops(run.outcome)):
                why = Outcome(status=Status.BLOCKED, reason=reason, cause=f"{cause} did not succeed")
                return {name: _unstarted(record, why, cause) for name, record in previewed.items()}
        return None

    def _each(self, stacks: tuple[str, ...], verb: Callable[[str], StackResult]) -> tuple[Runs, Results]:
        results: dict[str, StackResult] = {}

        def runner(stack: str) -> Outcome:
            results[stack] = verb(stack)
            return outcome(results[stack])

        queue = Queue(dict.fromkeys(stacks, ()))
        with self._watch(queue.depends_on) as tell:
            return self._run(queue, runner, tell), results

    def _run(self, queue: Queue, runner: Callable[[str], Outcome], listener: Listener) -> Runs:
        workspace = self._workspace
        second_signal = SecondSignal(
            waiting_for=workspace.open_operations.all_words,
            abandon=workspace.abandon,
            listener=listener,
        )
        controller = Controller(
            queue,
            runner,
            max_parallel=self._max_parallel,
            listener=listener,
            interruption=Interruption(
                begin=workspace.interrupt,
                insist=second_signal,
                waits_for=workspace.open_operations.words,
            ),
            stops=self._stops,
        )
        try:
            with interrupts.heard_by(controller):
                return controller.run()
        finally:
            self._is_interrupted = controller.is_interrupted
            second_signal.close()

    def _stops(self, outcome: Outcome) -> Reason | None:
        """Why nothing more is started after this outcome: no other stack could get on without credentials either."""
        if outcome.reason is Reason.CREDENTIALS_EXPIRED:
            return Reason.CREDENTIALS_EXPIRED
        return Reason.FAIL_FAST if self._fail_fast and outcome.status is Status.FAILED else None


def graph_of(stacks: Mapping[str, Stack]) -> dict[str, tuple[str, ...]]:
    """The dependencies alone, as a queue takes them."""
    return {name: stack.depends_on for name, stack in stacks.items()}


def planned(preview: StackResult) -> Planned:
    """What those who watch are told of a preview."""
    return Planned(stack=preview.stack, total=len(preview.planned), steps=preview.planned)


def outcome(result: StackResult, *, success: Reason | None = None) -> Outcome:
    """What the queue is told of an engine's result."""
    if result.succeeded:
        reason = success or (Reason.CHANGED if result.has_changes else Reason.UNCHANGED)
        return Outcome(
            status=Status.SUCCEEDED,
            reason=reason,
            operations=result.operations,
            retries=result.retries,
            recorded=result.recorded,
        )
    if result.was_interrupted:
        status, reason, cause = Status.INTERRUPTED, Reason.INTERRUPTED, ""
    elif result.ended_session:
        status, reason, cause = Status.FAILED, Reason.CREDENTIALS_EXPIRED, result.ended_session
    else:
        status, reason, cause = Status.FAILED, Reason.ENGINE_FAILED, result.cause
    return Outcome(
        status=status,
        reason=reason,
        cause="; ".join(part for part in (cause, _pending(result)) if part),
        operations=result.operations,
        pending=result.pending,
        retries=result.retries,
        recorded=result.recorded,
    )


def refused(refusals: Sequence[str], preview: StackResult) -> Outcome:
    """A stack whose new preview found what a guard does not let through."""
    return Outcome(
        status=Status.FAILED,
        reason=Reason.REFUSED,
        cause="; ".join(refusals),
        operations=preview.operations,
    )


def _is_new(run: Run) -> bool:
    """Whether a preview found nothing there: all it would do is create."""
    operations = run.outcome.operations
    return "create" in operations and operations.keys() <= {"create", OUTPUTS}


def _pending(result: StackResult) -> str:
    names = ", ".join(urn.rpartition("::")[2] for urn in result.pending)
    return f"left pending: {names}" if names else ""


def _unstarted(run: Run, why: Outcome, cause: str | None) -> Run:
    """What becomes of a preview that is not rolled out: what had changes to make has not been done."""
    if run.outcome.status is Status.SUCCEEDED and changes(run.outcome.operations):
        run = replace(run, outcome=why, blocked_by=cause)
    return replace(run, started_s=None, ended_s=None)
