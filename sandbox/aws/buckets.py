"""Who may use a bucket: its policy, with conditions, in the place of moto's evaluation, which ignores them.

The callers' own policies are not evaluated: within its account a caller may do everything that no bucket policy
denies; across accounts, and for nobody in particular, the bucket's policy has to allow it.
"""

from __future__ import annotations

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, s3_backends

from sandbox.aws.callers import ANONYMOUS, PARTITION
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.identity import request_of
from sandbox.aws.policies import Request, Verdict, evaluate, service_principals, statements_of
from sandbox.aws.principals import BUCKET_POLICY

ACTIONS = {
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
"""S3 operation -> the IAM action that allows it, where the names differ. Source: Service Authorization Reference."""
VERSIONED = {
    "DeleteObject": "DeleteObjectVersion",
    "DeleteObjectTagging": "DeleteObjectVersionTagging",
    "GetObject": "GetObjectVersion",
    "GetObjectTagging": "GetObjectVersionTagging",
    "PutObjectTagging": "PutObjectVersionTagging",
}
"""The action on an object -> the one on a version that the call names."""
CONTEXT_HEADERS = {
    "s3:x-amz-server-side-encryption": "x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "x-amz-server-side-encryption-aws-kms-key-id",
    "s3:x-amz-acl": "x-amz-acl",
}
"""Condition key -> the request header that it reads."""


def may_use(call: Call) -> None:
    """AccessDenied when the bucket's policy denies, or does not allow, a call that it decides."""
    bucket = bucket_of(call)
    if bucket is None or call.operation == "CreateBucket":
        return
    policy = BUCKET_POLICY.pinned(bucket)
    for action, resource in _questions(call):
        request = request_of(call, action, resource, _context(call))
        verdict = evaluate(statements_of(policy.text), request, policy.ids) if policy else Verdict.SILENT
        allowed = verdict is Verdict.ALLOWED or (
            verdict is Verdict.DELEGATED and call.caller is not ANONYMOUS
        )
        if verdict is Verdict.DENIED or not (allowed or call.account == bucket.account_id):
            raise Refused("AccessDenied", _denied(call, action, resource, explicit=verdict is Verdict.DENIED))


def _denied(call: Call, action: str, resource: str, *, explicit: bool) -> str:
    if call.caller is ANONYMOUS:
        return "Access Denied"
    reason = (
        "with an explicit deny in a resource-based policy"
        if explicit
        else f"because no resource-based policy allows the {action} action"
    )
    return (
        f'User: {call.caller.arn} is not authorized to perform: {action} on resource: "{resource}" {reason}'
    )


def service_may(bucket: FakeBucket, service: str, action: str, resource: str, *, source: str) -> bool:
    """Whether a bucket's policy lets an AWS service in for the resource with the ARN `source`, of its account."""
    policy = BUCKET_POLICY.pinned(bucket)
    statements = statements_of(policy.text) if policy else []
    named = [{**item, "Principal": "*"} for item in statements if service in service_principals(item)]
    request = Request(
        account=bucket.account_id,
        principal_arn=service,
        caller_arn=service,
        principal_id=service,
        action=action,
        resource=resource,
        context={
            "aws:sourceaccount": bucket.account_id,
            "aws:sourcearn": source,
            "aws:securetransport": "true",
        },
    )
    return evaluate(named, request) is Verdict.ALLOWED


def bucket_of(call: Call) -> FakeBucket | None:
    """The bucket that a call names, of whatever account; None if there is none."""
    return find_bucket(call.response.uri_match.get("Bucket"))


def find_bucket(name: str | None) -> FakeBucket | None:
    """The bucket of this name, of whatever account; None if there is none."""
    if name not in s3_backends.bucket_accounts:
        return None
    partition, account = s3_backends.bucket_accounts[name]
    return s3_backends[account][partition].buckets.get(name)


def _questions(call: Call) -> list[tuple[str, str]]:
    """What a call does to what: (action, ARN)."""
    arn = f"arn:{PARTITION}:s3:::{call.response.uri_match['Bucket']}"
    action = ACTIONS.get(call.operation, call.operation)
    if call.operation == "DeleteObjects":
        return [
            (f"s3:{_of_version(action, item.get('VersionId'))}", f"{arn}/{item['Key']}")
            for item in call.params["Delete"]["Objects"]
        ]
    key = call.response.uri_match.get("Key")
    version = call.response.normalized_request.args.get("versionId")
    return [(f"s3:{_of_version(action, version)}", f"{arn}/{key}" if key else arn)]


def _of_version(action: str, version: str | None) -> str:
    return VERSIONED.get(action, action) if version else action


def _context(call: Call) -> dict[str, str]:
    headers, arguments = call.response.headers, call.response.normalized_request.args
    context = {key: headers[name] for key, name in CONTEXT_HEADERS.items() if name in headers}
    if call.secure_transport:
        context["s3:tlsversion"] = "1.3"
    if "prefix" in arguments:
        context["s3:prefix"] = arguments["prefix"]
    return context


def _no_verdict(_bucket: FakeBucket, _action: str, _resource: str) -> Any:
    """In the place of moto's own evaluation: `may_use` has decided."""
    return PermissionResult.NEUTRAL


FakeBucket.get_permission = _no_verdict

REFUSALS: dict[Key, tuple[Refusal, ...]] = {("s3", "*"): (may_use,)}
OPERATIONS: dict[Key, Operation] = {}
