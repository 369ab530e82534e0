from __future__ import annotations

import pytest

from automation import report
from automation.controller import Outcome, Reason, Run
from automation.queue import Status

CHANGED = Outcome(status=Status.SUCCEEDED, reason=Reason.CHANGED, operations={"create": 2})
UNCHANGED = Outcome(status=Status.SUCCEEDED, reason=Reason.UNCHANGED, operations={"same": 2})
FAILED = Outcome(status=Status.FAILED, reason=Reason.ENGINE_FAILED, cause="vpc: no")
BLOCKED = Outcome(status=Status.BLOCKED, reason=Reason.DEPENDENCY_FAILED, cause="a did not succeed")
INTERRUPTED = Outcome(status=Status.INTERRUPTED, reason=Reason.INTERRUPTED)


def run(stack: str, outcome: Outcome, started_s: float | None = None, ended_s: float | None = None) -> Run:
    return Run(stack=stack, outcome=outcome, started_s=started_s, ended_s=ended_s)


@pytest.mark.parametrize(
    ("durations_s", "graph", "stacks", "length_s"),
    [
        ({}, {}, (), 0.0),
        ({"a": 3.0}, {"a": ()}, ("a",), 3.0),
        ({"a": 3.0, "b": 5.0}, {"a": (), "b": ()}, ("b",), 5.0),
        ({"a": 3.0, "b": 5.0, "l": 2.0}, {"a": (), "b": (), "l": ("a", "b")}, ("b", "l"), 7.0),
        ({"a": 9.0, "b": 1.0, "l": 2.0}, {"a": (), "b": (), "l": ("b",)}, ("a",), 9.0),
        ({"a": 2.0, "b": 2.0, "l": 1.0}, {"a": (), "b": (), "l": ("a", "b")}, ("a", "l"), 3.0),
        ({"a": 1.0, "b": 1.0, "c": 1.0}, {"c": ("b",), "b": ("a",), "a": ()}, ("a", "b", "c"), 3.0),
    ],
)
def test_the_critical_path_is_the_longest_chain(
    durations_s: dict[str, float], graph: dict[str, tuple[str, ...]], stacks: tuple[str, ...], length_s: float
) -> None:
    assert report.critical_path(durations_s, graph) == report.Path(stacks=stacks, duration_s=length_s)


def test_wall_time_is_from_the_first_start_to_the_last_end() -> None:
    runs = [run("a", CHANGED, 1.0, 4.0), run("b", CHANGED, 2.0, 9.5), run("c", BLOCKED)]
    assert report.wall_s(runs) == 8.5
    assert report.wall_s([run("c", BLOCKED)]) == 0.0


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], 0),
        ([CHANGED, UNCHANGED], 0),
        ([CHANGED, FAILED], 1),
        ([CHANGED, BLOCKED], 1),
        ([FAILED, INTERRUPTED], 130),
    ],
)
def test_exit_codes(outcomes: list[Outcome], expected: int) -> None:
    runs = {str(number): run(str(number), outcome) for number, outcome in enumerate(outcomes)}
    assert report.exit_code(runs) == expected


@pytest.mark.parametrize(("outcome", "expected"), [(CHANGED, 2), (UNCHANGED, 0), (FAILED, 1)])
def test_only_a_preview_counts_changes(outcome: Outcome, expected: int) -> None:
    assert report.exit_code({"a": run("a", outcome)}, changes_count=True) == expected


def test_the_report_as_json() -> None:
    runs = {
        "a": run("a", CHANGED, 0.0, 4.0),
        "b": run("b", FAILED, 0.0, 5.0),
        "l": Run(stack="l", outcome=BLOCKED, blocked_by="b"),
    }
    made = report.build(
        command="fleet up",
        runs=runs,
        graph={"a": (), "b": (), "l": ("a", "b")},
        preview_s=1.23456,
        exit_code=1,
        next_command="fleet up",
        advice="renew the session",
    )
    assert made.to_json() == {
        "version": 1,
        "command": "fleet up",
        "exit_code": 1,
        "stacks": [
            {
                "stack": "a",
                "result": "succeeded",
                "reason": "changed",
                "cause": "",
                "blocked_by": None,
                "operations": {"create": 2},
                "pending": [],
                "retries": 0,
                "recorded": 0,
                "duration_s": 4.0,
            },
            {
                "stack": "b",
                "result": "failed",
                "reason": "the engine failed",
                "cause": "vpc: no",
                "blocked_by": None,
                "operations": {},
                "pending": [],
                "retries": 0,
                "recorded": 0,
                "duration_s": 5.0,
            },
            {
                "stack": "l",
                "result": "blocked",
                "reason": "a dependency failed",
                "cause": "a did not succeed",
                "blocked_by": "b",
                "operations": {},
                "pending": [],
                "retries": 0,
                "recorded": 0,
                "duration_s": 0.0,
            },
        ],
        "preview_s": 1.235,
        "wall_s": 5.0,
        "critical_path": ["b"],
        "critical_path_s": 5.0,
        "ratio": 1.0,
        "next_command": "fleet up",
        "advice": "renew the session",
        "details": dict.fromkeys(
            ("changes", "refusals", "drift", "recovered", "left", "kept", "search_problem")
        ),
    }
