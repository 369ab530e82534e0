"""From metrics to a word and an advice, and from AWS to the causes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from automation.data.causes import find_causes
from automation.data.metrics import measure
from automation.data.state import Cause, Health, Measured, assess, is_well
from tests.unit.automation.data.fleet import FLEET, KEY, PLAN, Answers, Pages, absent, clients

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RULE = "code-to-secondary-usw2"
HINDERED = Cause(site="secondary-usw2", cause="the key is disabled", remedy="enable it")


@pytest.mark.parametrize(
    ("measured", "causes", "health", "advice"),
    [
        (Measured(), (), Health.QUIET, ""),
        (Measured(pending=0, latency_s=0.0), (), Health.OK, ""),
        (Measured(pending=3, latency_s=1800.0), (), Health.WORKING, ""),
        (Measured(pending=3, latency_s=1801.0), (), Health.LATE, "see docs/runbooks/replication-lag.md"),
        (Measured(pending=3, latency_s=1801.0), (HINDERED,), Health.LATE, "repair the cause below"),
        (Measured(failed=1), (), Health.FAILED, "run: fleet data replicate-existing"),
        (
            Measured(failed=1, pending=3, latency_s=1801.0),
            (HINDERED,),
            Health.FAILED,
            "repair the cause below, then: fleet data replicate-existing",
        ),
        (Measured(), (HINDERED,), Health.QUIET, "repair the cause below"),
    ],
)
def test_what_a_rule_is_and_what_to_do(
    measured: Measured, causes: tuple[Cause, ...], health: Health, advice: str
) -> None:
    states = assess(PLAN.rules, {RULE: measured}, causes, now=NOW)
    (state,) = (state for state in states if state.rule.id == RULE)
    assert (state.health, state.advice) == (health, advice)
    assert is_well([state]) == (not advice)


def test_the_oldest_is_as_old_as_the_lag_and_only_while_something_waits() -> None:
    waiting = {RULE: Measured(pending=1, latency_s=600.0)}
    done = {RULE: Measured(pending=0, latency_s=600.0)}
    oldest = [assess(PLAN.rules, found, (), now=NOW)[-1].oldest for found in (waiting, done)]
    assert oldest == [NOW - timedelta(minutes=10), None]


def test_metrics_are_read_where_s3_publishes_them() -> None:
    values = {
        (RULE, "OperationsPendingReplication"): [2.0, 9.0],
        (RULE, "BytesPendingReplication"): [2048.0],
        (RULE, "ReplicationLatency"): [61.0, 5.0],
        (RULE, "OperationsFailedReplication"): [1.0, 0.0, 3.0],
    }
    asked = {region: Pages(values) for region in ("us-east-1", "us-west-2")}
    found = measure(PLAN, asked.__getitem__, now=NOW, healed=None)
    assert found[RULE] == Measured(pending=2, pending_bytes=2048, latency_s=61.0, failed=4)
    assert found["code-to-main-usw2"] == Measured()
    failures, latest = asked["us-east-1"].asked
    assert len(failures["MetricDataQueries"]) == 12
    assert len(latest["MetricDataQueries"]) == 4 * 3  # the one destination there
    assert len(asked["us-west-2"].asked[0]["MetricDataQueries"]) == 8 * 3


@pytest.mark.parametrize(
    ("healed", "start", "period"),
    [
        (None, NOW - timedelta(days=14), 3600),
        (NOW - timedelta(days=30), NOW - timedelta(days=14), 3600),
        (NOW - timedelta(days=2), NOW - timedelta(days=2), 3600),
        (NOW - timedelta(hours=2), NOW - timedelta(hours=2), 60),
    ],
)
def test_failures_count_since_the_last_repair(healed: datetime | None, start: datetime, period: int) -> None:
    pages = Pages({})
    measure(PLAN, lambda _: pages, now=NOW, healed=healed)
    failures = pages.asked[0]
    assert failures["StartTime"] == start
    assert {query["MetricStat"]["Period"] for query in failures["MetricDataQueries"]} == {period}


def test_nothing_hinders_what_is_as_the_files_say() -> None:
    assert find_causes(FLEET, PLAN, clients()) == ()


RESTORE = "run: fleet refresh --only secondary-usw2, then: fleet up --only secondary-usw2"


@pytest.mark.parametrize(
    ("changed", "cause", "remedy"),
    [
        (
            {"get_key_policy": {"Policy": '{"Statement": []}'}},
            f"the policy of key {KEY} is not the one of the files, so it may not admit replication",
            RESTORE,
        ),
        (
            {"describe_key": {"KeyMetadata": {"KeyState": "Disabled"}}},
            f"key {KEY} is Disabled",
            "see docs/runbooks/lost-key.md",
        ),
        (
            {"describe_key": absent("NotFoundException")},
            f"key {KEY} is not there",
            "run: fleet up --only secondary-usw2 --only links",
        ),
        (
            {"get_bucket_versioning": {"Status": "Suspended"}},
            "bucket ml-data-secondary-us-west-2 keeps no versions",
            RESTORE,
        ),
        (
            {"get_bucket_versioning": absent("NoSuchBucket")},
            "bucket ml-data-secondary-us-west-2 is not there",
            "run: fleet up --only secondary-usw2",
        ),
        (
            {"get_bucket_policy": absent("NoSuchBucketPolicy")},
            "the policy of bucket ml-data-secondary-us-west-2 is not the one of the files",
            RESTORE,
        ),
    ],
)
def test_what_is_wrong_at_one_site(changed: dict[str, Any], cause: str, remedy: str) -> None:
    assert find_causes(FLEET, PLAN, clients(**changed)) == (
        Cause(site="secondary-usw2", cause=cause, remedy=remedy),
    )


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"get_role": absent("NoSuchEntity")}, "role replication-main-use1 is not there"),
        (
            {"get_role": {"Role": {"AssumeRolePolicyDocument": {}}}},
            "role replication-main-use1 is not trusted as the files say",
        ),
        (
            {"list_role_policies": {"PolicyNames": []}},
            "no policy of role replication-main-use1 is the one of the files",
        ),
        (
            {"get_role_policy": {"PolicyDocument": {}}},
            "no policy of role replication-main-use1 is the one of the files",
        ),
    ],
)
def test_what_is_wrong_with_the_role_stops_every_site(changed: dict[str, Any], cause: str) -> None:
    found = find_causes(FLEET, PLAN, clients(**changed))
    assert {item.cause for item in found} == {cause}
    assert [item.site for item in found] == ["main-usw2", "secondary-use1", "secondary-usw2"]
    assert {item.remedy for item in found} == {"run: fleet up --only links"}


def test_rules_that_are_gone_are_named() -> None:
    gone = absent("ReplicationConfigurationNotFoundError")
    found = find_causes(FLEET, PLAN, clients(get_bucket_replication=gone))
    assert [item.cause for item in found] == [f"rule {rule.id} is not there" for rule in PLAN.rules]


def test_what_may_not_be_read_is_no_cause() -> None:
    with pytest.raises(type(absent("")), match="AccessDenied"):
        find_causes(FLEET, PLAN, clients(get_role=absent("AccessDenied")))
    assert Answers(a=1).a() == 1
