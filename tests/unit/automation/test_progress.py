from __future__ import annotations

import pytest

from automation import progress
from automation.controller import Ended, Event, Insisting, Interrupting, Outcome, Reason, Run, Started
from automation.queue import Status

CHANGED = Outcome(
    status=Status.SUCCEEDED, reason=Reason.CHANGED, operations={"create": 43, "same": 1, "outputs": 1}
)
UNCHANGED = Outcome(status=Status.SUCCEEDED, reason=Reason.UNCHANGED, operations={"same": 44})
FAILED = Outcome(status=Status.FAILED, reason=Reason.ENGINE_FAILED, cause="vpc: no", operations={"create": 1})
BLOCKED = Outcome(status=Status.BLOCKED, reason=Reason.DEPENDENCY_FAILED, cause="a did not succeed")


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Started(stack="a"), "a: up started"),
        (
            Ended(run=Run(stack="a", outcome=CHANGED, started_s=1.0, ended_s=13.34)),
            "a: up succeeded: 43 create, 1 outputs (12.3 s)",
        ),
        (
            Ended(run=Run(stack="a", outcome=UNCHANGED, started_s=0.0, ended_s=0.0)),
            "a: up succeeded: no changes (0.0 s)",
        ),
        (
            Ended(run=Run(stack="a", outcome=FAILED, started_s=0.0, ended_s=1.0)),
            "a: up failed: vpc: no (1.0 s)",
        ),
        (Ended(run=Run(stack="l", outcome=BLOCKED, blocked_by="a")), "l: up blocked: a did not succeed"),
        (
            Interrupting(waiting_for={}),
            "interrupted: nothing more is started, and nothing runs",
        ),
        (
            Insisting(open_operations=3, is_asked=False),
            (
                "a second signal changes nothing without a terminal: 3 open operations end first "
                "(SIGKILL ends fleet at once; its engines go on)"
            ),
        ),
    ],
)
def test_progress_is_a_line_an_event(event: Event, line: str) -> None:
    lines: list[str] = []
    progress.plain(lines.append, verb="up")(event)
    assert lines == [line]


def test_an_interrupted_rollout_says_of_each_stack_what_it_waits_for() -> None:
    lines: list[str] = []
    progress.plain(lines.append, verb="up")(Interrupting(waiting_for={"a": ("create of vpc",), "b": ()}))
    assert lines == [
        "interrupted: nothing more is started; what is open ends first, so that nothing is left pending:",
        "a: waiting for create of vpc",
        "b: waiting for its engine to end",
    ]


def test_a_question_on_the_terminal_is_no_line() -> None:
    lines: list[str] = []
    progress.plain(lines.append, verb="up")(Insisting(open_operations=3, is_asked=True))
    assert lines == []
