"""A rollout of the fleet: preview everything once, agree, then change what has changes, in dependency order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from automation.controller import Controller, Event, Listener, Outcome, Reason, Run
from automation.events import Planned, StackResult, changes
from automation.queue import Graph, Queue, Status
from automation.workspace import Workspace
from plan.stacks import Stack

Runs = dict[str, Run]
Results = dict[str, StackResult]
Watch = Callable[[Graph], AbstractContextManager[Callable[[Event | Planned], None]]]
"""Follows one run over this graph: gives who is told, from the controller's thread and from runners."""


class Rollout:
    """Runs the selected stacks of one fleet in a workspace; how it went is in the records that it returns."""

    def __init__(
        self,
        workspace: Workspace,
        stacks: Mapping[str, Stack],
        *,
        max_parallel: int,
        watch: Watch,
    ) -> None:
        """`stacks` is the whole graph; each verb is told which of them are selected."""
        self._workspace = workspace
        self._stacks = stacks
        self._max_parallel = max_parallel
        self._watch = watch

    def preview(self, selected: tuple[str, ...], *, refresh: bool = False) -> tuple[Runs, Results]:
        """Preview all at the same time: a preview changes nothing, so none has to wait for another."""
        results: dict[str, StackResult] = {}

        def runner(stack: str) -> Outcome:
            results[stack] = self._workspace.preview(stack, refresh=refresh)
            return outcome(results[stack])

        queue = Queue(dict.fromkeys(selected, ()))
        with self._watch(queue.depends_on) as tell:
            return self._run(queue, runner, tell), results

    def up(self, selected: tuple[str, ...], previews: Results) -> tuple[Runs, Graph]:
        """Roll out what the previews found; no up where there are no changes.

        A stack that reads outputs of one that was changed by this rollout is previewed again first: its preview
        saw the old outputs, or none.
        """
        changed: set[str] = set()
        queue = Queue(graph_of(self._stacks), selected=selected)

        def runner(stack: str) -> Outcome:
            preview = previews[stack]
            if preview.succeeded and self.reads(stack) & changed:
                preview = self._workspace.preview(stack)
                tell(planned(preview))
            if not preview.succeeded or not preview.has_changes:
                return outcome(preview)
            changed.add(stack)
            return outcome(self._workspace.up(stack))

        with self._watch(queue.depends_on) as tell:
            for preview in previews.values():
                tell(planned(preview))
            return self._run(queue, runner, tell), queue.depends_on

    def destroy(self, queue: Queue, deployed: Mapping[str, int]) -> Runs:
        """Destroy what is deployed, each with its number of resources; `queue` runs the reversed graph."""

        def runner(stack: str) -> Outcome:
            if stack not in deployed:
                return Outcome(status=Status.SUCCEEDED, reason=Reason.NOT_DEPLOYED)
            return outcome(self._workspace.destroy(stack), success=Reason.DESTROYED)

        with self._watch(queue.depends_on) as tell:
            for stack in queue.depends_on:
                tell(Planned(stack=stack, total=deployed.get(stack, 0)))
            return self._run(queue, runner, tell)

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

    def _run(self, queue: Queue, runner: Callable[[str], Outcome], listener: Listener) -> Runs:
        controller = Controller(
            queue,
            runner,
            max_parallel=self._max_parallel,
            listener=listener,
            on_interrupt=self._workspace.interrupt,
        )
        with interrupting(controller):
            return controller.run()


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
        return Outcome(status=Status.SUCCEEDED, reason=reason, operations=result.operations)
    if result.was_interrupted:
        return Outcome(status=Status.INTERRUPTED, reason=Reason.INTERRUPTED, operations=result.operations)
    return Outcome(
        status=Status.FAILED, reason=Reason.ENGINE_FAILED, cause=result.cause, operations=result.operations
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
