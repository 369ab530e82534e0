from __future__ import annotations

from dataclasses import replace

import pytest

from automation import progress
from automation.controller import (
    Answered,
    Ended,
    Event,
    Insisting,
    Interrupting,
    Outcome,
    Reason,
    Run,
    Started,
)
from automation.events import Planned
from automation.live import Row, Slowest, View
from automation.progress import Told
from automation.queue import Status
from automation.report import Path
from automation.urn import Named

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
    ],
)
def test_progress_is_a_line_an_event(event: Event, line: str) -> None:
    assert progress.lines(event, "up") == [line]


def test_an_interrupted_rollout_says_of_each_stack_what_it_waits_for() -> None:
    waiting = Interrupting(waiting_for={"a": ("create of vpc",), "b": ()})
    assert progress.lines(waiting, "up") == [
        "interrupted: nothing more is started; what is open ends first, so that nothing is left pending:",
        "a: waiting for create of vpc",
        "b: waiting for its engine to end",
    ]


@pytest.mark.parametrize(
    ("is_asked", "first"),
    [
        (True, []),
        (
            False,
            [
                (
                    "a second signal changes nothing without a terminal; what is open ends first "
                    "(SIGKILL ends fleet at once, its engines go on):"
                )
            ],
        ),
    ],
)
def test_a_second_signal_says_again_what_is_open(is_asked: bool, first: list[str]) -> None:
    insisting = Insisting(waiting_for={"a": ("create of vpc",)}, is_asked=is_asked)
    assert progress.lines(insisting, "up") == [*first, "a: waiting for create of vpc"]


@pytest.mark.parametrize("event", [Planned(stack="a", total=3), Answered(stops=False)])
def test_a_plan_can_wait_and_an_answer_is_no_line(event: Event | Planned) -> None:
    assert progress.lines(event, "up") == []


def row(
    stack: str = "a", done: int = 12, *, slowest: Slowest | None = None, status: Status = Status.RUNNING
) -> Row:
    return Row(
        stack=stack,
        status=status,
        done=done,
        total=57,
        slowest=slowest,
        note="",
        elapsed_s=50.0,
        is_previewing=False,
    )


def view(*rows: Row) -> View:
    path = Path(stacks=(), duration_s=0.0)
    return View(verb="up", rows=rows, elapsed_s=50.0, critical_path=path, left_s=None, finishing=None)


NAT = Slowest(
    resource=Named(token="aws:ec2/natGateway:NatGateway", layer="network", name="nat-use1-az4"),
    elapsed_s=41.9,
    usual_s=100.0,
)


def test_progress_names_the_slowest_open_resource_and_its_usual_time() -> None:
    said = "a: up 12/57, NatGateway nat-use1-az4 41 s"
    assert progress.progress(row(slowest=NAT), "up") == f"{said} (usually 100 s)"
    assert progress.progress(row(slowest=replace(NAT, usual_s=None)), "up") == said
    assert progress.progress(row(), "up") == "a: up 12/57"
    previewing = replace(row(), total=None, is_previewing=True)
    assert progress.progress(previewing, "up") == "a: preview 12"


def test_a_stack_says_something_new_once_a_second_at_most() -> None:
    told: dict[str, progress.Told] = {}
    said: list[tuple[float, str]] = []
    for now_s, done in [(0.0, 0), (0.5, 1), (1.0, 2), (1.4, 3), (1.5, 4), (2.5, 4), (3.0, 5)]:
        lines, told = progress.due(view(row(done=done)), told, now_s)
        said += [(now_s, line) for line in lines]
    assert said == [(0.5, "a: up 1/57"), (1.5, "a: up 4/57"), (3.0, "a: up 5/57")]


def test_a_stack_with_nothing_new_is_mentioned_every_thirty_seconds() -> None:
    told: dict[str, progress.Told] = {}
    said: list[float] = []
    for now_s in range(100):
        lines, told = progress.due(view(row(slowest=NAT)), told, float(now_s))
        said += [float(now_s) for _ in lines]
    assert said == [0.0, 30.0, 60.0, 90.0]


def test_stacks_speak_for_themselves_and_only_while_they_run() -> None:
    ended = row("c", status=Status.SUCCEEDED)
    lines, told = progress.due(view(row("a"), row("b", 3), ended), {}, 7.0)
    assert lines == ["a: up 12/57", "b: up 3/57"]
    assert told == {"a": Told(at_s=7.0, count="12/57"), "b": Told(at_s=7.0, count="3/57")}
