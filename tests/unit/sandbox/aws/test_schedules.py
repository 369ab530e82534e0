"""EventBridge rules on a schedule, and their targets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import MAIN, Cloud, message, refusal

ARN = f"arn:aws:lambda:us-east-1:{MAIN}:function:free-addresses-0123abc"
RULE_ARN = f"arn:aws:events:us-east-1:{MAIN}:rule/free-addresses"
EVERY_FIVE_MINUTES = "rate(5 minutes)"


@pytest.fixture
def events(cloud: Cloud) -> Iterator[Any]:
    """EventBridge with a rule in it."""
    events = cloud.client("events")
    events.put_rule(
        Name="free-addresses",
        Description="Counts",
        ScheduleExpression=EVERY_FIVE_MINUTES,
        Tags=[{"Key": "fleet:urn", "Value": "x"}],
    )
    yield events
    events.delete_rule(Name="free-addresses")


def rule_of(events: Any) -> dict[str, Any]:
    read: dict[str, Any] = events.describe_rule(Name="free-addresses")
    return {key: value for key, value in read.items() if key != "ResponseMetadata"}


def test_a_rule_is_read_changed_and_tagged(events: Any) -> None:
    shown = {
        "Name": "free-addresses",
        "Arn": RULE_ARN,
        "Description": "Counts",
        "ScheduleExpression": EVERY_FIVE_MINUTES,
        "State": "ENABLED",
        "EventBusName": "default",
        "CreatedBy": MAIN,
    }
    assert rule_of(events) == shown
    events.put_rule(Name="free-addresses", ScheduleExpression="rate(1 hour)", State="DISABLED")
    changed = {**shown, "ScheduleExpression": "rate(1 hour)", "State": "DISABLED"}
    del changed["Description"]
    assert rule_of(events) == changed
    events.tag_resource(ResourceARN=RULE_ARN, Tags=[{"Key": "team", "Value": "ml"}])
    events.untag_resource(ResourceARN=RULE_ARN, TagKeys=["fleet:urn"])
    tags = events.list_tags_for_resource(ResourceARN=RULE_ARN)["Tags"]
    assert tags == [{"Key": "team", "Value": "ml"}]


def test_a_target_is_read_changed_and_removed(events: Any) -> None:
    def targets() -> Any:
        return events.list_targets_by_rule(Rule="free-addresses")["Targets"]

    target = {"Id": "function", "Arn": ARN}
    for wanted in (target, {**target, "Input": '{"a": 1}'}):
        answer = events.put_targets(Rule="free-addresses", Targets=[wanted])
        assert (answer["FailedEntryCount"], answer["FailedEntries"]) == (0, [])
        assert targets() == [wanted]
    assert refusal(lambda: events.delete_rule(Name="free-addresses")) == "ValidationException"
    assert message(lambda: events.delete_rule(Name="free-addresses")) == (
        "Rule can't be deleted since it has targets."
    )
    events.remove_targets(Rule="free-addresses", Ids=["function"])
    assert targets() == []


REFUSED: list[tuple[str, Callable[[Any], object], str]] = [
    ("the rule", lambda e: e.describe_rule(Name="none"), "ResourceNotFoundException"),
    ("its targets", lambda e: e.list_targets_by_rule(Rule="none"), "ResourceNotFoundException"),
    (
        "a target of it",
        lambda e: e.put_targets(Rule="none", Targets=[{"Id": "x", "Arn": ARN}]),
        "ResourceNotFoundException",
    ),
    (
        "the removal of one",
        lambda e: e.remove_targets(Rule="none", Ids=["x"]),
        "ResourceNotFoundException",
    ),
    ("a rule of nothing", lambda e: e.put_rule(Name="none"), "ValidationException"),
]


@pytest.mark.parametrize(
    ("call", "code"), [pytest.param(call, code, id=name) for name, call, code in REFUSED]
)
def test_a_rule_that_is_not_there(events: Any, call: Callable[[Any], object], code: str) -> None:
    assert refusal(lambda: call(events)) == code


@pytest.mark.parametrize(
    "schedule", ["rate(1 minute)", "rate(2 days)", "rate(12 hours)", "cron(0 10 * * ? *)"]
)
def test_schedules(events: Any, schedule: str) -> None:
    events.put_rule(Name="free-addresses", ScheduleExpression=schedule)
    assert rule_of(events)["ScheduleExpression"] == schedule


@pytest.mark.parametrize(
    "schedule", ["rate(1 minutes)", "rate(5 minute)", "rate(0 minutes)", "rate(5 seconds)", "every 5 minutes"]
)
def test_schedules_that_are_none(events: Any, schedule: str) -> None:
    def put() -> Any:
        return events.put_rule(Name="none", ScheduleExpression=schedule)

    assert refusal(put) == "ValidationException"
    assert message(put) == "Parameter ScheduleExpression is not valid."
