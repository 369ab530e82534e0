"""The order of a rollout, without I/O: which stack may start now, and what an end means for the others.

A queue is fed by one thread: `claim` a stack, run it, `finish` it with its result.

Invariants (tests/unit/automation/test_queue.py holds each of them):
1. A stack starts only when every selected stack it depends on has SUCCEEDED, and then at once: no barriers.
2. A stack that is not selected counts as applied. Order is kept through it: if A needs B and B needs C, and B is
   not selected, A still waits for C.
3. A stack that FAILED or was INTERRUPTED blocks exactly its direct and indirect dependents. Each is BLOCKED and
   remembers the root cause, never another blocked stack.
4. A terminal status is never overwritten; a stack is claimed at most once.
5. When nothing is running and nothing can be claimed, every status is terminal.
6. Among peers the graph's own order decides, so two runs over one graph start alike.
7. Being interrupted is a result: what was waiting ends as INTERRUPTED, not as if it had succeeded.
8. A stop (the first failure where that is wanted, expired credentials) starts nothing more: what was waiting is
   BLOCKED by the stack whose end was the reason, what runs goes on.
"""

from __future__ import annotations

import graphlib
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import assert_never

Graph = Mapping[str, Collection[str]]
"""Stack name -> names of the stacks it depends on, in the order that decides among peers."""


class Status(StrEnum):
    """Where a stack is in a rollout."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    BLOCKED = "blocked"
    INTERRUPTED = "interrupted"

    @property
    def is_terminal(self) -> bool:
        match self:
            case Status.PENDING | Status.RUNNING:
                return False
            case Status.SUCCEEDED | Status.FAILED | Status.BLOCKED | Status.INTERRUPTED:
                return True
            case _:
                assert_never(self)


class CycleError(ValueError):
    """Stacks that wait for each other; `cycle` starts and ends with the same name."""

    def __init__(self, cycle: tuple[str, ...]) -> None:
        super().__init__("stacks wait for each other: " + " -> ".join(cycle))
        self.cycle = cycle


class Queue:
    """Statuses of the selected stacks of one graph (see the module's invariants)."""

    def __init__(self, graph: Graph, *, selected: Collection[str] | None = None) -> None:
        """All stacks when `selected` is None. Raises CycleError, and ValueError for a selected name not in graph."""
        self._depends_on = select(graph, graph.keys() if selected is None else selected)
        self._dependents = reverse(self._depends_on)
        self._rank = {name: rank for rank, name in enumerate(self._depends_on)}
        self._statuses = dict.fromkeys(self._depends_on, Status.PENDING)
        self._blocked_by: dict[str, str] = {}
        self._sorter = graphlib.TopologicalSorter(self._depends_on)
        self._sorter.prepare()
        self._ready = list(self._sorter.get_ready())

    @property
    def depends_on(self) -> Mapping[str, tuple[str, ...]]:
        """The graph that is run: selected stacks only, order kept through those that are not."""
        return self._depends_on

    @property
    def statuses(self) -> Mapping[str, Status]:
        return dict(self._statuses)

    @property
    def blocked_by(self) -> Mapping[str, str]:
        """Blocked stack -> the stack whose failure is the root cause."""
        return dict(self._blocked_by)

    @property
    def running(self) -> tuple[str, ...]:
        return self._with(Status.RUNNING)

    @property
    def is_finished(self) -> bool:
        return all(status.is_terminal for status in self._statuses.values())

    def claim(self) -> str | None:
        """The next stack that may start, now RUNNING; None when none may start yet."""
        startable = [name for name in self._ready if self._statuses[name] is Status.PENDING]
        if not startable:
            return None
        name = min(startable, key=self._rank.__getitem__)
        self._ready.remove(name)
        self._statuses[name] = Status.RUNNING
        return name

    def finish(self, name: str, status: Status) -> None:
        """End a running stack; its dependents become startable or BLOCKED.

        Raises ValueError when the stack is not running, or `status` is not how a run can end.
        """
        if self._statuses[name] is not Status.RUNNING:
            raise ValueError(f"{name} is {self._statuses[name]}, not running")
        match status:
            case Status.SUCCEEDED:
                self._sorter.done(name)
                self._ready.extend(self._sorter.get_ready())
            case Status.FAILED | Status.INTERRUPTED:
                self._block_dependents(name)
            case Status.PENDING | Status.RUNNING | Status.BLOCKED:
                raise ValueError(f"a run of {name} cannot end as {status}")
            case _:
                assert_never(status)
        self._statuses[name] = status

    def interrupt(self) -> tuple[str, ...]:
        """Start nothing more: what is waiting ends as INTERRUPTED. Returns what is still running."""
        for name in self._with(Status.PENDING):
            self._statuses[name] = Status.INTERRUPTED
        return self.running

    def stop(self, cause: str) -> tuple[str, ...]:
        """Start nothing more because of how `cause` ended: what waits is BLOCKED by it. Returns what still runs."""
        for name in self._with(Status.PENDING):
            self._statuses[name] = Status.BLOCKED
            self._blocked_by[name] = cause
        return self.running

    def _with(self, status: Status) -> tuple[str, ...]:
        return tuple(name for name, current in self._statuses.items() if current is status)

    def _block_dependents(self, cause: str) -> None:
        reached = list(self._dependents[cause])
        while reached:
            name = reached.pop()
            if self._statuses[name] is Status.PENDING:
                self._statuses[name] = Status.BLOCKED
                self._blocked_by[name] = cause
                reached.extend(self._dependents[name])


def reverse(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Each stack with its dependents instead of its dependencies, in reverse order: the graph of a destroy."""
    backwards = list(reversed(list(graph)))
    return {name: tuple(other for other in backwards if name in graph[other]) for name in backwards}


def select(graph: Graph, selected: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The graph of the selected stacks; edges through stacks that are not selected are kept as direct ones.

    Raises CycleError, and ValueError for a name that the graph does not have.
    """
    unknown = sorted(set(selected) - set(graph))
    if unknown:
        raise ValueError(f"no such stack: {', '.join(unknown)}")
    known = {
        name: [other for other in dependencies if other in graph] for name, dependencies in graph.items()
    }
    reached: dict[str, set[str]] = {}
    for name in _topological(known):
        direct = known[name]
        passed = (reached[other] for other in direct if other not in selected)
        reached[name] = {other for other in direct if other in selected}.union(*passed)
    return {
        name: tuple(other for other in graph if other in reached[name]) for name in graph if name in selected
    }


def _topological(graph: Graph) -> tuple[str, ...]:
    try:
        return tuple(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        raise CycleError(tuple(reversed(error.args[1]))) from error
