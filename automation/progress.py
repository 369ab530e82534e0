"""A line when a stack starts and when it ends, on standard error: what a log or a pipe can take."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from automation.controller import Ended, Event, Insisting, Interrupting, Listener, Run, Started
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
                for line in waiting(stacks):
                    write(line)
            case Insisting(is_asked=False, open_operations=count):
                write(
                    f"a second signal changes nothing without a terminal: {count} open operations end first "
                    "(SIGKILL ends fleet at once; its engines go on)"
                )

    return listener


def waiting(stacks: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What an interrupted rollout waits for, a line an operation."""
    if not stacks:
        return ["interrupted: nothing more is started, and nothing runs"]
    lines = [
        "interrupted: nothing more is started; what is open ends first, so that nothing is left pending:"
    ]
    for name, operations in stacks.items():
        lines += [f"{name}: waiting for {told}" for told in operations or ("its engine to end",)]
    return lines


def ending(run: Run) -> str:
    """How a run ended, in half a line."""
    outcome = run.outcome
    told = f"{outcome.status}: {outcome.cause or counts(outcome.operations) or outcome.reason}"
    return told if run.started_s is None else f"{told} ({run.duration_s:.1f} s)"
