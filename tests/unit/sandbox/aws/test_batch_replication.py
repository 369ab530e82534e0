"""S3 Batch Replication: what a job finds, what it carries, and what it says about it."""

from __future__ import annotations

import csv
import io
import time
import uuid
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import MAIN, SECONDARY, Cloud, refusal
from tests.unit.sandbox.aws.replicated import LONGEST_S, Replicated, key_policy, lets_role_in, make


@pytest.fixture(scope="module")
def replicated(cloud: Cloud) -> Replicated:
    return make(cloud, "batched")


def request(replicated: Replicated, *statuses: str, **more: Any) -> dict[str, Any]:
    wanted = {"EligibleForReplication": True, "ObjectReplicationStatuses": list(statuses)}
    generator = {
        "SourceBucket": replicated.source.arn,
        "ExpectedBucketOwner": MAIN,
        "EnableManifestOutput": False,
        "Filter": wanted,
    }
    report = {
        "Bucket": replicated.source.arn,
        "Prefix": "reports",
        "Format": "Report_CSV_20180820",
        "Enabled": True,
        "ReportScope": "AllTasks",
    }
    return {
        "AccountId": MAIN,
        "Operation": {"S3ReplicateObject": {}},
        "ManifestGenerator": {"S3JobManifestGenerator": generator},
        "Report": report,
        "Priority": 1,
        "RoleArn": replicated.role,
        "ConfirmationRequired": False,
        "ClientRequestToken": str(uuid.uuid4()),
        **more,
    }


def ended(control: Any, job_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + LONGEST_S
    while (job := control.describe_job(AccountId=MAIN, JobId=job_id)["Job"])["Status"] == "Active":
        assert time.monotonic() < deadline, "still active"
        time.sleep(0.01)
    return dict(job)


def test_objects_from_before_are_carried_and_reported(replicated: Replicated, cloud: Cloud) -> None:
    control, source = cloud.client("s3control"), replicated.source
    replicated.put("data/old", b"old", Tagging="a=b")
    replicated.put("other/old")
    replicated.configure(replicated.rule(replicated.far, "data/"))
    replicated.put("data/new")
    replicated.status("data/new")
    job = ended(control, control.create_job(**request(replicated, "NONE", "FAILED"))["JobId"])
    assert job["Status"] == "Complete"
    assert {key: job["ProgressSummary"][key] for key in sorted(job["ProgressSummary"])[:3]} == {
        "NumberOfTasksFailed": 0,
        "NumberOfTasksSucceeded": 1,
        "TotalNumberOfTasks": 1,
    }
    assert replicated.status("data/old") == "COMPLETED"
    assert replicated.replica(replicated.far, "data/old")["Body"].read() == b"old"
    listed = source.s3.list_objects_v2(Bucket=source.name, Prefix=f"reports/job-{job['JobId']}/results/")
    body = source.s3.get_object(Bucket=source.name, Key=listed["Contents"][0]["Key"])["Body"].read()
    (row,) = csv.reader(io.StringIO(body.decode()))
    assert row[:2] + row[3:4] == [source.name, "data/old", "succeeded"]


def test_failed_objects_are_healed_once_the_key_is(replicated: Replicated, cloud: Cloud) -> None:
    control, far = cloud.client("s3control"), replicated.far
    replicated.configure(replicated.rule(far, "data/"))
    whole = {"KeyId": far.key_arn, "PolicyName": "default"}
    far.kms.put_key_policy(**whole, Policy=key_policy(SECONDARY))
    replicated.put("data/broken")
    assert replicated.status("data/broken") == "FAILED"
    job = ended(control, control.create_job(**request(replicated, "FAILED"))["JobId"])
    assert job["ProgressSummary"]["NumberOfTasksFailed"] == 1
    far.kms.put_key_policy(**whole, Policy=key_policy(SECONDARY, lets_role_in(replicated.role)))
    job = ended(control, control.create_job(**request(replicated, "FAILED"))["JobId"])
    assert job["ProgressSummary"]["NumberOfTasksSucceeded"] == 1
    assert replicated.status("data/broken") == "COMPLETED"
    newest, before = control.list_jobs(AccountId=MAIN, JobStatuses=["Complete"])["Jobs"][:2]
    assert newest["CreationTime"] >= before["CreationTime"]
    assert newest["Operation"] == "S3ReplicateObject"


def test_one_token_is_one_job(replicated: Replicated, cloud: Cloud) -> None:
    control = cloud.client("s3control")
    replicated.configure(replicated.rule(replicated.far, "data/"))
    asked = request(replicated, "NONE")
    assert control.create_job(**asked)["JobId"] == control.create_job(**asked)["JobId"]


def test_a_role_that_batch_operations_cannot_assume_is_refused(replicated: Replicated, cloud: Cloud) -> None:
    asked = request(replicated, "NONE", RoleArn=f"arn:aws:iam::{MAIN}:role/nobody")
    assert refusal(lambda: cloud.client("s3control").create_job(**asked)) == "InvalidRequest"


def test_a_job_that_is_not_there(cloud: Cloud) -> None:
    control = cloud.client("s3control")
    assert refusal(lambda: control.describe_job(AccountId=MAIN, JobId="no-such-job")) == "NoSuchJob"
