"""A small replication: a source in the main account, a replica in each account, a key for each, and the role."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.unit.sandbox.aws.cloud import MAIN, SECONDARY, Cloud, policy

LONGEST_S = 20.0


@dataclass(frozen=True, kw_only=True)
class End:
    """One bucket: whose it is, where, and the key that encrypts it."""

    name: str
    account: str
    account_id: str
    region: str
    key_arn: str
    s3: Any
    kms: Any

    @property
    def arn(self) -> str:
        return f"arn:aws:s3:::{self.name}"


@dataclass(frozen=True, kw_only=True)
class Replicated:
    """The three buckets and the role that carries objects from the first to the others."""

    source: End
    near: End
    far: End
    role: str

    def configure(self, *rules: dict[str, Any]) -> None:
        configuration = {"Role": self.role, "Rules": list(rules)}
        self.source.s3.put_bucket_replication(Bucket=self.source.name, ReplicationConfiguration=configuration)

    def rule(self, end: End, prefix: str = "", **more: Any) -> dict[str, Any]:
        destination = {
            "Bucket": end.arn,
            "EncryptionConfiguration": {"ReplicaKmsKeyID": end.key_arn},
            "Metrics": {"Status": "Enabled"},
            **more.pop("destination", {}),
        }
        if end.account_id != self.source.account_id:
            destination |= {"Account": end.account_id, "AccessControlTranslation": {"Owner": "Destination"}}
        return {
            "ID": f"{prefix.rstrip('/') or 'all'}-to-{end.name}",
            "Priority": 1 if end is self.near else 2,
            "Status": "Enabled",
            "Filter": {"Prefix": prefix},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
            "Destination": destination,
            **more,
        }

    def put(self, key: str, body: bytes = b"x", **more: Any) -> str:
        answer = self.source.s3.put_object(Bucket=self.source.name, Key=key, Body=body, **more)
        return str(answer["VersionId"])

    def status(self, key: str, **more: Any) -> str | None:
        """What the source says once the object is not on its way any more."""
        return settled(lambda: self.source.s3.head_object(Bucket=self.source.name, Key=key, **more))

    def replica(self, end: End, key: str) -> dict[str, Any]:
        found: dict[str, Any] = end.s3.get_object(Bucket=end.name, Key=key)
        return found


def settled(head: Callable[[], dict[str, Any]]) -> str | None:
    deadline = time.monotonic() + LONGEST_S
    while (status := head().get("ReplicationStatus")) == "PENDING":
        assert time.monotonic() < deadline, "still PENDING"
        time.sleep(0.01)
    return status


def key_policy(account_id: str, *more: dict[str, Any]) -> str:
    """The account administers its key; what is more is said by the caller."""
    root = {"AWS": f"arn:aws:iam::{account_id}:root"}
    return policy({"Principal": root, "Action": "kms:*", "Resource": "*"}, *more)


def lets_role_in(role: str) -> dict[str, Any]:
    return {
        "Principal": {"AWS": f"arn:aws:iam::{MAIN}:root"},
        "Action": ["kms:Encrypt", "kms:GenerateDataKey"],
        "Resource": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": role}},
    }


def make(cloud: Cloud, name: str) -> Replicated:
    """Buckets, keys and role under this name."""
    role = f"arn:aws:iam::{MAIN}:role/{name}"
    ends = [
        _end(cloud, f"{name}-{where}", account, account_id, region, role)
        for where, account, account_id, region in (
            ("source", "main", MAIN, "us-east-1"),
            ("near", "main", MAIN, "us-west-2"),
            ("far", "secondary", SECONDARY, "us-west-2"),
        )
    ]
    source, near, far = ends
    statement = {"Principal": {"AWS": f"arn:aws:iam::{MAIN}:root"}, "Resource": [far.arn, f"{far.arn}/*"]}
    actions = ["s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"]
    far.s3.put_bucket_policy(Bucket=far.name, Policy=policy({**statement, "Action": actions}))
    _role(cloud, name, ends)
    return Replicated(source=source, near=near, far=far, role=role)


def _end(cloud: Cloud, name: str, account: str, account_id: str, region: str, role: str) -> End:
    s3, kms = cloud.client("s3", account, region), cloud.client("kms", account, region)
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **place)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    key_arn = kms.create_key(Policy=key_policy(account_id, lets_role_in(role)))["KeyMetadata"]["Arn"]
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}
    rules = [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    return End(
        name=name, account=account, account_id=account_id, region=region, key_arn=key_arn, s3=s3, kms=kms
    )


def _role(cloud: Cloud, name: str, ends: list[End]) -> None:
    iam = cloud.client("iam")
    services = ["s3.amazonaws.com", "batchoperations.s3.amazonaws.com"]
    statement = {"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    allowed = policy(
        {"Action": "s3:*", "Resource": [item for end in ends for item in (end.arn, f"{end.arn}/*")]},
        {"Action": "kms:*", "Resource": [end.key_arn for end in ends]},
    )
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=allowed)
