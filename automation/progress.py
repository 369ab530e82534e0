"""A rollout in lines, on standard error: what a log or a pipe can take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from automation.controller import Answered, Ended, Event, Insisting, Interrupting, Run, Started
from automation.events import Planned
from automation.live import Row, View, ending
from automation.live_table import duration
from automation.queue import Status

LEAST_S = 1.0
"""Between two lines of progress of one stack."""

SILENCE_S = 30.0
"""After this a stack that works is mentioned even if nothing new can be said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What was last said of a stack, and when."""

    at_s: float
    count: str


def lines(event: Event | Planned, verb: str) -> list[str]:
    """What to say of an event at once; nothing when it can wait. `verb` is what is done to stacks, such as "up"."""
    match event:
        case Started(stack=stack):
            return [f"{stack}: {verb} started"]
        case Ended(run=run):
            return [f"{run.stack}: {verb} {_ended(run)}"]
        case Interrupting(waiting_for=stacks):
            return waiting(stacks)
        case Insisting(is_asked=False, waiting_for=stacks):
            told = "a second signal changes nothing without a terminal; what is open ends first (SIGKILL ends fleet "
            return [told + "at once, its engines go on):", *_open(stacks)]
        case Insisting(waiting_for=stacks):
            return _open(stacks)
        case Planned() | Answered():
            return []


def waiting(stacks: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What an interrupted rollout waits for, a line an operation."""
    if not stacks:
        return ["interrupted: nothing more is started, and nothing runs"]
    told = "interrupted: nothing more is started; what is open ends first, so that nothing is left pending:"
    return [told, *_open(stacks)]


def _open(stacks: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [
        f"{name}: waiting for {told}"
        for name, operations in stacks.items()
        for told in operations or ("its engine to end",)
    ]


def due(view: View, told: Mapping[str, Told], now_s: float) -> tuple[list[str], dict[str, Told]]:
    """The lines of progress to say now, and what has been told then: one a stack at most, see LEAST_S and SILENCE_S."""
    said: list[str] = []
    after = dict(told)
    for row in view.rows:
        if (
            row.status is Status.RUNNING
            and (row.done or row.slowest)
            and _is_due(row, told.get(row.stack), now_s)
        ):
            said.append(progress(row, view.verb))
            after[row.stack] = Told(at_s=now_s, count=row.count)
    return said, after


def progress(row: Row, verb: str) -> str:
    """`main-use1: up 12/57, NatGateway nat-use1-az4 41 s (usually 100 s)`."""
    said = f"{row.stack}: {'preview' if row.is_previewing else verb} {row.count}".rstrip()
    if row.slowest is None:
        return said
    usual = f" (usually {duration(row.slowest.usual_s)})" if row.slowest.usual_s else ""
    return f"{said}, {row.slowest.resource} {duration(row.slowest.elapsed_s)}{usual}"


def _is_due(row: Row, told: Told | None, now_s: float) -> bool:
    if told is None:
        return True
    silent_s = now_s - told.at_s
    return silent_s >= SILENCE_S or (silent_s >= LEAST_S and row.count != told.count)


def _ended(run: Run) -> str:
    told = ending(run.outcome)
    return told if run.started_s is None else f"{told} ({run.duration_s:.1f} s)"
