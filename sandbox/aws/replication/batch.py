"""S3 Batch Replication: jobs whose manifest S3 generates from the objects that replication did not reach.

A job is executed at once: its manifest is made while it is created, its objects join the queue of live replication.
Source: S3 API Reference, CreateJob and S3JobManifestGenerator; S3 User Guide, "Replicating existing objects".
"""

from __future__ import annotations

import csv
import io
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.s3.models import FakeBucket, FakeKey, s3_backends
from moto.s3control import urls
from moto.s3control.responses import S3ControlResponse

from sandbox.aws.callers import PARTITION
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.replication.access import Role
from sandbox.aws.replication.carrier import CARRIER, is_eligible, status_of
from sandbox.aws.replication.configuration import bucket_named_by, rules_for, rules_of

BATCH = "batchoperations.s3.amazonaws.com"
ENDED = ("Complete", "Failed", "Cancelled")

for _path in ("/v20180820/jobs", "/v20180820/jobs/<job_id>", "/v20180820/jobs/<job_id>/status"):
    urls.url_paths[_path] = S3ControlResponse.dispatch


@dataclass(slots=True)
class Job:
    """A job and how far it is."""

    id: str
    request: dict[str, Any]
    created: datetime
    total: int = 0
    succeeded: int = 0
    failed: list[tuple[FakeKey, str]] = field(default_factory=list)
    ended: datetime | None = None
    failure: str = ""
    keys: list[FakeKey] = field(default_factory=list)

    @property
    def status(self) -> str:
        if self.failure:
            return "Failed"
        return "Complete" if self.ended else "Active"


_JOBS: dict[tuple[str, str], dict[str, Job]] = {}
"""Jobs by account and region."""


def role_lets_batch_in(call: Call) -> None:
    """S3 looks at the role when it gets the job: one that it cannot assume, or that is not there, is refused."""
    if Role.assumed_by(call.params["RoleArn"], BATCH) is None:
        raise Refused("InvalidRequest", f"S3 Batch Operations cannot assume {call.params['RoleArn']}")


def job_is_replication(call: Call) -> None:
    """The sandbox executes one kind of job, and that from a manifest that S3 generates."""
    generator = call.params.get("ManifestGenerator", {}).get("S3JobManifestGenerator")
    if "S3ReplicateObject" not in call.params["Operation"] or generator is None:
        raise Refused("InvalidRequest", "The sandbox has S3ReplicateObject with S3JobManifestGenerator only")
    source = bucket_named_by(generator["SourceBucket"])
    if source is None:
        raise Refused("InvalidRequest", "The source bucket does not exist")
    if not rules_of(source):
        raise Refused("InvalidRequest", "The source bucket has no replication configuration")


def create_job(call: Call) -> dict[str, Any]:
    """The job; the same ClientRequestToken gives the same job."""
    jobs = _jobs(call)
    token = call.params["ClientRequestToken"]
    same = next((job for job in jobs.values() if job.request["ClientRequestToken"] == token), None)
    if same is not None:
        return {"JobId": same.id}
    job = Job(id=str(uuid.uuid4()), request=dict(call.params), created=datetime.now(UTC))
    jobs[job.id] = job
    _execute(job)
    return {"JobId": job.id}


def describe_job(call: Call) -> dict[str, Any]:
    """A job in full."""
    job = _job(call)
    request = job.request
    reasons = [{"FailureCode": "Failed", "FailureReason": job.failure}] if job.failure else []
    return {
        "Job": {
            **_listed(job),
            "JobArn": f"arn:aws:s3:{call.region}:{call.account}:job/{job.id}",
            "ConfirmationRequired": request.get("ConfirmationRequired", False),
            "Operation": request["Operation"],
            "Report": request["Report"],
            "RoleArn": request["RoleArn"],
            "ManifestGenerator": request["ManifestGenerator"],
            "FailureReasons": reasons,
        }
    }


def list_jobs(call: Call) -> dict[str, Any]:
    """Jobs of an account and region, the newest first; `JobStatuses` chooses."""
    wanted = call.response.normalized_request.args.getlist("jobStatuses")
    jobs = [job for job in reversed(_jobs(call).values()) if not wanted or job.status in wanted]
    return {"Jobs": [_listed(job) for job in jobs]}


def update_status(call: Call) -> dict[str, Any]:
    """Only a job that has not ended can be cancelled, and here jobs end by themselves."""
    job = _job(call)
    raise Refused("JobStatusException", f"The job {job.id} is {job.status} and cannot be changed")


def _listed(job: Job) -> dict[str, Any]:
    summary = {
        "TotalNumberOfTasks": job.total,
        "NumberOfTasksSucceeded": job.succeeded,
        "NumberOfTasksFailed": len(job.failed),
    }
    listed = {
        "JobId": job.id,
        "Description": job.request.get("Description", ""),
        "Operation": "S3ReplicateObject",
        "Priority": job.request["Priority"],
        "Status": job.status,
        "CreationTime": job.created,
        "ProgressSummary": summary,
    }
    return listed | ({"TerminationDate": job.ended} if job.ended else {})


def _execute(job: Job) -> None:
    generator = job.request["ManifestGenerator"]["S3JobManifestGenerator"]
    bucket = bucket_named_by(generator["SourceBucket"])
    role = Role.assumed_by(job.request["RoleArn"], BATCH)
    if bucket is None or role is None:
        return  # refused before
    if not role.may_use_bucket("s3:GetReplicationConfiguration", bucket):
        job.failure, job.ended = "The role may not read the replication configuration", datetime.now(UTC)
        return
    job.keys = _manifest(bucket, generator.get("Filter", {}))
    job.total = len(job.keys)
    for key in job.keys:
        _replicate(job, role, bucket, key)
    _end_when_done(job)


def _manifest(bucket: FakeBucket, wanted: dict[str, Any]) -> list[FakeKey]:
    """Every version that a rule covers, in the wanted states of replication (NONE is no state)."""
    statuses = wanted.get("ObjectReplicationStatuses")
    eligible_only = wanted.get("EligibleForReplication", False)
    versions = [version for name in bucket.keys for version in bucket.keys.getlist(name)]
    return [
        key
        for key in versions
        if isinstance(key, FakeKey)
        and (not statuses or (status_of(key) or "NONE") in statuses)
        and (not eligible_only or any(is_eligible(key, rule) for rule in rules_for(bucket, key.name)))
    ]


def _replicate(job: Job, role: Role, bucket: FakeBucket, key: FakeKey) -> None:
    """One task: the object to each of its destinations; it failed when one of them failed."""
    if not role.may_use_bucket("s3:InitiateReplication", bucket, key.name):
        job.failed.append((key, "InitiateReplicationNotPermitted"))
        return
    rules = [rule for rule in rules_for(bucket, key.name) if is_eligible(key, rule)]
    left, reasons = [len(rules)], [""]

    def one_is_done(reason: str) -> None:
        left[0] -= 1
        reasons[0] = reasons[0] or reason
        if left[0]:
            return
        if reasons[0]:
            job.failed.append((key, reasons[0]))
        else:
            job.succeeded += 1
        _end_when_done(job)

    for rule in rules:
        CARRIER.send(bucket, key, rule, one_is_done)


def _end_when_done(job: Job) -> None:
    if job.ended is None and job.succeeded + len(job.failed) == job.total:
        job.ended = datetime.now(UTC)
        _report(job)


def _report(job: Job) -> None:
    """The completion report, where the job wants it: a manifest and one CSV file (Report_CSV_20180820)."""
    wanted = job.request["Report"]
    bucket = bucket_named_by(wanted["Bucket"]) if wanted.get("Enabled") else None
    if bucket is None:
        return
    rows = io.StringIO()
    failed = {id(key): reason for key, reason in job.failed}
    for key in job.keys:
        reason = failed.get(id(key), "")
        if reason or wanted.get("ReportScope") == "AllTasks":
            state = ["failed", "200", reason] if reason else ["succeeded", "200", ""]
            csv.writer(rows).writerow([key.bucket_name, key.name, key.version_id, *state, "Successful"])
    folder = f"{wanted.get('Prefix', '').rstrip('/')}/job-{job.id}"
    backend = s3_backends[bucket.account_id][PARTITION]
    results = f"{folder}/results/{uuid.uuid4().hex}.csv"
    backend.put_object(bucket.name, results, rows.getvalue().encode())
    manifest = {"Format": wanted.get("Format"), "Results": [{"TaskExecutionStatus": "all", "Key": results}]}
    backend.put_object(bucket.name, f"{folder}/manifest.json", json.dumps(manifest).encode())


def _jobs(call: Call) -> dict[str, Job]:
    return _JOBS.setdefault((call.account, call.region), {})


def _job(call: Call) -> Job:
    job_id = call.params["JobId"]
    if job_id not in _jobs(call):
        raise Refused("NoSuchJob", f"The specified job {job_id} does not exist")
    return _jobs(call)[job_id]


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("s3control", "CreateJob"): (job_is_replication, role_lets_batch_in),
}
OPERATIONS: dict[Key, Operation] = {
    ("s3control", "CreateJob"): create_job,
    ("s3control", "DescribeJob"): describe_job,
    ("s3control", "ListJobs"): list_jobs,
    ("s3control", "UpdateJobStatus"): update_status,
}
