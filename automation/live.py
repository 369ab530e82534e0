"""What is known of a running rollout, and what of it is worth showing. Pure: events and the clock are arguments.

`begin` makes a state, `heard` takes the controller's and the rollout's events, `stepped` an engine's, and `view`
says what there is to see at a moment. How it looks is automation/live_table.py's and automation/progress.py's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from automation import estimate
from automation.controller import Answered, Ended, Event, Insisting, Interrupting, Outcome, Run, Started
from automation.events import Planned, PlannedStep, Step, counts, is_work
from automation.queue import Graph, Status
from automation.report import Path, critical_path
from automation.urn import Named, named
from plan.usual_times import USUAL_S

Key = tuple[str, str]
"""URN and operation: a replaced resource is created and deleted under one URN."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """One stack. `open` are the operations being carried out with the time of their begin; `total` is None until
    somebody said how many there will be.
    """

    waits_for: tuple[str, ...]
    started_s: float | None = None
    run: Run | None = None
    total: int | None = None
    planned: tuple[PlannedStep, ...] = ()
    done: frozenset[Key] = frozenset()
    open: Mapping[Key, float] = field(default_factory=dict)
    is_previewing: bool = False

    @property
    def status(self) -> Status:
        if self.run:
            return self.run.outcome.status
        return Status.PENDING if self.started_s is None else Status.RUNNING

    def elapsed_s(self, now_s: float) -> float:
        """Seconds of running so far, or in all; 0 for what never ran."""
        if self.run:
            return self.run.duration_s
        return 0.0 if self.started_s is None else now_s - self.started_s


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """One run over one graph of stacks, since `begun_s` of the clock."""

    verb: str
    begun_s: float
    stacks: Mapping[str, Watched]
    finishing: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Slowest:
    """The resource that has been worked on for longest; `usual_s` only where it is known for this operation."""

    resource: Named
    elapsed_s: float
    usual_s: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One stack at a moment; `note` is what there is to say besides its numbers."""

    stack: str
    status: Status
    done: int
    total: int | None
    slowest: Slowest | None
    note: str
    elapsed_s: float | None
    is_previewing: bool

    @property
    def count(self) -> str:
        """`12/57`, `12` where nobody knows of how many, nothing where nothing was or is to be done."""
        if self.is_previewing or not self.total:
            return str(self.done) if self.done else ""
        return f"{self.done}/{self.total}"


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """All stacks at a moment. `left_s` is None where nothing can be said about it; `finishing` are the stacks
    whose open operations an interrupted run waits for.
    """

    verb: str
    rows: tuple[Row, ...]
    elapsed_s: float
    critical_path: Path
    left_s: float | None
    finishing: tuple[str, ...] | None


def begin(verb: str, graph: Graph, now_s: float) -> State:
    """The state before anything has happened; `graph` is the one that is run."""
    stacks = {name: Watched(waits_for=tuple(needs)) for name, needs in graph.items()}
    return State(verb=verb, begun_s=now_s, stacks=stacks)


def heard(state: State, event: Event | Planned, now_s: float) -> State:
    """The state after an event of the controller or the rollout."""
    match event:
        case Started(stack=stack):
            return _with(state, stack, replace(state.stacks[stack], started_s=now_s))
        case Ended(run=run):
            return _with(state, run.stack, replace(state.stacks[run.stack], run=run, open={}))
        case Interrupting(waiting_for=stacks):
            return replace(state, finishing=tuple(stacks))
        case Insisting() | Answered():
            return state
        case Planned(stack=stack, total=total, steps=steps):
            # What was counted until now was a preview.
            watched = replace(
                state.stacks[stack],
                total=total,
                planned=steps,
                done=frozenset(),
                open={},
                is_previewing=False,
            )
            return _with(state, stack, watched)


def stepped(state: State, stack: str, step: Step, now_s: float) -> State:
    """The state after a step of the engine. A preview counts every resource, a change only what is changed."""
    if not step.is_preview and not is_work(step.operation):
        return state
    watched = state.stacks[stack]
    key = (step.urn, step.operation)
    is_known = key in watched.done
    still_open = {other: since_s for other, since_s in watched.open.items() if other != key}
    if step.phase == "begun" and not step.is_preview and not is_known:
        still_open[key] = now_s
    done = watched.done | {key} if step.phase == "done" else watched.done
    return _with(state, stack, replace(watched, open=still_open, done=done, is_previewing=step.is_preview))


def view(state: State, now_s: float) -> View:
    """What there is to see now."""
    unended = {name for name, watched in state.stacks.items() if not watched.run}
    return View(
        verb=state.verb,
        rows=tuple(_row(name, watched, unended, now_s) for name, watched in state.stacks.items()),
        elapsed_s=now_s - state.begun_s,
        critical_path=critical_path(
            {name: watched.elapsed_s(now_s) for name, watched in state.stacks.items()}, _graph(state)
        ),
        left_s=_left_s(state, now_s),
        finishing=state.finishing,
    )


def ending(outcome: Outcome) -> str:
    """How a stack ended, in half a line."""
    return f"{outcome.status}: {outcome.cause or counts(outcome.operations) or outcome.reason}"


def _with(state: State, stack: str, watched: Watched) -> State:
    return replace(state, stacks={**state.stacks, stack: watched})


def _graph(state: State) -> dict[str, tuple[str, ...]]:
    return {name: watched.waits_for for name, watched in state.stacks.items()}


def _row(name: str, watched: Watched, unended: set[str], now_s: float) -> Row:
    return Row(
        stack=name,
        status=watched.status,
        done=len(watched.done),
        total=watched.total,
        slowest=_slowest(name, watched, now_s),
        note=_note(watched, unended),
        elapsed_s=None if watched.started_s is None else watched.elapsed_s(now_s),
        is_previewing=watched.is_previewing,
    )


def _slowest(stack: str, watched: Watched, now_s: float) -> Slowest | None:
    """The first to have begun; a layer is open as long as what is in it, and says nothing."""
    open_s = {key: since_s for key, since_s in watched.open.items() if not named(stack, key[0]).is_component}
    if not open_s:
        return None
    urn, operation = min(open_s, key=open_s.__getitem__)
    resource = named(stack, urn)
    usual_s = USUAL_S.get(resource.token) if operation in estimate.CREATES else None
    return Slowest(resource=resource, elapsed_s=now_s - open_s[urn, operation], usual_s=usual_s)


def _note(watched: Watched, unended: set[str]) -> str:
    if watched.run:
        return ending(watched.run.outcome)
    if watched.started_s is None:
        waited = [name for name in watched.waits_for if name in unended]
        return f"waits for {', '.join(waited)}" if waited else "waits for its turn"
    if watched.is_previewing:
        return "preview"
    return "" if watched.done or watched.open else "starting"


def _left_s(state: State, now_s: float) -> float | None:
    """Seconds until the last stack is up, as usual; None when some stack is unknown or nothing long is left."""
    running = {name: watched for name, watched in state.stacks.items() if not watched.run}
    if state.verb != "up" or state.finishing is not None or any(w.total is None for w in running.values()):
        return None
    left_s = {
        name: estimate.left_s(watched.planned, watched.done, watched.open, now_s)
        for name, watched in running.items()
    }
    return critical_path(left_s, _graph(state)).duration_s or None
