from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from automation import durations
from automation.controller import Outcome, Reason, Run
from automation.queue import Status
from plan.stacks import Stack

STACKS = {
    "one": Stack(name="one", kind="site"),
    "two": Stack(name="two", kind="site"),
    "links": Stack(name="links", kind="links", depends_on=("one", "two")),
}


def run(stack: str, reason: Reason, seconds: float) -> Run:
    outcome = Outcome(status=Status.SUCCEEDED, reason=reason)
    return Run(stack=stack, outcome=outcome, started_s=1.0, ended_s=1.0 + seconds)


def test_what_was_changed_is_remembered_beside_what_was_known(tmp_path: Path) -> None:
    path = tmp_path / "home" / "durations.json"
    durations.keep(path, {"one": run("one", Reason.CHANGED, 90.04), "two": run("two", Reason.CHANGED, 20)})
    durations.keep(
        path, {"one": run("one", Reason.UNCHANGED, 3.0), "two": run("two", Reason.ENGINE_FAILED, 1)}
    )
    assert durations.load(path) == {"one": 90.0, "two": 20.0}


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_file_that_is_not_ours_is_no_knowledge(tmp_path: Path, text: str) -> None:
    path = tmp_path / "durations.json"
    path.write_text(text)
    assert durations.load(path) == {}
    assert durations.load(tmp_path / "absent") == {}


@pytest.mark.parametrize(
    ("usual_s", "known_s", "max_parallel", "seconds"),
    [
        ({"one": 150.0, "two": 140.0, "links": 60.0}, {}, 3, 210.0),
        ({"one": 150.0, "two": 150.0, "links": 60.0}, {"two": 600.0}, 3, 660.0),
        ({"one": 150.0, "two": 150.0, "links": 60.0}, {}, 1, 360.0),
        ({"links": 60.0}, {"one": 600.0}, 3, 60.0),
        ({}, {}, 3, 0.0),
    ],
)
def test_a_rollout_takes_its_critical_path_or_all_its_work_when_few_run_at_a_time(
    usual_s: dict[str, float], known_s: dict[str, float], max_parallel: int, seconds: float
) -> None:
    found = durations.estimate(STACKS, usual_s, known_s, max_parallel=max_parallel)
    assert found == timedelta(seconds=seconds)
