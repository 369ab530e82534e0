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
    FAIL_FAST = "stopped by --fail-fast"
    CREDENTIALS_EXPIRED = "the credentials expired"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a runner says of one stack: how it ended, why, the cause in one line, and resources by operation.

    `pending` are the URNs of operations that were begun and never ended: what they made is not in the state;
    `retries` counts calls of AWS that were tried again and then succeeded, `recorded` resources that the sandbox only
    keeps.
    """

    status: Status
    reason: Reason
    cause: str = ""
    operations: Mapping[str, int] = field(default_factory=dict)
    pending: tuple[str, ...] = ()
    retries: int = 0
    recorded: int = 0


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
    """A person asked to stop. `waiting_for` is still running; each stack with its open operations in words."""

    waiting_for: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Insisting:
    """A person asked again; `waiting_for` as in Interrupting. `is_asked`: a question on the terminal follows,
    and then `Answered`; else nothing comes of it.
    """

    waiting_for: Mapping[str, tuple[str, ...]]
    is_asked: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """The question of `Insisting` is off the screen; comes from another thread than the other events."""

    stops: bool


Event = Started | Ended | Interrupting | Insisting | Answered
Listener = Callable[[Event], None]
Runner = Callable[[str], Outcome]
Message = tuple[str, Outcome] | None
"""A stack and how it ended; None: somebody asks to stop."""

SIGNAL_S = 0.2
"""Seconds after which a signal is noticed at the latest."""

Submit = Callable[[Callable[[str], None], str], object]
"""Has a stack worked on, at once or later, in this thread or another: ThreadPoolExecutor.submit."""


def never(_: Outcome) -> Reason | None:
    """No outcome keeps stacks from starting that do not depend on it."""
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Interruption:
    """What a request to stop sets off: `begin` tells the open runs to stop, `insist` hears of every later request,
    `waits_for` says what a stack still has to end.
    """

    begin: Callable[[], None] = lambda: None
    insist: Callable[[], None] = lambda: None
    waits_for: Callable[[str], tuple[str, ...]] = lambda _: ()


QUIET = Interruption()


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
        interruption: Interruption = QUIET,
        stops: Callable[[Outcome], Reason | None] = never,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`stops` gives the reason why nothing more is started after an outcome.

        Raises ValueError when `max_parallel` is below 1.
        """
        if max_parallel < 1:
            raise ValueError(f"max_parallel is {max_parallel}, must be 1 or more")
        self._queue = queue
        self._runner = runner
        self._max_parallel = max_parallel
        self._listener = listener
        self._interruption = interruption
        self._stops = stops
        self._is_interrupted = False
        self._clock = clock
        self._begin = clock()
        self._started: dict[str, float] = {}
        self._runs: dict[str, Run] = {}
        self._inbox: handover.SimpleQueue[Message] = handover.SimpleQueue()

    @property
    def is_interrupted(self) -> bool:
        return self._is_interrupted

    @property
    def is_finished(self) -> bool:
        return self._queue.is_finished

    def run(self) -> dict[str, Run]:
        """Run the queue to its end; a record for each of its stacks, in the queue's order."""
        with ThreadPoolExecutor(self._max_parallel, thread_name_prefix="stack") as pool:
            self.start(pool.submit)
            while not self.is_finished:
                self.step(pool.submit)
        return self.records()

    def start(self, submit: Submit) -> None:
        """Begin as many stacks as may run now."""
        while len(self._queue.running) < self._max_parallel and (name := self._queue.claim()) is not None:
            self._started[name] = self._now()
            submit(self._work, name)
            self._listener(Started(stack=name))

    def step(self, submit: Submit) -> None:
        """Wait for one message, an end or an interrupt, and do what follows from it."""
        match self._next():
            case None:
                self._interrupted()
            case name, outcome:
                self._end(name, outcome)
        self.start(submit)

    def _next(self) -> Message:
        """The next message, looked for again and again: a signal that comes between Python's last look for signals
        and the wait does not end the wait, and its handler would run only after the next message.
        """
        while True:
            try:
                return self._inbox.get(timeout=SIGNAL_S)
            except handover.Empty:
                continue

    def records(self) -> dict[str, Run]:
        """The record of each stack that has ended, in the queue's order."""
        return {name: self._runs[name] for name in self._queue.depends_on if name in self._runs}

    def interrupt(self) -> None:
        """Start nothing more and stop what runs; may be called from any thread and from a signal handler.

        A handler that raises could land between a claim and its start; a message cannot.
        """
        self._inbox.put(None)

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
        self._record_unstarted(Reason.DEPENDENCY_FAILED)
        if reason := self._stops(outcome):
            self._queue.stop(name)
            self._record_unstarted(reason)

    def _interrupted(self) -> None:
        if self._is_interrupted:
            self._interruption.insist()
            return
        self._is_interrupted = True
        running = self._queue.interrupt()
        waiting_for = {name: self._interruption.waits_for(name) for name in running}
        self._listener(Interrupting(waiting_for=waiting_for))
        self._interruption.begin()
        self._record_unstarted(Reason.INTERRUPTED)

    def _record_unstarted(self, reason: Reason) -> None:
        """Record the stacks that this message ended without a start."""
        blocked_by = self._queue.blocked_by
        for name, status in self._queue.statuses.items():
            if name not in self._runs and status.is_terminal:
                cause = blocked_by.get(name)
                told = f"{cause} did not succeed" if cause else ""
                outcome = Outcome(status=status, reason=reason, cause=told)
                self._record(Run(stack=name, outcome=outcome, blocked_by=cause))

    def _record(self, run: Run) -> None:
        self._runs[run.stack] = run
        self._listener(Ended(run=run))

    def _now(self) -> float:
        return self._clock() - self._begin
