"""Jobs of S3 Batch Replication: what live replication never saw or could not carry, carried once more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from automation.errors import FleetError
from plan import names
from plan.replication import REPORTS, ReplicationPlan

RUNNING = ("New", "Preparing", "Ready", "Active", "Pausing", "Paused", "Suspended", "Completing")
"""A job in one of these is not over (S3 API Reference, JobDescriptor)."""

COMPLETE = "Complete"
LOOK_EVERY_S = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A job and how far it is."""

    id: str
    status: str
    created: datetime
    total: int
    succeeded: int
    failed: int
    failures: tuple[str, ...] = ()

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @property
    def has_healed(self) -> bool:
        """Whether it reached every object that was not replicated when it began."""
        return self.status == COMPLETE and not self.failed

    def __str__(self) -> str:
        said = f"job {self.id}: {self.status}, {self.succeeded} of {self.total} objects replicated"
        said += f", {self.failed} failed" if self.failed else ""
        return "; ".join((said, *self.failures))


def jobs_of(control: Any, plan: ReplicationPlan) -> tuple[Job, ...]:
    """The fleet's jobs that S3 still knows (90 days), the newest first."""
    ours = [item for item in _listed(control, plan) if item.get("Description") == _about(plan)]
    return tuple(sorted(map(_job, ours), key=lambda job: job.created, reverse=True))


def last_healed(jobs: tuple[Job, ...]) -> datetime | None:
    """When the newest job began that reached everything; what failed before it is replicated."""
    return next((job.created for job in jobs if job.has_healed), None)


def start(control: Any, plan: ReplicationPlan) -> tuple[Job, bool]:
    """The job that runs, or a new one, and whether it is new.

    Two who start one at the same moment get the same job: the token names the last one that they both saw.
    """
    jobs = jobs_of(control, plan)
    running = next((job for job in jobs if job.is_running), None)
    if running is not None:
        return running, False
    token = f"{names.PROJECT}-after-{jobs[0].id if jobs else 'none'}"
    try:
        answer = control.create_job(**_request(plan, token))
    except ClientError as error:
        raise FleetError(
            f"S3 takes no Batch Replication job: {error}", remedy=f"run: fleet up --only {names.LINKS}"
        ) from error
    return describe(control, plan, answer["JobId"]), True


def describe(control: Any, plan: ReplicationPlan, job_id: str) -> Job:
    """The job as it is now."""
    return _job(control.describe_job(AccountId=plan.source.account_id, JobId=job_id)["Job"])


def follow(
    control: Any,
    plan: ReplicationPlan,
    job: Job,
    *,
    tell: Callable[[str], None],
    pause: Callable[[float], None] = time.sleep,
) -> Job:
    """Tell how far a job is, each time that this changes, until it is over."""
    said = ""
    while True:
        if (line := str(job)) != said:
            tell(line)
            said = line
        if not job.is_running:
            return job
        pause(LOOK_EVERY_S)
        job = describe(control, plan, job.id)


def _listed(control: Any, plan: ReplicationPlan) -> Iterator[dict[str, Any]]:
    """Every job of the account and region; boto3 has no paginator for them."""
    more: dict[str, str] = {}
    while True:
        page = control.list_jobs(AccountId=plan.source.account_id, **more)
        yield from page.get("Jobs", ())
        if "NextToken" not in page:
            return
        more = {"NextToken": page["NextToken"]}


def _request(plan: ReplicationPlan, token: str) -> dict[str, Any]:
    """Every object that is NONE (from before, or from before a rule) or FAILED, and that a rule covers."""
    arn = names.bucket_arn(plan.source.bucket)
    return {
        "AccountId": plan.source.account_id,
        "ClientRequestToken": token,
        "Description": _about(plan),
        "ConfirmationRequired": False,
        "Priority": 1,
        "RoleArn": names.role_arn(plan.source.account_id, plan.batch_role.name),
        "Operation": {"S3ReplicateObject": {}},
        "ManifestGenerator": {
            "S3JobManifestGenerator": {
                "SourceBucket": arn,
                "ExpectedBucketOwner": plan.source.account_id,
                "EnableManifestOutput": False,
                "Filter": {
                    "EligibleForReplication": True,
                    "ObjectReplicationStatuses": ["NONE", "FAILED"],
                },
            }
        },
        "Report": {
            "Bucket": arn,
            "Prefix": REPORTS.rstrip("/"),
            "Format": "Report_CSV_20180820",
            "Enabled": True,
            "ReportScope": "AllTasks",
        },
    }


def _job(item: dict[str, Any]) -> Job:
    progress = item.get("ProgressSummary", {})
    return Job(
        id=item["JobId"],
        status=item["Status"],
        created=item["CreationTime"],
        total=progress.get("TotalNumberOfTasks", 0),
        succeeded=progress.get("NumberOfTasksSucceeded", 0),
        failed=progress.get("NumberOfTasksFailed", 0),
        failures=tuple(reason["FailureReason"] for reason in item.get("FailureReasons", ())),
    )


def _about(plan: ReplicationPlan) -> str:
    return f"{names.PROJECT}: replicate existing objects of {plan.source.bucket}"
