"""A site's data bucket, and the bucket of its access logs."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import buckets
from components.layer import Layer, LayerOptions
from plan.data import DataPlan, InventoryPlan, LogBucketPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class DataArgs:
    """What a site's data is built from; the key is the site's."""

    plan: DataPlan
    key_arn: pulumi.Input[str]


class Data(Layer):
    """The central bucket or a replica. What joins them, the replication, is in links."""

    bucket_name: pulumi.Output[str]

    def __init__(self, name: str, args: DataArgs, opts: LayerOptions | None = None) -> None:
        super().__init__(name, opts)
        plan = args.plan
        logs, logs_policy = self._logs(plan.logs)
        bucket, policy = buckets.closed_bucket(self, "bucket", bucket=plan.bucket, policy=plan.policy)
        versioning = self.child(
            aws.s3.BucketVersioning,
            "bucket-versions",
            bucket=bucket.bucket,
            versioning_configuration={"status": "Enabled"},
        )
        self.child(
            aws.s3.BucketServerSideEncryptionConfiguration,
            "bucket-encryption",
            bucket=bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": args.key_arn,
                    },
                    "bucket_key_enabled": True,  # a KMS request a bucket instead of one an object
                }
            ],
        )
        # Rules on old versions need a bucket that keeps them.
        buckets.lifecycle(self, "bucket", bucket, plan.lifecycle, after=versioning)
        self.child(
            aws.s3.BucketLogging,
            "bucket-logging",
            bucket=bucket.bucket,
            target_bucket=logs.bucket,
            target_prefix=plan.log_prefix,
            opts=pulumi.ResourceOptions(depends_on=[logs_policy, policy]),
        )
        if plan.inventory:
            self._inventory(plan.inventory, bucket, logs, logs_policy)
        self.bucket_name = bucket.bucket
        self.register_outputs({"bucket_name": self.bucket_name})

    def _logs(self, plan: LogBucketPlan) -> tuple[aws.s3.Bucket, aws.s3.BucketPolicy]:
        """Encryption is not set: SSE-S3, which access logs need, is what every bucket has since January 2023."""
        bucket, policy = buckets.closed_bucket(self, "logs", bucket=plan.bucket, policy=plan.policy)
        buckets.lifecycle(self, "logs", bucket, plan.lifecycle, after=policy)
        return bucket, policy

    def _inventory(
        self,
        plan: InventoryPlan,
        bucket: aws.s3.Bucket,
        logs: aws.s3.Bucket,
        logs_policy: aws.s3.BucketPolicy,
    ) -> None:
        self.child(
            aws.s3.Inventory,
            "bucket-inventory",
            name=plan.name,
            bucket=bucket.bucket,
            included_object_versions="All",
            optional_fields=list(plan.fields),
            schedule={"frequency": "Daily"},
            destination={
                "bucket": {
                    "bucket_arn": logs.arn,
                    "account_id": plan.account_id,
                    "format": "CSV",
                    "prefix": plan.prefix,
                }
            },
            opts=pulumi.ResourceOptions(depends_on=[logs_policy]),
        )
