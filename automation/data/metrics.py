"""The metrics of replication, read from CloudWatch where S3 publishes them (plan/replication_alarms.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from automation.data.state import Measured
from plan.replication import ReplicationPlan, RulePlan
from plan.replication_alarms import FAILED, LATENCY, NAMESPACE, PENDING, dimensions

BYTES = "BytesPendingReplication"

LATEST = {PENDING: "Minimum", BYTES: "Minimum", LATENCY: "Maximum"}
"""What is asked of the last minute; what waited in all of it, waits."""

FRESH = timedelta(minutes=30)
"""S3 publishes every minute or five, with some minutes' delay; older values say nothing about now."""

FAILURES_KEPT = timedelta(days=14)
"""How far back failures count: CloudWatch keeps minutes for 15 days."""

MINUTES_FOR = timedelta(days=1)
"""Failures of a shorter time are added up by the minute, so that none from before a repair is among them."""

UNDER_WAY = timedelta(minutes=1)
"""Asked beyond now: CloudWatch leaves out what is stamped at the end of the time asked for, the last second."""

CloudWatch = Callable[[str], Any]
"""A CloudWatch client of the central account, by region."""


@dataclass(frozen=True, slots=True)
class _Asked:
    rule: RulePlan
    metric: str
    statistic: str
    period_s: int


def measure(
    plan: ReplicationPlan, cloudwatch: CloudWatch, *, now: datetime, healed: datetime | None
) -> dict[str, Measured]:
    """What is known of each rule, by its id; `healed` is when a job last reached everything that had failed."""
    since = max(healed or now - FAILURES_KEPT, now - FAILURES_KEPT)
    period_s = 60 if now - since <= MINUTES_FOR else 3600
    failed = _read(
        cloudwatch(plan.source.region),
        plan,
        [_Asked(rule, FAILED, "Sum", period_s) for rule in plan.rules],
        since,
        now + UNDER_WAY,
    )
    latest: dict[tuple[str, str], list[float]] = {}
    for region in dict.fromkeys(end.region for end in plan.destinations):
        asked = [
            _Asked(rule, metric, statistic, 60)
            for rule in plan.rules
            if rule.destination.region == region
            for metric, statistic in LATEST.items()
        ]
        latest |= _read(cloudwatch(region), plan, asked, now - FRESH, now + UNDER_WAY)
    return {rule.id: _measured(rule, latest, failed) for rule in plan.rules}


def _measured(
    rule: RulePlan,
    latest: Mapping[tuple[str, str], list[float]],
    failed: Mapping[tuple[str, str], list[float]],
) -> Measured:
    def newest(metric: str) -> float | None:
        values = latest.get((rule.id, metric))
        return values[0] if values else None

    pending, size = newest(PENDING), newest(BYTES)
    return Measured(
        pending=None if pending is None else int(pending),
        pending_bytes=None if size is None else int(size),
        latency_s=newest(LATENCY),
        failed=int(sum(failed.get((rule.id, FAILED), ()))),
    )


def _read(
    client: Any, plan: ReplicationPlan, asked: Iterable[_Asked], start: datetime, end: datetime
) -> dict[tuple[str, str], list[float]]:
    """The values of each metric, the newest first."""
    by_id = {f"m{index}": item for index, item in enumerate(asked)}
    queries = [
        {
            "Id": query,
            "MetricStat": {
                "Metric": _metric(plan, item),
                "Period": item.period_s,
                "Stat": item.statistic,
            },
        }
        for query, item in by_id.items()
    ]
    found: dict[tuple[str, str], list[float]] = {}
    pages = client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=start, EndTime=end, ScanBy="TimestampDescending"
    )
    for page in pages:
        for result in page["MetricDataResults"]:
            item = by_id[result["Id"]]
            found.setdefault((item.rule.id, item.metric), []).extend(result["Values"])
    return found


def _metric(plan: ReplicationPlan, item: _Asked) -> dict[str, Any]:
    named = dimensions(plan.source.bucket, item.rule.destination.bucket, item.rule.id)
    return {
        "Namespace": NAMESPACE,
        "MetricName": item.metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in named.items()],
    }
