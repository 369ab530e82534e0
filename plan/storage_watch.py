"""What watches a site's file systems: alarms as data (rows M1b, O3b).

Metrics: FSx for Lustre User Guide, "Amazon FSx for Lustre metrics and dimensions"; EFS User Guide, "CloudWatch
metrics for Amazon EFS".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

GIB = 1024**3
LEAST_FREE_SHARE = 0.1
BACKLOG_S = 30 * 60
"""As long as replication may lag before it alarms (row D5): a file system is no slower."""

RUNBOOK = "docs/runbooks/fsx-outage.md"


@dataclass(frozen=True, kw_only=True, slots=True)
class StorageAlarmPlan:
    """An alarm on one metric of one file system; its id completes the dimensions. Periods are in seconds."""

    key: str
    description: str
    namespace: Literal["AWS/FSx", "AWS/EFS"]
    metric_name: str
    statistic: Literal["Sum", "Maximum", "SampleCount", "Average"]
    comparison: Literal["LessThanThreshold", "GreaterThanThreshold"]
    threshold: float
    period_s: int
    periods: int
    missing_data: Literal["breaching", "notBreaching", "missing"]
    dimensions: dict[str, str] = field(default_factory=dict)


def lustre_alarms(site: str, capacity_gib: int, *, linked: bool) -> tuple[StorageAlarmPlan, ...]:
    """No sign of life, little room, and, where it is linked to a bucket, what waits to come in or go out."""
    # FSx publishes a value a minute for each of the file system's disks: Sum over a minute is the whole.
    free = StorageAlarmPlan(
        key="lustre-free-capacity",
        description=f"{site}: Lustre has less than a tenth of its {capacity_gib} GiB left; release files that are "
        "in the bucket (lfs hsm_release) or raise capacity_gib",
        namespace="AWS/FSx",
        metric_name="FreeDataStorageCapacity",
        statistic="Sum",
        comparison="LessThanThreshold",
        threshold=capacity_gib * GIB * LEAST_FREE_SHARE,
        period_s=60,
        periods=15,
        missing_data="missing",
    )
    silent = StorageAlarmPlan(
        key="lustre-silent",
        description=f"{site}: Lustre has reported nothing for 10 minutes; see {RUNBOOK}",
        namespace="AWS/FSx",
        metric_name="FreeDataStorageCapacity",
        statistic="SampleCount",
        comparison="LessThanThreshold",
        threshold=1,
        period_s=300,
        periods=2,
        missing_data="breaching",
    )
    return (free, silent, *(_backlog(site, way) for way in ("AutoImport", "AutoExport") if linked))


def _backlog(site: str, publisher: str) -> StorageAlarmPlan:
    came = {"AutoImport": "changes in the bucket", "AutoExport": "files of the site"}[publisher]
    return StorageAlarmPlan(
        key=f"lustre-{publisher.lower()}-backlog",
        description=f"{site}: {came} have waited more than 30 minutes for {publisher}; see {RUNBOOK}",
        namespace="AWS/FSx",
        metric_name="AgeOfOldestQueuedMessage",
        statistic="Maximum",
        comparison="GreaterThanThreshold",
        threshold=BACKLOG_S,
        period_s=300,
        periods=3,
        missing_data="notBreaching",
        dimensions={"Publisher": publisher},
    )


def efs_alarms(site: str) -> tuple[StorageAlarmPlan, ...]:
    """How near the file system is to the operations a second that its performance mode takes."""
    return (
        StorageAlarmPlan(
            key="efs-io-limit",
            description=f"{site}: EFS is near the most operations that generalPurpose takes; move what is heavy "
            "to Lustre",
            namespace="AWS/EFS",
            metric_name="PercentIOLimit",
            statistic="Average",
            comparison="GreaterThanThreshold",
            threshold=80,
            period_s=300,
            periods=3,
            missing_data="notBreaching",
        ),
    )
