"""Alarms on replication (row D5): for each rule, whether it is late, whether it stands still, whether it fails.

S3 publishes ReplicationLatency and OperationsPendingReplication in the region of the destination bucket and
OperationsFailedReplication in that of the source bucket, all in the source's account (S3 User Guide, "Using S3
Replication metrics"). An alarm is where its metric is and tells the topic of the site there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from plan import alerts
from spec import Fleet

NAMESPACE = "AWS/S3"
LATENCY = "ReplicationLatency"
PENDING = "OperationsPendingReplication"
FAILED = "OperationsFailedReplication"

LATE_AFTER_MINUTES = 30
"""Row D5: objects that are not replicated for so long are somebody's work."""

_PERIOD_S = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicationAlarmPlan:
    """An alarm when a metric of a rule is greater than the threshold in each of so many periods."""

    key: str
    description: str
    region: str
    metric_name: str
    dimensions: dict[str, str]
    statistic: Literal["Maximum", "Minimum", "Sum"]
    threshold: int
    period_s: int
    periods: int
    topic_arn: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Watch:
    """What is watched of each rule. `at_source`: the metric is published in the source bucket's region."""

    key: str
    metric_name: str
    statistic: Literal["Maximum", "Minimum", "Sum"]
    threshold: int
    periods: int
    at_source: bool
    says: str


_WATCHES = (
    _Watch(
        key="late",
        metric_name=LATENCY,
        statistic="Maximum",
        threshold=LATE_AFTER_MINUTES * 60,
        periods=1,
        at_source=False,
        says=f"an object waits for more than {LATE_AFTER_MINUTES} minutes; docs/runbooks/replication-lag.md",
    ),
    # The least of each period: a busy bucket always has something on its way, but not one that never gets empty.
    _Watch(
        key="pending",
        metric_name=PENDING,
        statistic="Minimum",
        threshold=0,
        periods=LATE_AFTER_MINUTES * 60 // _PERIOD_S,
        at_source=False,
        says=f"never empty for {LATE_AFTER_MINUTES} minutes; docs/runbooks/replication-lag.md",
    ),
    _Watch(
        key="failed",
        metric_name=FAILED,
        statistic="Sum",
        threshold=0,
        periods=1,
        at_source=True,
        says="objects are FAILED and are not tried again; docs/runbooks/failed-objects.md",
    ),
)


def plan_alarms(
    fleet: Fleet, *, source_site: str, source_bucket: str, rules: Mapping[str, tuple[str, str]]
) -> tuple[ReplicationAlarmPlan, ...]:
    """The alarms of all rules: rule id -> (site, bucket) of its destination."""
    return tuple(
        ReplicationAlarmPlan(
            key=f"{rule}-{watch.key}",
            description=f"Replication {rule}: {watch.says}",
            region=fleet.sites[source_site if watch.at_source else site].region,
            metric_name=watch.metric_name,
            dimensions=dimensions(source_bucket, bucket, rule),
            statistic=watch.statistic,
            threshold=watch.threshold,
            period_s=_PERIOD_S,
            periods=watch.periods,
            topic_arn=alerts.topic_arn(fleet, source_site if watch.at_source else site),
        )
        for rule, (site, bucket) in rules.items()
        for watch in _WATCHES
    )


def dimensions(source_bucket: str, destination_bucket: str, rule: str) -> dict[str, str]:
    """What tells the metrics of one rule from another's."""
    return {"SourceBucket": source_bucket, "DestinationBucket": destination_bucket, "RuleId": rule}
