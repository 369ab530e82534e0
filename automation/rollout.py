"""A rollout of the fleet: preview everything once, agree, then change what has changes, in dependency order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from automation import guards
from automation.controller import Controller, Listener, Outcome, Reason, Run
from automation.events import StackResult, changes
from automation.guards import Limits
from automation.queue import Graph, Queue, Status
from automation.workspace import Workspace
from plan.stacks import Stack

Runs = dict[str, Run]
Results = dict[str, StackResult]


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
        listener: Listener,
    ) -> None:
        """`stacks` is the whole graph; each verb is told which of them are selected."""
        self._workspace = workspace
        self._stacks = stacks
        self._max_parallel = max_parallel
        self._listener = listener

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

        return self._run(Queue(dict.fromkeys(selected, ())), runner), results

    def up(self, selected: tuple[str, ...], previews: Results, bounds: Bounds = USUAL) -> tuple[Runs, Graph]:
        """Roll out what the previews found; no up where there are no changes.

        A stack that reads outputs of one that was changed by this rollout is previewed again first, and its bounds
        checked: its preview saw the old outputs, or none. One with a saved plan is not, the engine holds it to that.
        """
        changed: set[str] = set()
        foreseen = {name: preview.resource_changes for name, preview in previews.items()}

        def runner(stack: str) -> Outcome:
            preview, plan = previews[stack], bounds.plans.get(stack)
            if preview.succeeded and plan is None and self.reads(stack) & changed:
                preview = self._workspace.preview(stack, targets=bounds.targets)
                foreseen[stack] = preview.resource_changes
                if refusals := guards.check(foreseen, bounds.limits):
                    return refused(refusals, preview)
            if not preview.succeeded or not preview.has_changes:
                return outcome(preview)
            changed.add(stack)
            return outcome(self._workspace.up(stack, targets=bounds.targets, plan=plan))

        queue = Queue(graph_of(self._stacks), selected=selected)
        return self._run(queue, runner), queue.depends_on

    def destroy(self, queue: Queue, deployed: frozenset[str]) -> Runs:
        """Destroy what is deployed; `queue` runs the reversed graph."""

        def runner(stack: str) -> Outcome:
            if stack not in deployed:
                return Outcome(status=Status.SUCCEEDED, reason=Reason.NOT_DEPLOYED)
            return outcome(self._workspace.destroy(stack), success=Reason.DESTROYED)

        return self._run(queue, runner)

    def drift(self, stacks: tuple[str, ...]) -> tuple[Runs, Results]:
        """Compare what is there with the state, all stacks at the same time; nothing is changed."""
        return self._each(stacks, self._workspace.drift)

    def refresh(self, stacks: tuple[str, ...]) -> tuple[Runs, Results]:
        """Take what is there over into the state of each of these stacks, at the same time."""
        return self._each(stacks, self._workspace.refresh)

    def reads(self, stack: str) -> frozenset[str]:
        """The stacks whose outputs this one reads. A site reads none: what it waits for only stages the rollout."""
        return (
            frozenset() if self._stacks[stack].kind == "site" else frozenset(self._stacks[stack].depends_on)
        )

    def rereads(self, previewed: Runs) -> dict[str, frozenset[str]]:
        """Stacks that will be previewed again, each with the stacks whose change it waits for."""
        changing = {name for name, run in previewed.items() if changes(run.outcome.operations)}
        waits = {name: self.reads(name) & changing for name in previewed}
        return {name: stacks for name, stacks in waits.items() if stacks}

    def _each(self, stacks: tuple[str, ...], verb: Callable[[str], StackResult]) -> tuple[Runs, Results]:
        results: dict[str, StackResult] = {}

        def runner(stack: str) -> Outcome:
            results[stack] = verb(stack)
            return outcome(results[stack])

        return self._run(Queue(dict.fromkeys(stacks, ())), runner), results

    def _run(self, queue: Queue, runner: Callable[[str], Outcome]) -> Runs:
        controller = Controller(
            queue,
            runner,
            max_parallel=self._max_parallel,
            listener=self._listener,
            on_interrupt=self._workspace.interrupt,
        )
        with interrupting(controller):
            return controller.run()


def graph_of(stacks: Mapping[str, Stack]) -> dict[str, tuple[str, ...]]:
    """The dependencies alone, as a queue takes them."""
    return {name: stack.depends_on for name, stack in stacks.items()}


def outcome(result: StackResult, *, success: Reason | None = None) -> Outcome:
    """What the queue is told of an engine's result."""
    if result.succeeded:
        reason = success or (Reason.CHANGED if result.has_changes else Reason.UNCHANGED)
        return Outcome(status=Status.SUCCEEDED, reason=reason, operations=result.operations)
    if result.was_interrupted:
        return Outcome(status=Status.INTERRUPTED, reason=Reason.INTERRUPTED, operations=result.operations)
    return Outcome(
        status=Status.FAILED, reason=Reason.ENGINE_FAILED, cause=result.cause, operations=result.operations
    )


def refused(refusals: Sequence[str], preview: StackResult) -> Outcome:
    """A stack whose new preview found what a guard does not let through."""
    return Outcome(
        status=Status.FAILED,
        reason=Reason.REFUSED,
        cause="; ".join(refusals),
        operations=preview.operations,
    )


@contextmanager
def interrupting(controller: Controller) -> Iterator[None]:
    """While this lasts, Ctrl-C and SIGTERM ask the controller to stop; only the main thread can arrange that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {
        number: signal.signal(number, lambda *_: controller.interrupt())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
