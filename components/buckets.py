"""A bucket and the settings that every bucket of the fleet has."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from components.layer import Layer
from plan.data import LifecyclePlan
from plan.policies import Document


def closed_bucket(
    layer: Layer, suffix: str, *, bucket: str, policy: Document
) -> tuple[aws.s3.Bucket, aws.s3.BucketPolicy]:
    """A bucket that its account owns all of, closed to the public, under its policy.

    S3 refuses to delete one that holds objects; only in sites whose state is not protected is it emptied first.
    """
    made = layer.child(
        aws.s3.Bucket,
        suffix,
        stateful=True,
        bucket=bucket,
        force_destroy=not layer.protects_state,
        opts=pulumi.ResourceOptions(delete_before_replace=True),  # nobody else may have the name
    )
    layer.child(
        aws.s3.BucketOwnershipControls,
        f"{suffix}-owner",
        bucket=made.bucket,
        rule={"object_ownership": "BucketOwnerEnforced"},
    )
    block = layer.child(
        aws.s3.BucketPublicAccessBlock,
        f"{suffix}-private",
        bucket=made.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    # After the block: S3 answers OperationAborted when a bucket gets both at once.
    closed = layer.child(
        aws.s3.BucketPolicy,
        f"{suffix}-policy",
        bucket=made.bucket,
        policy=json.dumps(policy),
        opts=pulumi.ResourceOptions(depends_on=[block]),
    )
    return made, closed


def lifecycle(
    layer: Layer,
    suffix: str,
    bucket: aws.s3.Bucket,
    plans: tuple[LifecyclePlan, ...],
    *,
    after: pulumi.Resource,
) -> None:
    """All lifecycle rules of a bucket: S3 keeps them as one document."""
    layer.child(
        aws.s3.BucketLifecycleConfiguration,
        f"{suffix}-lifecycle",
        bucket=bucket.bucket,
        rules=[_rule(plan) for plan in plans],
        opts=pulumi.ResourceOptions(depends_on=[after]),
    )


def _rule(plan: LifecyclePlan) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": plan.key, "status": "Enabled", "filter": {"prefix": plan.prefix}}
    if plan.abort_uploads_days:
        rule["abort_incomplete_multipart_upload"] = {"days_after_initiation": plan.abort_uploads_days}
    if plan.tiered_after_days:
        rule["transitions"] = [{"days": plan.tiered_after_days, "storage_class": "INTELLIGENT_TIERING"}]
    if plan.noncurrent_days:
        rule["noncurrent_version_expiration"] = {"noncurrent_days": plan.noncurrent_days}
    if plan.expires_days:
        rule["expiration"] = {"days": plan.expires_days}
    if plan.drops_lone_markers:
        rule["expiration"] = {"expired_object_delete_marker": True}
    return rule
