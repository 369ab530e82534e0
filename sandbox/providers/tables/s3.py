"""S3: buckets and each of their settings, which the provider has as resources of their own."""

from __future__ import annotations

from typing import Any, Final

from sandbox.providers.forms import JSON, Form, renamed
from sandbox.providers.hooks import empty_bucket, stop_access_logs
from sandbox.providers.resource_type import (
    Call,
    Property,
    Read,
    ResourceType,
    Step,
    Tagging,
    When,
    call,
    fixed,
    local,
    updated,
)

_BUCKET_OF_A_SETTING: Final = "ForceNew of bucket in each of the provider's aws_s3_bucket_* resources"
_RULES: Final = renamed(
    ID="id", SSEAlgorithm="sseAlgorithm", KMSMasterKeyID="kmsMasterKeyId", ReplicaKmsKeyID="replicaKmsKeyId"
)

_PUT_TAGS: Final = call("PutBucketTagging", Bucket="$id", Tagging={"TagSet": "$tags.all"})

_BUCKET: Final = ResourceType(
    type="aws:s3/bucket:Bucket",
    service="s3",
    noun="S3 Bucket",
    cloudformation="AWS::S3::Bucket",
    properties={
        "bucket": fixed(answer=None, cloudformation="BucketName"),
        "forceDestroy": local(default=False),
    },
    autoname="bucket",
    create=call(
        "CreateBucket",
        Bucket="$bucket",
        CreateBucketConfiguration={"LocationConstraint": "$locationConstraint"},
    ),
    id="${bucket}",
    reads=(Read(call("HeadBucket", Bucket="$bucket")),),
    delete=(empty_bucket, call("DeleteBucket", Bucket="$id")),
    gone_codes=("404", "NoSuchBucket"),
    computed={
        "arn": "arn:${partition}:s3:::${bucket}",
        "bucketDomainName": "${bucket}.s3.amazonaws.com",
        "bucketRegionalDomainName": "${bucket}.s3.${region}.amazonaws.com",
        "bucketRegion": "${region}",
    },
    # Two calls, as the provider's: what dies between them leaves a bucket without tags.
    tags=Tagging(
        put=_PUT_TAGS,
        remove=_PUT_TAGS,
        read=Read(
            call("GetBucketTagging", Bucket="$bucket").ignoring("NoSuchTagSet"), "{Tags: TagSet || `[]`}"
        ),
    ),
)


def _setting(
    name: str, noun: str, properties: dict[str, Property], read: Read, *delete: Step, **about: Any
) -> ResourceType:
    """A setting of a bucket: the one call of its properties writes it, again and again."""
    put = next(step for item in properties.values() for step in item.updates if isinstance(step, Call))
    return ResourceType(
        type=f"aws:s3/{name[0].lower()}{name[1:]}:{name}",
        service="s3",
        noun=noun,
        replaces_source=_BUCKET_OF_A_SETTING,
        properties={"bucket": fixed(answer=None), **properties},
        create=put,
        id="${bucket}",
        reads=(read,),
        delete=delete,
        **about,
    )


def _one(
    name: str, operation: str, params: dict[str, Any], answer: str, form: Form = _RULES
) -> dict[str, Property]:
    """The single property of a setting, written by the operation."""
    return {name: updated(call(operation, Bucket="$bucket", **params), answer=answer, form=form)}


_VERSIONING: Final = _setting(
    "BucketVersioning",
    "S3 Bucket Versioning",
    _one(
        "versioningConfiguration",
        "PutBucketVersioning",
        {"VersioningConfiguration": {"Status": "$versioningConfiguration.status"}},
        "{status: Status}",
    ),
    Read(call("GetBucketVersioning", Bucket="$bucket")),
    call("PutBucketVersioning", Bucket="$bucket", VersioningConfiguration={"Status": "Suspended"}),
    gone=When("Status", ("Suspended", None)),
    gone_codes=("NoSuchBucket",),
)

_OWNERSHIP: Final = _setting(
    "BucketOwnershipControls",
    "S3 Bucket Ownership Controls",
    _one(
        "rule",
        "PutBucketOwnershipControls",
        {"OwnershipControls": {"Rules": [{"ObjectOwnership": "$rule.objectOwnership"}]}},
        "Rules[0]",
    ),
    Read(call("GetBucketOwnershipControls", Bucket="$bucket"), "OwnershipControls"),
    call("DeleteBucketOwnershipControls", Bucket="$bucket"),
    gone_codes=("OwnershipControlsNotFoundError", "NoSuchBucket"),
)

_BLOCKS: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_PUT_BLOCK: Final = call(
    "PutPublicAccessBlock",
    Bucket="$bucket",
    PublicAccessBlockConfiguration={name: f"${name}" for name in _BLOCKS},
)

_PUBLIC_ACCESS_BLOCK: Final = _setting(
    "BucketPublicAccessBlock",
    "S3 Bucket Public Access Block",
    {name: updated(_PUT_BLOCK, default=False) for name in _BLOCKS},
    Read(call("GetPublicAccessBlock", Bucket="$bucket"), "PublicAccessBlockConfiguration"),
    call("DeletePublicAccessBlock", Bucket="$bucket"),
    gone_codes=("NoSuchPublicAccessBlockConfiguration", "NoSuchBucket"),
)

_ENCRYPTION: Final = _setting(
    "BucketServerSideEncryptionConfiguration",
    "S3 Bucket Server-side Encryption Configuration",
    _one(
        "rules",
        "PutBucketEncryption",
        {"ServerSideEncryptionConfiguration": {"Rules": "$rules"}},
        "Rules",
    ),
    Read(call("GetBucketEncryption", Bucket="$bucket"), "ServerSideEncryptionConfiguration"),
    call("DeleteBucketEncryption", Bucket="$bucket"),
    # No bucket is without encryption: a deleted setting is SSE-S3 again.
    gone=When("Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm", ("AES256",)),
    gone_codes=("ServerSideEncryptionConfigurationNotFoundError", "NoSuchBucket"),
)

_PUT_LIFECYCLE: Final = call(
    "PutBucketLifecycleConfiguration",
    Bucket="$bucket",
    LifecycleConfiguration={"Rules": "$rules"},
    TransitionDefaultMinimumObjectSize="$transitionDefaultMinimumObjectSize",
)

_LIFECYCLE: Final = _setting(
    "BucketLifecycleConfiguration",
    "S3 Bucket Lifecycle Configuration",
    {
        "rules": updated(_PUT_LIFECYCLE, form=_RULES, answer="Rules"),
        "transitionDefaultMinimumObjectSize": updated(_PUT_LIFECYCLE, default="all_storage_classes_128K"),
    },
    Read(call("GetBucketLifecycleConfiguration", Bucket="$bucket")),
    call("DeleteBucketLifecycle", Bucket="$bucket"),
    gone_codes=("NoSuchLifecycleConfiguration", "NoSuchBucket"),
)

_POLICY: Final = _setting(
    "BucketPolicy",
    "S3 Bucket Policy",
    _one("policy", "PutBucketPolicy", {"Policy": "$policy"}, "Policy", form=JSON),
    Read(call("GetBucketPolicy", Bucket="$bucket")),
    call("DeleteBucketPolicy", Bucket="$bucket"),
    gone_codes=("NoSuchBucketPolicy", "NoSuchBucket"),
)

_PUT_LOGGING: Final = call(
    "PutBucketLogging",
    Bucket="$bucket",
    BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": "$targetBucket", "TargetPrefix": "$targetPrefix"}
    },
)

_LOGGING: Final = _setting(
    "BucketLogging",
    "S3 Bucket Logging",
    {"targetBucket": updated(_PUT_LOGGING), "targetPrefix": updated(_PUT_LOGGING)},
    Read(call("GetBucketLogging", Bucket="$bucket"), "LoggingEnabled"),
    stop_access_logs,
    gone_codes=("NoSuchBucket",),
)

_PUT_REPLICATION: Final = call(
    "PutBucketReplication", Bucket="$bucket", ReplicationConfiguration={"Role": "$role", "Rules": "$rules"}
)

_REPLICATION: Final = _setting(
    "BucketReplicationConfig",
    "S3 Bucket Replication Configuration",
    {
        "role": updated(_PUT_REPLICATION),
        "rules": updated(_PUT_REPLICATION, form=_RULES, answer="Rules"),
    },
    Read(call("GetBucketReplication", Bucket="$bucket"), "ReplicationConfiguration"),
    call("DeleteBucketReplication", Bucket="$bucket"),
    gone_codes=("ReplicationConfigurationNotFoundError", "NoSuchBucket"),
)

_PUT_INVENTORY: Final = call(
    "PutBucketInventoryConfiguration",
    Bucket="$bucket",
    Id="$name",
    InventoryConfiguration={
        "Id": "$name",
        "IsEnabled": "$enabled",
        "IncludedObjectVersions": "$includedObjectVersions",
        "OptionalFields": "$optionalFields",
        "Schedule": {"Frequency": "$schedule.frequency"},
        "Destination": {
            "S3BucketDestination": {
                "Bucket": "$destination.bucket.bucketArn",
                "AccountId": "$destination.bucket.accountId",
                "Format": "$destination.bucket.format",
                "Prefix": "$destination.bucket.prefix",
            }
        },
    },
)

_INVENTORY: Final = ResourceType(
    type="aws:s3/inventory:Inventory",
    service="s3",
    noun="S3 Bucket Inventory",
    replaces_source="aws_s3_bucket_inventory: ForceNew of bucket and name",
    properties={
        "bucket": fixed(answer=None),
        "name": fixed(answer="Id"),
        "enabled": updated(_PUT_INVENTORY, default=True, answer="IsEnabled"),
        "includedObjectVersions": updated(_PUT_INVENTORY),
        "optionalFields": updated(_PUT_INVENTORY),
        "schedule": updated(_PUT_INVENTORY),
        "destination": updated(
            _PUT_INVENTORY,
            answer="Destination.S3BucketDestination.{bucket: {bucketArn: Bucket, accountId: AccountId, "
            "format: Format, prefix: Prefix}}",
        ),
    },
    create=_PUT_INVENTORY,
    id="${bucket}:${name}",
    reads=(
        Read(call("GetBucketInventoryConfiguration", Bucket="$bucket", Id="$name"), "InventoryConfiguration"),
    ),
    delete=(call("DeleteBucketInventoryConfiguration", Bucket="$bucket", Id="$name"),),
    gone_codes=("NoSuchConfiguration", "NoSuchBucket"),
)

TYPES: Final = (
    _BUCKET,
    _VERSIONING,
    _OWNERSHIP,
    _PUBLIC_ACCESS_BLOCK,
    _ENCRYPTION,
    _LIFECYCLE,
    _POLICY,
    _LOGGING,
    _REPLICATION,
    _INVENTORY,
)
