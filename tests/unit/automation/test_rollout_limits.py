"""What ends a rollout early, what a choice of stacks means, and what a preview cannot know."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from automation.commands import preview
from automation.commands.preview import show_changes
from automation.controller import Outcome, Reason
from automation.credentials import Credentials
from automation.errors import FleetError, Refused
from automation.events import Failure, StackResult
from automation.interrupts import SIGNALS
from automation.queue import Status
from automation.rollout import Rollout, outcome
from automation.session import Options, Session, open_session
from plan.stacks import Stack
from tests.unit.automation.fakes import NOTHING, PENDING, FakeWorkspace, unwatched
from tests.unit.automation.rollouts import STACKS, reasons, up, written

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_what_reads_a_stack_that_failed_after_some_of_its_outputs_is_not_run(session: Session) -> None:
    """F15: the failed up applied changes before it failed; its reader never sees them."""
    engines = FakeWorkspace(dict.fromkeys(STACKS, PENDING), broken={"main-usw2": "up"})
    assert up(session, engines) == 1
    assert engines.pending["main-usw2"] == NOTHING
    assert [verb for verb, stack in engines.calls if stack == "links"] == ["preview"]


def test_fail_fast_starts_nothing_after_the_first_failure_and_says_so(session: Session) -> None:
    engines = FakeWorkspace(dict.fromkeys(STACKS, PENDING), broken={"main-use1": "up"})
    assert up(session, engines, fail_fast=True) == 1
    assert [call for call in engines.calls if call[0] == "up"] == [("up", "main-use1")]
    assert reasons(session) == {
        "main-use1": ("failed", "the engine failed", None),
        "main-usw2": ("blocked", "stopped by --fail-fast", "main-use1"),
        "secondary-use1": ("blocked", "stopped by --fail-fast", "main-use1"),
        "secondary-usw2": ("blocked", "stopped by --fail-fast", "main-use1"),
        "links": ("blocked", "a dependency failed", "main-use1"),
    }


def test_with_fail_fast_a_failed_preview_is_the_end_and_nothing_was_changed(session: Session) -> None:
    engines = FakeWorkspace(
        {**dict.fromkeys(STACKS, PENDING), "main-use1": NOTHING}, broken={"main-usw2": "preview"}
    )
    assert up(session, engines, fail_fast=True) == 1
    assert {verb for verb, _ in engines.calls} == {"preview"}
    assert reasons(session) == {
        "main-use1": ("succeeded", "no changes", None),
        "main-usw2": ("failed", "the engine failed", None),
        "secondary-use1": ("blocked", "stopped by --fail-fast", "main-usw2"),
        "secondary-usw2": ("blocked", "stopped by --fail-fast", "main-usw2"),
        "links": ("blocked", "stopped by --fail-fast", "main-usw2"),
    }


@pytest.mark.parametrize("verb", ["preview", "up"])
def test_expired_credentials_start_nothing_more_and_the_report_says_whose_and_what_next(
    session: Session, verb: str
) -> None:
    engines = FakeWorkspace(
        dict.fromkeys(STACKS, PENDING),
        expired={"main-usw2": verb},
        credentials=Credentials(arn="me", checked_at=NOW),
    )
    assert up(session, engines) == 1
    assert ("up", "secondary-use1") not in engines.calls
    expired = written(session)["stacks"][1]
    assert expired["reason"] == "the credentials expired"
    assert expired["cause"] == "the session of me ended 43 min after this run began"
    assert reasons(session)["secondary-use1"] == ("blocked", "the credentials expired", "main-usw2")
    assert written(session)["advice"] == "renew the credentials of me"
    assert written(session)["next_command"].startswith("fleet up --sandbox")


@pytest.mark.parametrize(("minutes", "warned"), [(1, True), (60, False)])
def test_a_session_that_ends_before_the_rollout_is_warned_of_before_the_question(
    session: Session, capsys: pytest.CaptureFixture[str], minutes: int, warned: bool
) -> None:
    now = datetime.now(UTC)
    session.project.durations.parent.mkdir()
    session.project.durations.write_text('{"main-use1": 600.0}')
    engines = FakeWorkspace(
        dict.fromkeys(STACKS, PENDING),
        credentials=Credentials(arn="me", checked_at=now, expires_at=now + timedelta(minutes=minutes)),
    )
    with pytest.raises(Refused):
        up(session, engines, yes=False)
    assert ("warning: the session of me ends in " in capsys.readouterr().err) is warned


def test_a_choice_of_stacks_is_explained_before_anything_runs(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = open_session(Options(root=checkout, only=("main-use1",)))
    up(chosen, FakeWorkspace({"main-use1": NOTHING}))
    said = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("note: ")]
    assert said[:2] == [
        (
            "links is not selected, but main-use1, which it reads, is: "
            f"run fleet up --root {checkout} --only links afterwards"
        ),
        "1 stack, 1 at a time (--parallel)",
    ]


def test_a_stack_whose_skipped_dependency_was_never_deployed_is_refused(checkout: Path) -> None:
    chosen = open_session(Options(root=checkout, only=("links", "main-use1")))
    engines = FakeWorkspace(dict.fromkeys(STACKS, PENDING))
    engines.resources = {"main-usw2": 57, "secondary-use1": 5, "secondary-usw2": 0}
    remedy = f"deploy first: fleet up --root {checkout} --only secondary-usw2"
    expected = f"links reads secondary-usw2, which is not deployed; {remedy}"
    with pytest.raises(FleetError, match=f"^{re.escape(expected)}$"):
        up(chosen, engines)
    assert engines.calls == []


def test_a_skipped_dependency_that_stands_is_used_as_it_is(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = open_session(Options(root=checkout, skip=("main-usw2",)))
    engines = FakeWorkspace(dict.fromkeys(STACKS, PENDING))
    engines.resources = {"main-usw2": 57}
    assert up(chosen, engines) == 0
    assert "links reads main-usw2, which is skipped: its last outputs are used" in capsys.readouterr().err


def test_how_long_stacks_took_is_remembered_on_aws_and_not_in_the_sandbox(
    checkout: Path, session: Session
) -> None:
    up(session, FakeWorkspace(dict.fromkeys(STACKS, PENDING)))
    assert not session.project.durations.exists()
    on_aws = open_session(Options(root=checkout))
    up(on_aws, FakeWorkspace(dict.fromkeys(STACKS, PENDING)))
    assert set(json.loads(on_aws.project.durations.read_text())) <= set(STACKS)


NEW, STANDING, SAME = {"create": 3, "outputs": 1}, {"create": 1, "same": 2}, {"same": 3}


@pytest.mark.parametrize(
    ("one", "two", "absent", "note"),
    [
        (NEW, NEW, (), "unknown until one and two are up"),
        (NEW, SAME, (), "unknown until one is up"),
        (NEW, STANDING, (), "unknown until one is up; previewed again after two"),
        (STANDING, STANDING, (), "previewed again after one and two"),
        (SAME, None, ("two",), "unknown until two is up"),
        (SAME, SAME, (), None),
    ],
)
def test_a_preview_notes_what_it_could_not_know(
    one: dict[str, int], two: dict[str, int] | None, absent: tuple[str, ...], note: str | None
) -> None:
    """F16, F17: outputs that will change, and outputs of stacks that were never deployed."""
    stacks = {
        "one": Stack(name="one", kind="site"),
        "two": Stack(name="two", kind="site", depends_on=("one",)),
        "links": Stack(name="links", kind="links", depends_on=("one", "two")),
    }
    pending = {"one": one, "links": NEW} | ({"two": two} if two else {})
    previewing = Rollout(FakeWorkspace(pending), stacks, max_parallel=1, watch=unwatched)
    runs, _ = previewing.preview(tuple(pending))
    notes = previewing.notes(runs, {"links": absent})
    assert notes == ({"links": note} if note else {})


def test_a_preview_of_a_reader_alone_says_what_must_be_up_first(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = open_session(Options(root=checkout, only=("links",)))
    engines = FakeWorkspace({"links": PENDING})
    engines.resources = {"main-usw2": 57, "secondary-use1": 5}
    assert show_changes(chosen, engines, preview.Asked(), max_parallel=1, as_json=False) == 2
    assert "unknown until main-use1 and secondary-usw2 are up" in capsys.readouterr().out
    options = f"--root {checkout} --only main-use1 --only secondary-usw2"
    assert written(chosen)["next_command"] == f"fleet up {options}"


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"was_interrupted": True}, (Status.INTERRUPTED, Reason.INTERRUPTED, "")),
        (
            {"was_interrupted": True, "pending": ("urn:a::b::c::vpc", "urn:a::b::c::subnet")},
            (Status.INTERRUPTED, Reason.INTERRUPTED, "left pending: vpc, subnet"),
        ),
        ({"pending": ("urn:a::b::c::vpc",)}, (Status.FAILED, Reason.ENGINE_FAILED, "no; left pending: vpc")),
        ({"ended_session": "it ended"}, (Status.FAILED, Reason.CREDENTIALS_EXPIRED, "it ended")),
    ],
)
def test_what_an_engine_left_pending_is_in_the_cause(
    result: dict[str, Any], expected: tuple[Status, Reason, str]
) -> None:
    failure = Failure(urn="", message="no")
    found = outcome(StackResult(stack="a", succeeded=False, operations={}, failures=(failure,), **result))
    assert (found.status, found.reason, found.cause) == expected
    assert found.pending == result.get("pending", ())


def test_previews_that_were_interrupted_are_the_end_even_when_each_had_done_its_work() -> None:
    stacks = {name: Stack(name=name, kind="site") for name in ("one", "two")}

    class Interrupted(FakeWorkspace):
        """One whose first preview comes with a signal, and whose engines end well all the same."""

        def preview(self, stack: str, **asked: Any) -> StackResult:
            os.kill(os.getpid(), signal.SIGINT)
            assert self.told.wait(10)
            return super().preview(stack, **asked)

        def interrupt(self) -> None:
            self.told.set()

        told = threading.Event()

    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        engines = Interrupted({"one": PENDING, "two": NOTHING})
        previewing = Rollout(engines, stacks, max_parallel=1, watch=unwatched)
        runs, _ = previewing.preview(("one",))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert runs["one"].outcome.status is Status.SUCCEEDED
    unstarted = previewing.unstarted(runs)
    assert unstarted
    assert unstarted["one"].outcome == Outcome(status=Status.INTERRUPTED, reason=Reason.INTERRUPTED)
