"""Statements of bucket policies, each with the reason for what it allows or refuses."""

from __future__ import annotations

from collections.abc import Sequence

from plan import names
from plan.policies import Statement

WRITES = (
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:PutObjectVersionTagging",
    "s3:DeleteObjectTagging",
    "s3:DeleteObjectVersionTagging",
    "s3:ReplicateObject",
    "s3:ReplicateTags",
    "s3:ReplicateDelete",
)
"""What changes an object's bytes or tags. ACLs change nothing where the bucket's owner owns all."""

DELETES = ("s3:DeleteObject", "s3:DeleteObjectVersion")

REPLICATES = ("s3:ReplicateObject", "s3:ReplicateTags")
"""What replication does in a replica; no s3:ReplicateDelete, since delete markers stay (docs/decisions/0012)."""


def tls_only(bucket: str) -> Statement:
    """Refuse any request that does not come over TLS (row K4)."""
    arn = names.bucket_arn(bucket)
    return {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": ["s3:*"],
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def kms_only(bucket: str) -> Statement:
    """Refuse an upload that asks for another encryption than SSE-KMS; one that asks for none gets the site's key."""
    return {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": ["s3:PutObject"],
        "Resource": [f"{names.bucket_arn(bucket)}/*"],
        "Condition": {
            "Null": {"s3:x-amz-server-side-encryption": "false"},
            "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
        },
    }


def replication_may_write(
    bucket: str, prefixes: Sequence[str], *, account_id: str, role_arn: str
) -> Statement:
    """Admit the replication role of the central bucket's account.

    The role is born later, in links, and a policy cannot name what is not there: the account is trusted, narrowed
    to the role.
    """
    return {
        "Effect": "Allow",
        "Principal": {"AWS": names.account_root(account_id)},
        "Action": [*REPLICATES, "s3:ObjectOwnerOverrideToBucketOwner"],
        "Resource": _objects(bucket, prefixes),
        "Condition": {"ArnEquals": {"aws:PrincipalArn": role_arn}},
    }


def replication_may_look(bucket: str, *, account_id: str, role_arn: str) -> Statement:
    """Replication asks whether the replica keeps versions before it writes to it."""
    return {
        "Effect": "Allow",
        "Principal": {"AWS": names.account_root(account_id)},
        "Action": ["s3:GetBucketVersioning"],
        "Resource": [names.bucket_arn(bucket)],
        "Condition": {"ArnEquals": {"aws:PrincipalArn": role_arn}},
    }


def only_replication_writes(bucket: str, prefixes: Sequence[str], *, role_arn: str) -> Statement:
    """A replica that anyone else writes to is no copy any more, and the next replication would overwrite it."""
    return {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": list(WRITES),
        "Resource": _objects(bucket, prefixes),
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": role_arn}},
    }


def only_rollouts_delete(bucket: str, prefixes: Sequence[str], *, role_arn: str) -> Statement:
    """Deletions do not travel, so what must go is deleted in each replica, on purpose, as the rollout's role."""
    return {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": list(DELETES),
        "Resource": _objects(bucket, prefixes),
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": role_arn}},
    }


def service_may_write(
    bucket: str, prefix: str, *, service: str, source_bucket: str, account_id: str
) -> Statement:
    """Let S3's own deliveries (access logs, inventories) of one bucket in."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": ["s3:PutObject"],
        "Resource": [f"{names.bucket_arn(bucket)}/{prefix}*"],
        "Condition": {
            "ArnLike": {"aws:SourceArn": names.bucket_arn(source_bucket)},
            "StringEquals": {"aws:SourceAccount": account_id},
        },
    }


def _objects(bucket: str, prefixes: Sequence[str]) -> list[str]:
    return [f"{names.bucket_arn(bucket)}/{prefix}*" for prefix in prefixes]
