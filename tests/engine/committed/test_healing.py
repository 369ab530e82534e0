"""A replica's key that shuts replication out: it fails, it is said why, and once the key is right it is made good."""

from __future__ import annotations

import json
import uuid

from tests.engine.committed.conftest import Standing
from tests.engine.committed.replicas import CENTRAL, REPLICAS, client, key_arn, s3, settled


def test_objects_that_a_key_kept_out_are_named_with_the_cause_and_healed(standing: Standing) -> None:
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
        broken = standing.fleet.fleet("data", "status", "--json")
    finally:
        kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=whole)
    assert broken.code == 1
    assert {row["rule"]: row["failed"] for row in broken.json["rules"] if row["failed"]} == {
        "datasets-to-secondary-usw2": 1
    }
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
