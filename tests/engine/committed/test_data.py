"""The data buckets of the committed fleet (rows D1 to D6, K4), read back, and objects that really travel."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.engine.committed.conftest import Standing
from tests.engine.committed.replicas import CENTRAL, REPLICAS, Bucket, client, key_arn, s3, settled

every_bucket = pytest.mark.parametrize("bucket", [CENTRAL, *REPLICAS], ids=lambda bucket: bucket.name)
every_replica = pytest.mark.parametrize("bucket", REPLICAS, ids=lambda bucket: bucket.name)
PREFIXES = {
    "datasets": "STANDARD",
    "checkpoints": "STANDARD",
    "models": "STANDARD_IA",
    "code": "STANDARD",
}


@pytest.fixture
def name() -> str:
    """A key of this test's own."""
    return f"test-{uuid.uuid4()}"


@every_bucket
def test_k4_a_bucket_is_closed_encrypted_and_kept(standing: Standing, bucket: Bucket) -> None:
    found = s3(standing, bucket)
    assert found.get_bucket_versioning(Bucket=bucket.name)["Status"] == "Enabled"
    block = found.get_public_access_block(Bucket=bucket.name)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    owner = found.get_bucket_ownership_controls(Bucket=bucket.name)["OwnershipControls"]
    assert owner["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (rule,) = found.get_bucket_encryption(Bucket=bucket.name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": key_arn(standing, bucket),
    }
    assert rule["BucketKeyEnabled"] is True
    statements = json.loads(found.get_bucket_policy(Bucket=bucket.name)["Policy"])["Statement"]
    assert statements[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@every_bucket
def test_access_logs_go_to_a_bucket_of_their_own(standing: Standing, bucket: Bucket) -> None:
    found = s3(standing, bucket)
    logs = f"ml-logs-{bucket.account}-{bucket.region}"
    enabled = found.get_bucket_logging(Bucket=bucket.name)["LoggingEnabled"]
    assert (enabled["TargetBucket"], enabled["TargetPrefix"]) == (logs, "access/")
    (rule,) = found.get_bucket_encryption(Bucket=logs)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


@every_bucket
def test_d6_lifecycle(standing: Standing, bucket: Bucket) -> None:
    rules = s3(standing, bucket).get_bucket_lifecycle_configuration(Bucket=bucket.name)["Rules"]
    tiered = {
        rule["Filter"]["Prefix"]: [(step["Days"], step["StorageClass"]) for step in rule["Transitions"]]
        for rule in rules
        if "Transitions" in rule
    }
    assert tiered == {
        "checkpoints/": [(30, "INTELLIGENT_TIERING")],
        "models/": [(30, "INTELLIGENT_TIERING")],
    }
    aborting = [rule["AbortIncompleteMultipartUpload"] for rule in rules if not rule["Filter"]["Prefix"]]
    assert aborting == [{"DaysAfterInitiation": 7}]


def test_d1_d2_d3_the_rules_of_the_central_bucket(standing: Standing) -> None:
    answer = s3(standing, CENTRAL).get_bucket_replication(Bucket=CENTRAL.name)["ReplicationConfiguration"]
    assert answer["Role"].endswith(":role/replication-main-use1")
    rules = {rule["ID"]: rule for rule in answer["Rules"]}
    assert len(rules) == 12
    assert len({rule["Priority"] for rule in answer["Rules"]}) == 12
    minutes = {"Minutes": 15}
    there = {bucket.site: bucket for bucket in REPLICAS}
    for name, rule in rules.items():
        prefix, _, site = name.partition("-to-")
        destination = rule["Destination"]
        assert rule["Filter"] == {"Prefix": f"{prefix}/"}
        assert rule["DeleteMarkerReplication"] == {"Status": "Disabled"}
        assert destination["Bucket"] == f"arn:aws:s3:::{there[site].name}"
        assert destination["StorageClass"] == PREFIXES[prefix]
        key = destination["EncryptionConfiguration"]["ReplicaKmsKeyID"]
        assert key == key_arn(standing, there[site])
        owner = {"Owner": "Destination"} if there[site].account == "secondary" else None
        assert destination.get("AccessControlTranslation") == owner
        timed = None if prefix == "models" else {"Status": "Enabled", "Time": minutes}
        threshold = {} if prefix == "models" else {"EventThreshold": minutes}
        assert destination.get("ReplicationTime") == timed
        assert destination["Metrics"] == {"Status": "Enabled", **threshold}


@pytest.mark.parametrize("prefix", PREFIXES)
def test_d1_an_object_arrives_in_every_replica_as_the_rows_say(
    standing: Standing, name: str, prefix: str
) -> None:
    key, central = f"{prefix}/{name}", s3(standing, CENTRAL)
    central.put_object(Bucket=CENTRAL.name, Key=key, Body=b"first")
    put = central.put_object(
        Bucket=CENTRAL.name, Key=key, Body=b"second", Metadata={"epoch": "2"}, Tagging="team=ml"
    )
    assert settled(standing, key) == "COMPLETED"
    for bucket in REPLICAS:
        replica = s3(standing, bucket).get_object(Bucket=bucket.name, Key=key)
        assert replica["Body"].read() == b"second"
        assert (replica["VersionId"], replica["ReplicationStatus"]) == (put["VersionId"], "REPLICA")
        assert replica.get("StorageClass", "STANDARD") == PREFIXES[prefix]
        assert replica["SSEKMSKeyId"] == key_arn(standing, bucket)
        assert replica["Metadata"] == {"epoch": "2"}
        tags = s3(standing, bucket).get_object_tagging(Bucket=bucket.name, Key=key)["TagSet"]
        assert tags == [{"Key": "team", "Value": "ml"}]
        versions = s3(standing, bucket).list_object_versions(Bucket=bucket.name, Prefix=key)["Versions"]
        assert len(versions) == 2


def test_d3_a_replica_belongs_to_its_own_account(standing: Standing, name: str) -> None:
    key = f"code/{name}"
    s3(standing, CENTRAL).put_object(Bucket=CENTRAL.name, Key=key, Body=b"x")
    assert settled(standing, key) == "COMPLETED"
    there = REPLICAS[2]
    stranger = standing.fleet.aws("s3", account="main", region=there.region)
    with pytest.raises(ClientError, match="AccessDenied"):
        stranger.get_object(Bucket=there.name, Key=key)


def test_changed_tags_travel_and_deletions_do_not(standing: Standing, name: str) -> None:
    key, central = f"datasets/{name}", s3(standing, CENTRAL)
    central.put_object(Bucket=CENTRAL.name, Key=key, Body=b"x")
    settled(standing, key)
    tags = [{"Key": "state", "Value": "old"}]
    central.put_object_tagging(Bucket=CENTRAL.name, Key=key, Tagging={"TagSet": tags})
    assert settled(standing, key) == "COMPLETED"
    central.delete_object(Bucket=CENTRAL.name, Key=key)
    after = f"datasets/{name}-after"
    central.put_object(Bucket=CENTRAL.name, Key=after, Body=b"x")
    settled(standing, after)  # objects are carried in their order
    for bucket in REPLICAS:
        replica = s3(standing, bucket)
        assert replica.get_object(Bucket=bucket.name, Key=key)["Body"].read() == b"x"
        assert replica.get_object_tagging(Bucket=bucket.name, Key=key)["TagSet"] == tags


@pytest.mark.parametrize("prefix", ["logs", "sites/main-use1", "scratch"])
def test_d2_what_no_row_names_stays_in_the_central_bucket(standing: Standing, name: str, prefix: str) -> None:
    key = f"{prefix}/{name}"
    s3(standing, CENTRAL).put_object(Bucket=CENTRAL.name, Key=key, Body=b"x")
    assert settled(standing, key) is None
    for bucket in REPLICAS:
        listed = s3(standing, bucket).list_objects_v2(Bucket=bucket.name, Prefix=key)
        assert listed["KeyCount"] == 0


@every_replica
def test_only_replication_writes_copies_and_a_site_writes_its_own(
    standing: Standing, name: str, bucket: Bucket
) -> None:
    replica = s3(standing, bucket)
    for prefix in PREFIXES:
        with pytest.raises(ClientError, match="AccessDenied"):
            replica.put_object(Bucket=bucket.name, Key=f"{prefix}/{name}", Body=b"x")
        with pytest.raises(ClientError, match="AccessDenied"):
            replica.delete_object(Bucket=bucket.name, Key=f"{prefix}/{name}")
    own = f"sites/{bucket.site}/{name}"
    replica.put_object(Bucket=bucket.name, Key=own, Body=b"x")
    replica.delete_object(Bucket=bucket.name, Key=own)
    with pytest.raises(ClientError, match="AccessDenied"):
        replica.put_object(Bucket=bucket.name, Key=own, Body=b"x", ServerSideEncryption="AES256")


@every_replica
def test_nothing_travels_back(standing: Standing, bucket: Bucket) -> None:
    with pytest.raises(ClientError, match="ReplicationConfigurationNotFoundError"):
        s3(standing, bucket).get_bucket_replication(Bucket=bucket.name)


def test_d5_three_alarms_a_rule_tell_the_topic_where_they_are(standing: Standing) -> None:
    found: dict[tuple[str, str], set[str]] = {}
    for region in ("us-east-1", "us-west-2"):
        answer = standing.fleet.aws("cloudwatch", region=region).describe_alarms(MaxRecords=100)
        for alarm in answer["MetricAlarms"]:
            if alarm["Namespace"] == "AWS/S3":
                topics = found.setdefault((region, alarm["MetricName"]), set())
                topics.update(topic.rpartition(":")[2] for topic in alarm["AlarmActions"])
                assert alarm["TreatMissingData"] == "notBreaching"
    there = {"ml-clusters-main-usw2-alerts", "ml-clusters-secondary-usw2-alerts"}
    near = {"ml-clusters-secondary-use1-alerts"}
    assert found == {
        ("us-west-2", "ReplicationLatency"): there,
        ("us-west-2", "OperationsPendingReplication"): there,
        ("us-east-1", "ReplicationLatency"): near,
        ("us-east-1", "OperationsPendingReplication"): near,
        ("us-east-1", "OperationsFailedReplication"): {"ml-clusters-main-use1-alerts"},
    }


@every_bucket
def test_each_site_has_an_encrypted_topic_with_its_subscribers(standing: Standing, bucket: Bucket) -> None:
    sns = client(standing, "sns", bucket)
    arn = standing_topic(standing, bucket)
    attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    assert attributes["KmsMasterKeyId"] == key_arn(standing, bucket)
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    assert [(item["Protocol"], item["Endpoint"]) for item in subscriptions] == [
        ("email", "ml-platform@example.org")
    ]


def standing_topic(standing: Standing, bucket: Bucket) -> str:
    topics: list[dict[str, Any]] = client(standing, "sns", bucket).list_topics()["Topics"]
    (arn,) = [
        topic["TopicArn"]
        for topic in topics
        if topic["TopicArn"].endswith(f":ml-clusters-{bucket.site}-alerts")
    ]
    return str(arn)


@pytest.mark.parametrize("bucket", REPLICAS[::2], ids=lambda bucket: bucket.site)
def test_promote_publishes_what_a_site_wrote_everywhere_and_once(
    standing: Standing, name: str, bucket: Bucket
) -> None:
    own = f"sites/{bucket.site}/checkpoints/{name}/step-1"
    s3(standing, bucket).put_object(Bucket=bucket.name, Key=own, Body=b"weights", Metadata={"loss": "1"})
    arguments = ("data", "promote", bucket.site, f"checkpoints/{name}/")
    assert standing.fleet.fleet(*arguments).out.startswith("1 of 1 objects copied")
    assert standing.fleet.fleet(*arguments).out.startswith("0 of 1 objects copied")
    key = f"checkpoints/{name}/step-1"
    assert settled(standing, key) == "COMPLETED"
    for replica in REPLICAS:
        found = s3(standing, replica).get_object(Bucket=replica.name, Key=key)
        assert found["Body"].read() == b"weights"
        assert found["Metadata"]["loss"] == "1"


def test_d4_replicate_existing_can_be_run_at_any_time(standing: Standing) -> None:
    done = standing.fleet.fleet("data", "replicate-existing")
    assert (
        done.code,
        done.out.startswith("report: s3://ml-data-main-us-east-1/logs/batch-replication/job-"),
    ) == (
        0,
        True,
    ), done.err
    status = standing.fleet.fleet("data", "status", "--json")
    assert status.code == 0, status.out
    assert status.json["causes"] == []
    assert status.json["job"]["status"] == "Complete"
    assert len(status.json["rules"]) == 12
