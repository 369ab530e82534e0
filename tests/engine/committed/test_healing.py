"""A replica's key that shuts replication out: it fails, it is said why, and once the key is right it is made good."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.client import Sandbox
from sandbox.faults import Faults
from tests.engine.committed.conftest import Standing
from tests.engine.committed.replicas import CENTRAL, REPLICAS, client, key_arn, s3, settled

RULE = "datasets-to-secondary-usw2"
LATER_S = 3600.0
"""Longer than an alarm looks back."""


@dataclass(frozen=True)
class Ear:
    """A queue that hears what a site's alarms say."""

    sqs: Any
    url: str

    def heard(self) -> list[str]:
        """The states that were told of the rule's alarm on failures since this was last asked."""
        said = []
        while messages := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            for item in messages:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=item["ReceiptHandle"])
                said.append(json.loads(json.loads(item["Body"])["Message"]))
        of_rule = {"name": "RuleId", "value": RULE}
        return [item["NewStateValue"] for item in said if of_rule in item["Trigger"]["Dimensions"]]


def faults(standing: Standing) -> Faults:
    return Sandbox(standing.fleet.home / "sandbox").faults


@pytest.fixture
def ear(standing: Standing) -> Iterator[Ear]:
    """Subscribed to the topic of the central bucket's site, where alarms on failures are told."""
    sns, sqs = client(standing, "sns", CENTRAL), client(standing, "sqs", CENTRAL)
    topics = [item["TopicArn"] for item in sns.list_topics()["Topics"]]
    (topic,) = [arn for arn in topics if arn.endswith(":ml-clusters-main-use1-alerts")]
    url = sqs.create_queue(QueueName="ear")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
    faults(standing).evaluate_alarms()
    ear = Ear(sqs, url)
    ear.heard()
    yield ear
    sns.unsubscribe(SubscriptionArn=subscription)
    sqs.delete_queue(QueueUrl=url)


def test_objects_that_a_key_kept_out_are_named_with_the_cause_and_healed(
    standing: Standing, ear: Ear
) -> None:
    key, there = f"datasets/test-{uuid.uuid4()}", REPLICAS[2]
    kms, arn = client(standing, "kms", there), key_arn(standing, there)
    whole = kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"]
    policy = json.loads(whole)
    kept = [item for item in policy["Statement"] if "role/replication-" not in json.dumps(item)]
    assert len(kept) < len(policy["Statement"]), "one statement admits the replication role by its name"
    try:
        kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=json.dumps({**policy, "Statement": kept}))
        s3(standing, CENTRAL).put_object(Bucket=CENTRAL.name, Key=key, Body=b"locked out")
        assert settled(standing, key) == "FAILED"
        for bucket in REPLICAS:
            listed = s3(standing, bucket).list_objects_v2(Bucket=bucket.name, Prefix=key)
            assert listed["KeyCount"] == (0 if bucket is there else 1)
        assert ear.heard() == ["ALARM"], "row D5: the alarm fires, once"
        broken = standing.fleet.fleet("data", "status", "--json")
    finally:
        kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=whole)
    assert broken.code == 1
    assert {row["rule"]: row["failed"] for row in broken.json["rules"] if row["failed"]} == {RULE: 1}
    (cause,) = broken.json["causes"]
    assert arn in json.dumps(cause)

    repaired = standing.fleet.fleet("data", "status", "--json")
    assert (repaired.code, repaired.json["causes"]) == (1, []), (
        "the cause is gone, the object is not there yet"
    )
    healed = standing.fleet.fleet("data", "replicate-existing")
    assert healed.code == 0, healed.err
    assert settled(standing, key) == "COMPLETED"
    found = s3(standing, there).get_object(Bucket=there.name, Key=key)
    assert (found["Body"].read(), found["ReplicationStatus"]) == (b"locked out", "REPLICA")
    assert standing.fleet.fleet("data", "status").code == 0
    assert ear.heard() == [], "the failure is still among what the alarm looks at"
    faults(standing).evaluate_alarms(ahead_s=LATER_S)
    assert ear.heard() == ["OK"]
