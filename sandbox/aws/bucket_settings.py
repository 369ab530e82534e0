"""A bucket's settings: what a new one has since April 2023, and its lifecycle rules in full.

Source: S3 User Guide, "Default settings for new S3 buckets FAQ", and S3 API Reference, PutBucketLifecycleConfiguration.
"""

from __future__ import annotations

from typing import Any

import xmltodict
from moto.core.exceptions import ServiceException
from moto.s3.models import FakeBucket, PublicAccessBlock, S3Backend

from sandbox.aws.buckets import bucket_of, find_bucket, service_may
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused

OWNER_ENFORCED = "BucketOwnerEnforced"
OWNERS_ACL = "bucket-owner-full-control"
"""The one canned ACL that a bucket without ACLs takes: it says what holds anyway."""

_create_bucket = S3Backend.create_bucket


def _create_with_defaults(backend: S3Backend, *arguments: Any, **named: Any) -> FakeBucket:
    """Moto's bucket: closed to the public, without ACLs, encrypted under S3's own keys."""
    bucket = _create_bucket(backend, *arguments, **named)
    bucket.public_access_block = PublicAccessBlock(True, True, True, True)
    bucket.ownership_rule = OWNER_ENFORCED
    _encrypt_as_new(backend, bucket.name)
    return bucket


def _encrypt_as_new(backend: S3Backend, bucket_name: str) -> None:
    """SSE-S3, which DeleteBucketEncryption brings back too: no bucket is without encryption."""
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}
    backend.get_bucket(bucket_name).encryption = {"Rule": rule}


S3Backend.create_bucket = _create_with_defaults
S3Backend.delete_bucket_encryption = _encrypt_as_new


FakeBucket._log_permissions_enabled_policy = staticmethod(lambda **_: True)
"""Moto's look at the target's policy knows one spelling of it; `logs_arrive` has looked."""


def logs_arrive(call: Call) -> None:
    """InvalidTargetBucketForLogging: the target's policy has to let the logging service write for this bucket."""
    enabled, source = call.params["BucketLoggingStatus"].get("LoggingEnabled"), bucket_of(call)
    target = find_bucket(enabled["TargetBucket"]) if enabled else None
    if source is None or target is None or enabled is None:
        return  # moto says what is missing
    resource = f"{target.arn}/{enabled.get('TargetPrefix', '')}log"
    if not service_may(target, "logging.s3.amazonaws.com", "s3:PutObject", resource, source=source.arn):
        raise Refused(
            "InvalidTargetBucketForLogging",
            "You must give the log-delivery service permission to write to the target bucket",
        )


def takes_acl(call: Call) -> None:
    """S3 User Guide, "Controlling ownership of objects": a bucket whose owner owns all refuses ACLs."""
    bucket = bucket_of(call)
    without = None if call.operation.endswith("Acl") else OWNERS_ACL  # Put...Acl may have grants in its body
    acl = call.response.headers.get("x-amz-acl", without)
    if bucket is not None and bucket.ownership_rule == OWNER_ENFORCED and acl != OWNERS_ACL:
        raise Refused("AccessControlListNotSupported", "The bucket does not allow ACLs")


def put_lifecycle(call: Call) -> dict[str, Any]:
    """Moto's rules, which it checks, and the call's own, which have what moto forgets (NewerNoncurrentVersions)."""
    bucket = call.response.backend.get_bucket(call.response.uri_match["Bucket"])
    rules = xmltodict.parse(call.response.body)["LifecycleConfiguration"].get("Rule", [])
    before = bucket.rules
    try:
        bucket.set_lifecycle(rules if isinstance(rules, list) else [rules])
    except ServiceException:  # moto begins by forgetting the rules that were there
        bucket.rules = before
        raise
    bucket.lifecycle = call.params["LifecycleConfiguration"]["Rules"]
    return {}


def get_lifecycle(call: Call) -> dict[str, Any]:
    """The rules as they were put; moto's are gone when they were deleted."""
    bucket = call.response.backend.get_bucket(call.response.uri_match["Bucket"])
    if not bucket.rules:
        raise Refused("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")
    return {
        "Rules": bucket.lifecycle,
        "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K",
    }


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    **{
        ("s3", operation): (takes_acl,)
        for operation in ("PutBucketAcl", "PutObjectAcl", "PutObject", "CopyObject", "CreateMultipartUpload")
    },
    ("s3", "PutBucketLogging"): (logs_arrive,),
}
OPERATIONS: dict[Key, Operation] = {
    ("s3", "PutBucketLifecycleConfiguration"): put_lifecycle,
    ("s3", "GetBucketLifecycleConfiguration"): get_lifecycle,
}
