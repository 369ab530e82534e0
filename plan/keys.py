"""The key of a site: it encrypts the site's file systems, volumes, buckets, alerts and images (row K1).

A key policy is the root of all access to a key, so each statement says whom it lets in and why. Docs:
KMS Developer Guide, "Key policies" and "Default key policy"; docs/decisions/0010.
"""

from __future__ import annotations

from dataclasses import dataclass

from plan import names
from plan.policies import Document, Statement, document

ROTATION_PERIOD_DAYS = 365
"""KMS's default. The old material stays, so nothing has to be encrypted again."""

DELETION_WINDOW_DAYS = 30
"""The longest that KMS gives to call a deletion off: what the key encrypted is lost with it."""

USING_SERVICES = ("ec2", "ecr", "elasticfilesystem", "fsx", "s3")
"""Services that use the key in the name of who calls them; `ec2` is EBS."""

GRANTED_SERVICES = ("ec2", "ecr", "elasticfilesystem", "fsx")
"""Those that go on using it when the call is over, by a grant: volumes, images, file systems."""

EBS_ROLES = {
    "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
    "spot.amazonaws.com": "AWSServiceRoleForEC2Spot",
}
"""Roles of services that launch instances by themselves, made by `fleet bootstrap`."""

ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""Everything about the key but using it, and giving its use away by a grant."""

CRYPTOGRAPHY = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketKeyUse:
    """What S3 does with the key for the site's data bucket.

    `replication_role_arn` is the role that carries objects from the central bucket, None without replication;
    `is_central` says that this bucket is the one that it reads.
    """

    bucket_arn: str
    replication_role_arn: str | None = None
    is_central: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyPlan:
    """A KMS key: its alias, its yearly rotation, how long a deletion can be called off, who may what."""

    alias: str
    description: str
    rotation_period_days: int
    deletion_window_days: int
    policy: Document


def plan_key(site: str, account_id: str, region: str, bucket: BucketKeyUse | None = None) -> KeyPlan:
    """The key of a site; with `bucket`, open to what S3 and FSx do for the site's data."""
    statements = [
        administrators(account_id),
        through_services(account_id, region),
        grants_to_services(account_id, region),
        launching_roles(account_id),
        grants_of_launching_roles(account_id),
        alarms_into_topics(account_id, region),
        secrets_of_clusters(account_id),
    ]
    if bucket:
        statements.append(fsx_data_repositories(account_id, region, bucket.bucket_arn))
        if bucket.replication_role_arn:
            statements.append(replication(region, bucket, bucket.replication_role_arn))
    return KeyPlan(
        alias=names.key_alias(site),
        description=f"Storage, volumes and images of {site}",
        rotation_period_days=ROTATION_PERIOD_DAYS,
        deletion_window_days=DELETION_WINDOW_DAYS,
        policy=document(*statements),
    )


def administrators(account_id: str) -> Statement:
    """The account's IAM policies decide who manages the key, so that it never locks everybody out.

    Narrower than AWS's default `kms:*`: an identity policy that allows kms:Decrypt on everything opens nothing
    here but through the services below. Who may change this policy can widen it; CloudTrail shows that.
    """
    return _allow({"AWS": names.account_root(account_id)}, ADMINISTRATION)


def through_services(account_id: str, region: str) -> Statement:
    """Identities of the account, as far as their own policies allow, use the key through these services alone."""
    return _allow(
        {"AWS": names.account_root(account_id)},
        (*CRYPTOGRAPHY, "kms:RetireGrant"),  # ECR retires its grant in the caller's name
        StringEquals=_via(account_id, region, USING_SERVICES),
    )


def grants_to_services(account_id: str, region: str) -> Statement:
    """What keeps data encrypted for long keeps a grant: made in the caller's name, and only by AWS for itself."""
    return _allow(
        {"AWS": names.account_root(account_id)},
        ("kms:CreateGrant",),
        StringEquals=_via(account_id, region, GRANTED_SERVICES),
        Bool={"kms:GrantIsForAWSResource": "true"},
    )


def launching_roles(account_id: str) -> Statement:
    """Auto Scaling and Spot launch instances with encrypted volumes.

    Named directly, the only roles that are: their own policies, AWS's, know nothing of our keys, so that a
    delegation to the account would not reach them. Bootstrap has made them before any key exists. (EC2 Auto
    Scaling User Guide, "Required AWS KMS key policy"; EC2 User Guide, "Service-linked role for Spot".)
    """
    return _allow({"AWS": _launching_role_arns(account_id)}, CRYPTOGRAPHY)


def grants_of_launching_roles(account_id: str) -> Statement:
    """They hand the volume's key on to EC2, which attaches it."""
    return _allow(
        {"AWS": _launching_role_arns(account_id)},
        ("kms:CreateGrant",),
        Bool={"kms:GrantIsForAWSResource": "true"},
    )


def alarms_into_topics(account_id: str, region: str) -> Statement:
    """CloudWatch publishes alarms into the site's encrypted topic (SNS Developer Guide, "Key management").

    SNS sends the topic's ARN as encryption context, so no other account's alarm topic can use the key.
    """
    return _allow(
        {"Service": "cloudwatch.amazonaws.com"},
        ("kms:Decrypt", "kms:GenerateDataKey*"),
        StringLike={"kms:EncryptionContext:aws:sns:topicArn": f"arn:aws:sns:{region}:{account_id}:*"},
    )


def secrets_of_clusters(account_id: str) -> Statement:
    """Who makes an EKS cluster gives EKS a grant for its secrets (EKS User Guide, "Encrypt Kubernetes secrets").

    Only the fleet's execution role makes clusters. `kms:GrantIsForAWSResource` is never true in CreateCluster, says the
    guide, so it cannot be asked for here.
    """
    return _allow(
        {"AWS": names.account_root(account_id)},
        ("kms:CreateGrant",),
        ArnEquals={"aws:PrincipalArn": names.role_arn(account_id, names.EXECUTION_ROLE)},
    )


def fsx_data_repositories(account_id: str, region: str, bucket_arn: str) -> Statement:
    """FSx for Lustre imports from and exports to the bucket by a role whose name ends in the file system's id.

    The only open principal: nobody knows that id before the file system exists, and IAM takes no `*` within a
    principal. So it is AWS's account-wide form (FSx for Lustre User Guide, "Working with server-side encrypted
    Amazon S3 buckets"): this account, through S3, for this bucket, in a session that FSx has named.
    """
    return _allow(
        {"AWS": "*"},
        CRYPTOGRAPHY,
        StringEquals=_via(account_id, region, ("s3",)),
        StringLike={"aws:userid": "*:FSx", **_objects_of(bucket_arn)},
    )


def replication(region: str, bucket: BucketKeyUse, role_arn: str) -> Statement:
    """S3 replication reads the central bucket's objects and writes the replicas, as its role in the central account.

    The role is made later, in links, and may be made again: its account is trusted, narrowed to the role. A
    replica needs GenerateDataKey beside Encrypt because its bucket has a bucket key.
    """
    use = ("kms:Decrypt",) if bucket.is_central else ("kms:Encrypt", "kms:GenerateDataKey")
    return _allow(
        {"AWS": names.account_root(role_arn.split(":")[4])},
        use,
        ArnEquals={"aws:PrincipalArn": role_arn},
        StringEquals={"kms:ViaService": f"s3.{region}.amazonaws.com"},
        StringLike=_objects_of(bucket.bucket_arn),
    )


def _allow(
    principal: dict[str, str | list[str]], actions: tuple[str, ...], **conditions: dict[str, str | list[str]]
) -> Statement:
    """A statement of a key policy, whose resource is always the key itself."""
    statement: Statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": list(actions),
        "Resource": ["*"],
    }
    if conditions:
        statement["Condition"] = conditions
    return statement


def _via(account_id: str, region: str, services: tuple[str, ...]) -> dict[str, str | list[str]]:
    return {
        "kms:CallerAccount": account_id,
        "kms:ViaService": [f"{service}.{region}.amazonaws.com" for service in services],
    }


def _objects_of(bucket_arn: str) -> dict[str, str | list[str]]:
    """The encryption context of a bucket with a bucket key, and of an object that was written without it."""
    return {"kms:EncryptionContext:aws:s3:arn": [bucket_arn, f"{bucket_arn}/*"]}


def _launching_role_arns(account_id: str) -> list[str]:
    return [names.service_linked_role_arn(account_id, service, role) for service, role in EBS_ROLES.items()]
