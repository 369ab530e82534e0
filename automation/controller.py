"""Concurrency of a rollout, and nothing else: runs what the queue gives, as many at a time as allowed.

The controller's own thread is the only one that touches the queue; runners work in threads of a pool and hand
their outcomes back. What a run does is the runner's business, what a result means the queue's.
"""

from __future__ import annotations

import logging
import queue as handover
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum

from automation.queue import Queue, Status

logger = logging.getLogger(__name__)


class Reason(StrEnum):
    """Why a stack ended as it did; the closed list that reports use."""

    CHANGED = "changed"
    UNCHANGED = "no changes"
    DESTROYED = "destroyed"
    NOT_DEPLOYED = "not deployed"
    ENGINE_FAILED = "the engine failed"
    DRIVER_FAILED = "the driver failed"
    DEPENDENCY_FAILED = "a dependency failed"
    REFUSED = "a guard refused"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a runner says of one stack: how it ended, why, the cause in one line, and resources by operation."""

    status: Status
    reason: Reason
    cause: str = ""
    operations: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """The record of one stack in one rollout; times are seconds since the rollout began, None if it never ran."""

    stack: str
    outcome: Outcome
    blocked_by: str | None = None
    started_s: float | None = None
    ended_s: float | None = None

    @property
    def duration_s(self) -> float:
        if self.started_s is None or self.ended_s is None:
            return 0.0
        return self.ended_s - self.started_s


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A stack has begun."""

    stack: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """A stack has ended, or will never start."""

    run: Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Interrupting:
    """A person asked to stop; `waiting_for` is still running."""

    waiting_for: tuple[str, ...]


Event = Started | Ended | Interrupting
Listener = Callable[[Event], None]
Runner = Callable[[str], Outcome]


class Controller:
    """One rollout of one queue; `run` it once. A runner that raises counts as failed: one broken stack must not
    take the others' records with it.
    """

    def __init__(
        self,
        queue: Queue,
        runner: Runner,
        *,
        max_parallel: int,
        listener: Listener = lambda _: None,
        on_interrupt: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`on_interrupt` tells the open runs to stop. Raises ValueError when `max_parallel` is below 1."""
        if max_parallel < 1:
            raise ValueError(f"max_parallel is {max_parallel}, must be 1 or more")
        self._queue = queue
        self._runner = runner
        self._max_parallel = max_parallel
        self._listener = listener
        self._on_interrupt = on_interrupt
        self._clock = clock
        self._begin = clock()
        self._started: dict[str, float] = {}
        self._runs: dict[str, Run] = {}
        self._inbox: handover.SimpleQueue[tuple[str, Outcome] | None] = handover.SimpleQueue()

    def run(self) -> dict[str, Run]:
        """Run the queue to its end; a record for each of its stacks, in the queue's order."""
        with ThreadPoolExecutor(self._max_parallel, thread_name_prefix="stack") as pool:
            while not self._queue.is_finished:
                self._start(pool)
                match self._inbox.get():
                    case None:
                        self._stop()
                    case name, outcome:
                        self._end(name, outcome)
                self._record_unstarted()
        return {name: self._runs[name] for name in self._queue.depends_on}

    def interrupt(self) -> None:
        """Start nothing more and stop what runs; may be called from any thread and from a signal handler.

        A handler that raises could land between a claim and its start; a message cannot.
        """
        self._inbox.put(None)

    def _start(self, pool: ThreadPoolExecutor) -> None:
        while len(self._queue.running) < self._max_parallel and (name := self._queue.claim()) is not None:
            self._started[name] = self._now()
            pool.submit(self._work, name)
            self._listener(Started(stack=name))

    def _work(self, name: str) -> None:
        try:
            outcome = self._runner(name)
        except Exception as error:
            logger.exception("runner of %s", name)
            outcome = Outcome(
                status=Status.FAILED, reason=Reason.DRIVER_FAILED, cause=f"{type(error).__name__}: {error}"
            )
        self._inbox.put((name, outcome))

    def _end(self, name: str, outcome: Outcome) -> None:
        self._queue.finish(name, outcome.status)
        self._record(Run(stack=name, outcome=outcome, started_s=self._started[name], ended_s=self._now()))

    def _stop(self) -> None:
        self._listener(Interrupting(waiting_for=self._queue.interrupt()))
        self._on_interrupt()

    def _record_unstarted(self) -> None:
        blocked_by = self._queue.blocked_by
        for name, status in self._queue.statuses.items():
            if name in self._runs or not status.is_terminal:
                continue
            cause = blocked_by.get(name)
            reason = Reason.INTERRUPTED if cause is None else Reason.DEPENDENCY_FAILED
            outcome = Outcome(status=status, reason=reason, cause=f"{cause} did not succeed" if cause else "")
            self._record(Run(stack=name, outcome=outcome, blocked_by=cause))

    def _record(self, run: Run) -> None:
        self._runs[run.stack] = run
        self._listener(Ended(run=run))

    def _now(self) -> float:
        return self._clock() - self._begin
