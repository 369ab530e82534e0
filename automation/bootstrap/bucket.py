"""The state bucket and each of its settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from automation.bootstrap import desired, policies
from automation.bootstrap.step import MISSING, OK, Finding, Step, differs, setting
from automation.errors import FleetError
from spec import Fleet

NOT_SET = frozenset(
    {
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "OwnershipControlsNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)
"""S3's error codes for a bucket or a setting that is not there (S3 API reference, error responses)."""


def steps(s3: Any, fleet: Fleet, bucket: str) -> tuple[Step, ...]:
    """The bucket, then its settings."""
    where = {"account": fleet.settings.state.account, "region": fleet.settings.state.region}
    owner = desired.state_account_id(fleet)
    mine = {"Bucket": bucket, "ExpectedBucketOwner": owner}

    def configured(what: str, name: str, answer_key: str, wanted: Any, argument: str) -> Step:
        read = partial(_read, getattr(s3, f"get_{name}"), mine, lambda answer: answer.get(answer_key))
        write = partial(getattr(s3, f"put_{name}"), **mine, **{argument: wanted})
        return setting(what=f"state bucket: {what}", read=read, wanted=wanted, write=write, **where)

    policy = policies.tls_only(bucket)
    block = "PublicAccessBlockConfiguration"
    encryption = "ServerSideEncryptionConfiguration"
    lifecycle = desired.bucket_lifecycle()
    ownership = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    return (
        _bucket(s3, bucket, owner, where),
        configured("no public access", "public_access_block", block, desired.PUBLIC_ACCESS_BLOCK, block),
        configured(
            "owner enforced", "bucket_ownership_controls", "OwnershipControls", ownership, "OwnershipControls"
        ),
        setting(
            what="state bucket: versions kept",
            read=partial(
                _read, s3.get_bucket_versioning, mine, lambda answer: answer.get("Status", "Suspended")
            ),
            wanted="Enabled",
            write=partial(s3.put_bucket_versioning, **mine, VersioningConfiguration={"Status": "Enabled"}),
            **where,
        ),
        configured(
            "encrypted", "bucket_encryption", encryption, desired.bucket_encryption(fleet), encryption
        ),
        setting(
            what="state bucket: old versions expire",
            read=partial(_read, s3.get_bucket_lifecycle_configuration, mine, lambda answer: answer["Rules"]),
            wanted=lifecycle["Rules"],
            write=partial(s3.put_bucket_lifecycle_configuration, **mine, LifecycleConfiguration=lifecycle),
            **where,
        ),
        setting(
            what="state bucket: TLS only",
            read=partial(_read, s3.get_bucket_policy, mine, lambda answer: json.loads(answer["Policy"])),
            wanted=policy,
            write=partial(s3.put_bucket_policy, **mine, Policy=json.dumps(policy)),
            **where,
        ),
    )


def _bucket(s3: Any, bucket: str, owner: str, where: Mapping[str, str]) -> Step:
    def check() -> Finding:
        try:
            found = s3.get_bucket_location(Bucket=bucket, ExpectedBucketOwner=owner)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucket":
                return MISSING
            if error.response["Error"]["Code"] in {"AccessDenied", "403"}:
                raise FleetError(
                    f"bucket {bucket} is not account {owner}'s, or closed to us: {error}"
                ) from error
            raise
        region = found["LocationConstraint"] or "us-east-1"
        return OK if region == where["region"] else differs(f"is in {region}")

    def apply() -> None:
        if not check().is_ok:
            # us-east-1 is the one region that must not be named (S3 API reference, CreateBucket).
            place = {} if where["region"] == "us-east-1" else {"LocationConstraint": where["region"]}
            s3.create_bucket(Bucket=bucket, **({"CreateBucketConfiguration": place} if place else {}))

    return Step(what=f"state bucket {bucket}", check=check, apply=apply, **where)


def _read(call: Callable[..., Any], arguments: Mapping[str, str], pick: Callable[[Any], object]) -> object:
    """A setting of the bucket, None while it is not there."""
    try:
        return pick(call(**arguments))
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_SET:
            return None
        raise
