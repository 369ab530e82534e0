"""Examples of buckets and of each setting of a bucket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from tests.unit.sandbox.providers.example import Example, Given
from tests.unit.sandbox.providers.needed import bucket, buckets, logged_bucket

KEY: Final = "arn:aws:kms:us-east-1:483026362307:key/1"


def _policy(given: Given, *actions: str) -> str:
    statement = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": list(actions),
        "Resource": [f"arn:aws:s3:::{given['bucket']}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _lifecycle(days: int) -> dict[str, Any]:
    return {
        "rules": [
            {
                "id": "checkpoints",
                "status": "Enabled",
                "filter": {"prefix": "checkpoints/"},
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
                "transitions": [{"days": 30, "storageClass": "INTELLIGENT_TIERING"}],
                "noncurrentVersionExpiration": {"noncurrentDays": days},
            }
        ]
    }


def _encryption(key: str) -> dict[str, Any]:
    default = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key}
    return {"rules": [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": True}]}


def _replication(given: Given, prefix: str) -> dict[str, Any]:
    destination = {
        "bucket": f"arn:aws:s3:::{given['other']}",
        "storageClass": "STANDARD",
        "encryptionConfiguration": {"replicaKmsKeyId": KEY},
        "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
        "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
    }
    rule = {
        "id": "one",
        "priority": 1,
        "status": "Enabled",
        "filter": {"prefix": prefix},
        "deleteMarkerReplication": {"status": "Disabled"},
        "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
        "destination": destination,
    }
    return {"role": given["roleArn"], "rules": [rule]}


def _inventory(frequency: str) -> dict[str, Any]:
    return {
        "name": "all",
        "includedObjectVersions": "All",
        "optionalFields": ["Size", "ReplicationStatus"],
        "schedule": {"frequency": frequency},
        "destination": {
            "bucket": {"bucketArn": "arn:aws:s3:::elsewhere", "format": "CSV", "prefix": "inventory"}
        },
    }


S3_EXAMPLES: Final[Mapping[str, Example]] = {
    "aws:s3/bucket:Bucket": Example(
        inputs=lambda _: {"bucket": "ml-example", "tags": {"Name": "a"}},
        changes=lambda _: {"tags": {"Owner": "b"}},
        replaced={"bucket": "ml-other"},
    ),
    "aws:s3/bucketVersioning:BucketVersioning": Example(
        needs=bucket,
        inputs=lambda given: {**given, "versioningConfiguration": {"status": "Enabled"}},
        replaced={"bucket": "other"},
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Example(
        needs=bucket,
        inputs=lambda given: {**given, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        changes=lambda _: {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        replaced={"bucket": "other"},
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Example(
        needs=bucket,
        inputs=lambda given: {**given, "blockPublicAcls": True, "restrictPublicBuckets": True},
        changes=lambda _: {"blockPublicPolicy": True},
        replaced={"bucket": "other"},
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Example(
        needs=bucket,
        inputs=lambda given: {**given, **_encryption(KEY)},
        changes=lambda _: _encryption(f"{KEY}2"),
        replaced={"bucket": "other"},
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": Example(
        needs=bucket,
        inputs=lambda given: {**given, **_lifecycle(7)},
        changes=lambda _: _lifecycle(8),
        replaced={"bucket": "other"},
    ),
    "aws:s3/bucketPolicy:BucketPolicy": Example(
        needs=bucket,
        inputs=lambda given: {**given, "policy": _policy(given, "s3:GetObject")},
        changes=lambda given: {"policy": _policy(given, "s3:GetObject", "s3:PutObject")},
        replaced={"bucket": "other"},
    ),
    "aws:s3/bucketLogging:BucketLogging": Example(
        needs=logged_bucket,
        inputs=lambda given: {
            "bucket": given["bucket"],
            "targetBucket": given["target"],
            "targetPrefix": "access/",
        },
        changes=lambda _: {"targetPrefix": "logs/"},
        replaced={"bucket": "other"},
    ),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": Example(
        needs=buckets,
        inputs=lambda given: {"bucket": given["bucket"], **_replication(given, "datasets/")},
        changes=lambda given: {"rules": _replication(given, "models/")["rules"]},
        replaced={"bucket": "other"},
    ),
    "aws:s3/inventory:Inventory": Example(
        needs=bucket,
        inputs=lambda given: {**given, **_inventory("Daily")},
        changes=lambda _: {"schedule": {"frequency": "Weekly"}},
        replaced={"name": "other"},
        import_id=lambda given: f"{given['bucket']}:all",
    ),
    "aws:s3/bucketObjectv2:BucketObjectv2": Example(
        needs=bucket,
        inputs=lambda given: {**given, "key": "a/b.sh", "content": "echo", "tags": {"Name": "a"}},
        changes=lambda _: {"tags": {"Owner": "b c"}, "contentType": "text/x-shellscript"},
        replaced={"key": "a/c.sh"},
    ),
}
