from __future__ import annotations

from typing import Any

import pytest
from pulumi.automation import EngineEvent

from automation.credentials import are_expired
from automation.events import (
    Failure,
    PlannedStep,
    StackResult,
    Step,
    Tally,
    changes,
    one_line,
    step_of,
    unsaved,
)

VPC = "urn:pulumi:a::ml-clusters::x$aws:ec2/vpc:Vpc::a-network-vpc"
STACK = "urn:pulumi:a::ml-clusters::pulumi:pulumi:Stack::ml-clusters-a"


def step(
    urn: str, *, op: str = "same", old: dict[str, Any] | None, new: dict[str, Any] | None
) -> dict[str, Any]:
    kind = urn.split("::")[2].rpartition("$")[2]
    return {"resOutputsEvent": {"metadata": {"op": op, "urn": urn, "type": kind, "old": old, "new": new}}}


def summary(**operations: int) -> dict[str, Any]:
    return {"summaryEvent": {"resourceChanges": operations}}


def error(message: str, urn: str | None = None) -> dict[str, Any]:
    return {"diagnosticEvent": {"severity": "error", "message": message, "urn": urn}}


def failed(urn: str) -> dict[str, Any]:
    return {"resOpFailedEvent": {"metadata": {"op": "create", "urn": urn}}}


def tally(*events: dict[str, Any]) -> Tally:
    found = Tally()
    for event in events:
        found(EngineEvent.from_json(event))
    return found


def test_operations_are_the_engines_summary() -> None:
    found = tally(summary(create=4, same=2, delete=1)).operations
    assert found == {"create": 4, "same": 2, "delete": 1}
    assert changes(found) == {"create": 4, "delete": 1}


@pytest.mark.parametrize(
    ("old", "new", "rerecorded"),
    [
        ({"urn": VPC}, {"urn": VPC}, 0),
        ({"urn": VPC}, {"urn": VPC, "protect": False}, 0),
        ({"urn": VPC}, {"urn": VPC, "protect": True}, 1),
        ({"urn": VPC, "retainOnDelete": True}, {"urn": VPC}, 1),
        ({"urn": VPC, "provider": "one"}, {"urn": VPC, "provider": "two"}, 1),
        ({"urn": VPC + "-old"}, {"urn": VPC}, 1),
    ],
)
def test_a_resource_that_stays_but_is_recorded_otherwise_is_a_change(
    old: dict[str, Any], new: dict[str, Any], rerecorded: int
) -> None:
    found = tally(step(VPC, old=old, new=new), step(VPC, old=old, new=new), summary(same=1))
    assert changes(found.operations) == ({"state": rerecorded} if rerecorded else {})


def test_what_providers_say_of_retries_is_summed() -> None:
    lines = ("ec2 CreateSubnet succeeded; retries: 2", "kms CreateKey succeeded; retries: 1", "retries: 7")
    events = [{"diagnosticEvent": {"severity": "info", "message": f"{line}\n", "urn": VPC}} for line in lines]
    assert tally(*events).retries == 3


def test_what_the_sandbox_only_keeps_is_counted() -> None:
    told = {"severity": "info", "message": "recorded: chart not reachable in the sandbox\n", "urn": VPC}
    other = {**told, "message": "the chart is recorded\n"}
    assert tally({"diagnosticEvent": told}, {"diagnosticEvent": other}).recorded == 1


def test_a_new_output_is_a_change_that_the_summary_does_not_count() -> None:
    first = step(STACK, old={"outputs": {"a": 1}}, new={"outputs": {"a": 1}})
    last = step(STACK, old={"outputs": {"a": 1}}, new={"outputs": {"a": 1, "b": 2}})
    assert changes(tally(first, last, summary(same=1)).operations) == {"outputs": 1}


def test_outputs_that_the_first_event_does_not_know_yet_are_no_change() -> None:
    first = step(STACK, old={"outputs": {"a": 1}}, new={})
    last = step(STACK, old={"outputs": {"a": 1}}, new={"outputs": {"a": 1}})
    assert changes(tally(first, last, summary(same=1)).operations) == {}


def test_a_failed_resource_comes_with_its_providers_message_and_before_the_program() -> None:
    found = tally(
        error("program exited", STACK),
        error("<{%fg 1%}>VpcLimitExceeded: too many<{%reset%}>\n", VPC),
        failed(VPC),
        error("update failed", STACK),
    ).failures()
    assert found == (
        Failure(urn=VPC, message="VpcLimitExceeded: too many"),
        Failure(urn="", message="program exited"),
    )


def test_an_echo_is_told_only_when_there_is_nothing_else() -> None:
    echo = "an unhandled error occurred: program exited with non-zero exit code: 1"
    assert tally(error("no such site"), error(echo)).failures() == (Failure(urn="", message="no such site"),)
    assert tally(error(echo)).failures() == (Failure(urn="", message=echo),)


def test_an_engine_that_stops_before_its_first_event_is_explained_by_its_errors() -> None:
    found = Tally()
    found.add_error_line("error: the stack is currently locked by 1 lock(s)")
    found.add_error_line("")
    assert found.failures() == (Failure(urn="", message="the stack is currently locked by 1 lock(s)"),)


def test_warnings_are_no_failures() -> None:
    assert tally({"diagnosticEvent": {"severity": "warning", "message": "old", "urn": VPC}}).failures() == ()


@pytest.mark.parametrize(
    ("failures", "cause"),
    [
        ((), ""),
        ((Failure(urn="", message="locked\nby me"),), "locked by me"),
        ((Failure(urn="", message="program"), Failure(urn=VPC, message="no")), "a-network-vpc: no"),
    ],
)
def test_the_cause_is_one_line_and_prefers_a_resource(failures: tuple[Failure, ...], cause: str) -> None:
    assert StackResult(stack="a", succeeded=False, operations={}, failures=failures).cause == cause


def test_of_a_traceback_the_exception_is_told() -> None:
    message = "Program failed with an unhandled exception:\nTraceback (most recent call last):\nValueError: boom\n\n"
    assert one_line(message) == "ValueError: boom"


def step_event(kind: str, urn: str, op: str = "create", *, planning: bool | None = None) -> EngineEvent:
    metadata = {"op": op, "urn": urn, "type": "x"}
    return EngineEvent.from_json({kind: {"metadata": metadata, "planning": planning}})


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (step_event("resourcePreEvent", VPC), Step(urn=VPC, operation="create", phase="begun")),
        (
            step_event("resOutputsEvent", VPC, "same", planning=True),
            Step(urn=VPC, operation="same", phase="done", is_preview=True),
        ),
        (step_event("resOpFailedEvent", VPC), Step(urn=VPC, operation="create", phase="failed")),
        (EngineEvent.from_json(summary(create=1)), None),
    ],
)
def test_an_event_is_a_step_or_about_something_else(event: EngineEvent, expected: Step | None) -> None:
    assert step_of(event) == expected


def test_a_preview_foresees_the_steps_that_are_work() -> None:
    found = Tally()
    for op, planning in [
        ("same", True),
        ("create-replacement", True),
        ("replace", True),
        ("delete-replaced", True),
        ("update", None),
    ]:
        found(step_event("resourcePreEvent", VPC, op, planning=planning))
    assert found.planned({VPC: ("urn",)}) == (
        PlannedStep(urn=VPC, operation="create-replacement", needs=("urn",)),
        PlannedStep(urn=VPC, operation="delete-replaced", needs=("urn",)),
    )
    assert {step.needs for step in found.planned({})} == {()}


def test_a_change_that_the_state_does_not_know_is_as_good_as_pending() -> None:
    """F4: the session of the state bucket expired while a subnet was made; the engine's own words."""
    message = (
        "post-step event returned an error: failed to save snapshot: An IO error occurred while writing the new "
        'snapshot file: blob (key ".pulumi/stacks/ml-clusters/two.json") (code=Unknown): operation error S3: '
        "PutObject, "
        "https response error StatusCode: 400, RequestID: 7Rh, api error ExpiredToken: The provided token has expired."
    )
    found = tally(error(message, VPC), failed(VPC), error("update failed", STACK)).failures()
    assert unsaved(found) == (VPC,)
    assert are_expired(found)
    assert unsaved((Failure(urn=VPC, message="VpcLimitExceeded"), Failure(urn="", message=message))) == ()
