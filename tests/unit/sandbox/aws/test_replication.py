"""Replication as S3 does it: what travels and what does not, and what stops it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.faults import Fault
from tests.unit.sandbox.aws.cloud import SECONDARY, Cloud, policy, refusal
from tests.unit.sandbox.aws.replicated import Replicated, key_policy, lets_role_in, make


@pytest.fixture(scope="module")
def replicated(cloud: Cloud) -> Replicated:
    return make(cloud, "replicated")


@pytest.fixture(autouse=True)
def both(replicated: Replicated) -> None:
    """Everything to both, whatever a test has put in its place."""
    replicated.configure(replicated.rule(replicated.near), replicated.rule(replicated.far))


def test_an_object_arrives_everywhere_as_it_is(replicated: Replicated, cloud: Cloud) -> None:
    version = replicated.put(
        "a/b", b"bytes", Metadata={"epoch": "3"}, ContentType="text/plain", Tagging="team=ml&run=7"
    )
    assert replicated.status("a/b") == "COMPLETED"
    for end in (replicated.near, replicated.far):
        found = replicated.replica(end, "a/b")
        assert found["Body"].read() == b"bytes"
        assert (found["VersionId"], found["ReplicationStatus"]) == (version, "REPLICA")
        assert (found["Metadata"], found["ContentType"]) == ({"epoch": "3"}, "text/plain")
        assert (found["ServerSideEncryption"], found["SSEKMSKeyId"]) == ("aws:kms", end.key_arn)
        tags = end.s3.get_object_tagging(Bucket=end.name, Key="a/b")["TagSet"]
        assert {tag["Key"]: tag["Value"] for tag in tags} == {"team": "ml", "run": "7"}
    # The owner of the replica is its bucket's account; the source's account is a stranger there.
    stranger = cloud.client("s3", "main", "us-west-2")
    answer = refusal(lambda: stranger.get_object(Bucket=replicated.far.name, Key="a/b"))
    assert answer == "AccessDenied"


def test_each_version_arrives_with_its_own_bytes(replicated: Replicated) -> None:
    first, second = replicated.put("twice", b"one"), replicated.put("twice", b"two")
    assert replicated.status("twice") == "COMPLETED"
    assert replicated.status("twice", VersionId=first) == "COMPLETED"
    near = replicated.near
    listed = near.s3.list_object_versions(Bucket=near.name, Prefix="twice")["Versions"]
    assert {(item["VersionId"], item["IsLatest"]) for item in listed} == {(second, True), (first, False)}
    old = near.s3.get_object(Bucket=near.name, Key="twice", VersionId=first)
    assert old["Body"].read() == b"one"


def test_a_multipart_upload_arrives(replicated: Replicated) -> None:
    source = replicated.source
    upload = source.s3.create_multipart_upload(Bucket=source.name, Key="big")["UploadId"]
    about = {"Bucket": source.name, "Key": "big", "UploadId": upload}
    part = source.s3.upload_part(**about, PartNumber=1, Body=b"part")
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    source.s3.complete_multipart_upload(**about, MultipartUpload={"Parts": parts})
    assert replicated.status("big") == "COMPLETED"
    found = replicated.replica(replicated.far, "big")
    assert (found["Body"].read(), found["ETag"][-3:]) == (b"part", '-1"')


def test_changed_tags_travel(replicated: Replicated) -> None:
    replicated.put("tagged", Tagging="state=new")
    replicated.status("tagged")
    source, far = replicated.source, replicated.far
    tags = {"TagSet": [{"Key": "state", "Value": "old"}]}
    source.s3.put_object_tagging(Bucket=source.name, Key="tagged", Tagging=tags)
    assert replicated.status("tagged") == "COMPLETED"
    assert far.s3.get_object_tagging(Bucket=far.name, Key="tagged")["TagSet"] == tags["TagSet"]


def test_a_rule_chooses_by_prefix_and_gives_the_class(replicated: Replicated) -> None:
    there = {"StorageClass": "STANDARD_IA"}
    replicated.configure(replicated.rule(replicated.near, "models/", destination=there))
    replicated.put("models/m")
    replicated.put("logs/l")
    assert (replicated.status("models/m"), replicated.status("logs/l")) == ("COMPLETED", None)
    near = replicated.near
    assert replicated.replica(near, "models/m")["StorageClass"] == "STANDARD_IA"
    assert refusal(lambda: near.s3.get_object(Bucket=near.name, Key="logs/l")) == "NoSuchKey"


def test_what_was_there_before_stays_where_it_is(replicated: Replicated) -> None:
    source, near = replicated.source, replicated.near
    source.s3.delete_bucket_replication(Bucket=source.name)
    replicated.put("before")
    replicated.configure(replicated.rule(near))
    replicated.put("after")
    assert (replicated.status("before"), replicated.status("after")) == (None, "COMPLETED")
    assert refusal(lambda: near.s3.head_object(Bucket=near.name, Key="before")) == "404"


@pytest.mark.parametrize(("markers", "answer"), [("Disabled", "found"), ("Enabled", "404")])
def test_a_delete_marker_travels_where_the_rule_says_so(
    replicated: Replicated, markers: str, answer: str
) -> None:
    near, source, key = replicated.near, replicated.source, f"deleted-{markers}"
    replicated.configure(replicated.rule(near, DeleteMarkerReplication={"Status": markers}))
    replicated.put(key)
    replicated.status(key)
    source.s3.delete_object(Bucket=source.name, Key=key)
    replicated.put(f"{key}-after")
    replicated.status(f"{key}-after")  # one thread carries all in order

    def head() -> str:
        near.s3.head_object(Bucket=near.name, Key=key)
        return "found"

    assert refusal(head).removeprefix("accepted: ") == answer


def test_a_deleted_version_stays_in_the_replica(replicated: Replicated) -> None:
    version = replicated.put("erased")
    replicated.status("erased")
    source, near = replicated.source, replicated.near
    source.s3.delete_object(Bucket=source.name, Key="erased", VersionId=version)
    assert near.s3.head_object(Bucket=near.name, Key="erased")["VersionId"] == version


def test_an_object_on_its_way_is_pending(replicated: Replicated, cloud: Cloud) -> None:
    faults = cloud.sandbox.faults
    held = faults.add(Fault(kind="hang", service="s3", operation="ReplicateObject"))
    try:
        replicated.put("waiting")
        faults.wait_for_hit(held, timeout_s=20)
        source = replicated.source
        head = source.s3.head_object(Bucket=source.name, Key="waiting")
        assert head["ReplicationStatus"] == "PENDING"
        assert metric(cloud, replicated, "OperationsPendingReplication", "us-west-2", "Maximum") >= 1
    finally:
        faults.clear()
    assert replicated.status("waiting") == "COMPLETED"


def metric(cloud: Cloud, replicated: Replicated, name: str, region: str, statistic: str) -> float:
    """A metric of the rule to the near replica, over the last hour."""
    dimensions = {
        "SourceBucket": replicated.source.name,
        "DestinationBucket": replicated.near.name,
        "RuleId": f"all-to-{replicated.near.name}",
    }
    answer = cloud.client("cloudwatch", "main", region).get_metric_statistics(
        Namespace="AWS/S3",
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=datetime.now(UTC) - timedelta(hours=1),
        EndTime=datetime.now(UTC) + timedelta(hours=1),
        Period=86400,
        Statistics=[statistic],
    )
    return max((point[statistic] for point in answer["Datapoints"]), default=0.0)


@pytest.fixture
def broken(replicated: Replicated) -> Iterator[Replicated]:
    """The far key knows nobody but its own account."""
    far = replicated.far
    whole = {"KeyId": far.key_arn, "PolicyName": "default"}
    far.kms.put_key_policy(**whole, Policy=key_policy(SECONDARY))
    yield replicated
    far.kms.put_key_policy(**whole, Policy=key_policy(SECONDARY, lets_role_in(replicated.role)))


def test_a_key_that_does_not_admit_the_role_fails_the_object(broken: Replicated) -> None:
    broken.put("locked")
    assert broken.status("locked") == "FAILED"
    far, near = broken.far, broken.near
    assert refusal(lambda: far.s3.head_object(Bucket=far.name, Key="locked")) == "404"
    assert near.s3.head_object(Bucket=near.name, Key="locked")["ReplicationStatus"] == "REPLICA"


def test_a_failed_object_is_not_tried_again_by_itself(broken: Replicated) -> None:
    broken.put("stuck")
    assert broken.status("stuck") == "FAILED"
    far = broken.far
    far.kms.put_key_policy(
        KeyId=far.key_arn, PolicyName="default", Policy=key_policy(SECONDARY, lets_role_in(broken.role))
    )
    broken.put("next")
    assert (broken.status("next"), broken.status("stuck")) == ("COMPLETED", "FAILED")


def test_a_disabled_key_fails_the_object(replicated: Replicated) -> None:
    near = replicated.near
    key_id = near.key_arn.rpartition("/")[2]
    near.kms.disable_key(KeyId=key_id)
    replicated.put("disabled")
    status = replicated.status("disabled")
    near.kms.enable_key(KeyId=key_id)
    assert status == "FAILED"


def test_a_replica_that_does_not_admit_the_role_fails_the_object(replicated: Replicated) -> None:
    far = replicated.far
    before = far.s3.get_bucket_policy(Bucket=far.name)["Policy"]
    far.s3.delete_bucket_policy(Bucket=far.name)
    replicated.put("refused")
    status = replicated.status("refused")
    far.s3.put_bucket_policy(Bucket=far.name, Policy=before)
    assert status == "FAILED"


def test_a_role_made_again_goes_on_where_it_is_not_named(replicated: Replicated, cloud: Cloud) -> None:
    iam = cloud.client("iam")
    trust = policy({"Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"})
    allowed = iam.get_role_policy(RoleName="replicated", PolicyName="all")["PolicyDocument"]
    iam.delete_role_policy(RoleName="replicated", PolicyName="all")
    iam.delete_role(RoleName="replicated")
    replicated.put("without")
    assert replicated.status("without") == "FAILED"
    iam.create_role(RoleName="replicated", AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName="replicated", PolicyName="all", PolicyDocument=policy(*allowed["Statement"]))
    replicated.put("again")
    assert replicated.status("again") == "COMPLETED"


def broken_rules(replicated: Replicated) -> dict[str, list[dict[str, Any]]]:
    near, far = replicated.near, replicated.far
    minutes = {"Minutes": 15}
    threshold = {"Metrics": {"Status": "Enabled", "EventThreshold": minutes}}
    timed = {"ReplicationTime": {"Status": "Enabled", "Time": minutes}}
    without_key = replicated.rule(near)
    del without_key["Destination"]["EncryptionConfiguration"]
    without_account = replicated.rule(far)
    del without_account["Destination"]["Account"]
    return {
        "threshold alone": [replicated.rule(near, destination=threshold)],
        "time without metrics": [
            replicated.rule(near, destination={**timed, "Metrics": {"Status": "Disabled"}})
        ],
        "another time": [
            replicated.rule(
                near, destination={"ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 5}}}
            )
        ],
        "no replica key": [without_key],
        "owner without account": [without_account],
        "one priority twice": [replicated.rule(near), replicated.rule(far, Priority=1)],
        "one id twice": [replicated.rule(near, ID="a"), replicated.rule(far, ID="a")],
        "itself": [replicated.rule(replicated.source)],
    }


@pytest.mark.parametrize(
    "name",
    [
        "threshold alone",
        "time without metrics",
        "another time",
        "no replica key",
        "owner without account",
        "one priority twice",
        "one id twice",
        "itself",
    ],
)
def test_a_configuration_that_s3_refuses(replicated: Replicated, name: str) -> None:
    assert refusal(lambda: replicated.configure(*broken_rules(replicated)[name])) == "InvalidRequest"


def test_time_control_with_its_metrics_is_taken_and_read_back(replicated: Replicated) -> None:
    minutes = {"Minutes": 15}
    timed = {
        "ReplicationTime": {"Status": "Enabled", "Time": minutes},
        "Metrics": {"Status": "Enabled", "EventThreshold": minutes},
    }
    rule = replicated.rule(replicated.far, destination=timed)
    replicated.configure(rule)
    answer = replicated.source.s3.get_bucket_replication(Bucket=replicated.source.name)
    assert answer["ReplicationConfiguration"] == {"Role": replicated.role, "Rules": [rule]}


def test_replication_needs_versions_on_both_sides(replicated: Replicated, cloud: Cloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="plain")
    rule = replicated.rule(replicated.near)
    plain = {"Role": replicated.role, "Rules": [rule]}
    assert refusal(lambda: s3.put_bucket_replication(Bucket="plain", ReplicationConfiguration=plain)) == (
        "InvalidRequest"
    )
    rule["Destination"]["Bucket"] = "arn:aws:s3:::plain"
    assert refusal(lambda: replicated.configure(rule)) == "InvalidRequest"
    rule["Destination"]["Bucket"] = "arn:aws:s3:::nowhere"
    assert refusal(lambda: replicated.configure(rule)) == "InvalidRequest"
    s3.delete_bucket(Bucket="plain")


def test_versions_cannot_be_suspended_under_replication(replicated: Replicated) -> None:
    source = replicated.source
    suspended = {"Status": "Suspended"}
    assert (
        refusal(
            lambda: source.s3.put_bucket_versioning(Bucket=source.name, VersioningConfiguration=suspended)
        )
        == "InvalidBucketState"
    )


@pytest.mark.parametrize("account", ["main", "secondary"])
def test_a_bucket_name_is_taken_for_every_account(replicated: Replicated, cloud: Cloud, account: str) -> None:
    place = {"LocationConstraint": "us-west-2"}
    s3 = cloud.client("s3", account, "us-west-2")
    answer = refusal(lambda: s3.create_bucket(Bucket=replicated.far.name, CreateBucketConfiguration=place))
    assert answer == ("BucketAlreadyOwnedByYou" if account == "secondary" else "BucketAlreadyExists")


def test_a_bucket_with_nothing_but_old_versions_cannot_be_deleted(cloud: Cloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="old-versions")
    s3.put_bucket_versioning(Bucket="old-versions", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="old-versions", Key="a", Body=b"x")["VersionId"]
    marker = s3.delete_object(Bucket="old-versions", Key="a")["VersionId"]
    assert refusal(lambda: s3.delete_bucket(Bucket="old-versions")) == "BucketNotEmpty"
    for found in (version, marker):
        s3.delete_object(Bucket="old-versions", Key="a", VersionId=found)
    s3.delete_bucket(Bucket="old-versions")
