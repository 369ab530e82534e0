"""A line when a stack starts and when it ends, on standard error: what a log or a pipe can take."""

from __future__ import annotations

from collections.abc import Callable

from automation.controller import Ended, Event, Interrupting, Listener, Run, Started
from automation.events import counts


def plain(write: Callable[[str], object], *, verb: str) -> Listener:
    """A listener that writes lines; `verb` says what is being done to stacks, such as "preview"."""

    def listener(event: Event) -> None:
        match event:
            case Started(stack=stack):
                write(f"{stack}: {verb} started")
            case Ended(run=run):
                write(f"{run.stack}: {verb} {ending(run)}")
            case Interrupting(waiting_for=stacks):
                names = ", ".join(stacks) or "nothing"
                write(f"interrupted: nothing more is started; waiting for open operations of {names}")

    return listener


def ending(run: Run) -> str:
    """How a run ended, in half a line."""
    outcome = run.outcome
    told = f"{outcome.status}: {outcome.cause or counts(outcome.operations) or outcome.reason}"
    return told if run.started_s is None else f"{told} ({run.duration_s:.1f} s)"
