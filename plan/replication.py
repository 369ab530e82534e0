"""How data travels: from the central bucket to every replica, by one rule a destination and prefix (rows D1-D4).

One direction only: no replica has a replication configuration, so nothing can travel in a circle
(docs/decisions/0012).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plan import names, policies
from plan.bucket_policies import REPLICATES
from plan.network_watch import RolePlan
from plan.policies import Document, Statement, document
from plan.prefixes import LOGS, REPLICATED, PrefixPlan, StorageClass
from plan.replication_alarms import ReplicationAlarmPlan, plan_alarms
from spec import Fleet

RTC_MINUTES = 15
"""The one value that S3 takes for ReplicationTime and for the event threshold (S3 API Reference)."""

REPORTS = f"{LOGS}batch-replication/"
"""Where a job of Batch Replication leaves its manifest and its report, in the central bucket."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketEnd:
    """A bucket that takes part: whose it is, and which site's key encrypts it."""

    site: str
    bucket: str
    account_id: str
    region: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RulePlan:
    """A replication rule.

    `changes_owner`: the replica belongs to the replica's account; S3 takes the setting only where that is another
    account than the source's (S3 API Reference, AccessControlTranslation).
    """

    id: str
    priority: int
    prefix: str
    storage_class: StorageClass
    is_timed: bool
    changes_owner: bool
    destination: BucketEnd


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicationPlan:
    """Everything that carries data from the central bucket; it lives in links, which knows both ends."""

    source: BucketEnd
    destinations: tuple[BucketEnd, ...]
    role: RolePlan
    batch_role: RolePlan
    rules: tuple[RulePlan, ...]
    alarms: tuple[ReplicationAlarmPlan, ...]

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites whose keys are needed: the central one first."""
        return (self.source.site, *(end.site for end in self.destinations))


def plan_replication(fleet: Fleet) -> ReplicationPlan | None:
    """Replication of the fleet; None when it has no data."""
    data = fleet.settings.data
    if data is None:
        return None
    source = _end(fleet, data.central)
    destinations = tuple(_end(fleet, name) for name in data.replicas)
    rules = _rules(source, destinations)
    return ReplicationPlan(
        source=source,
        destinations=destinations,
        role=_role(source, destinations),
        batch_role=_batch_role(source),
        rules=rules,
        alarms=plan_alarms(
            fleet,
            source_site=source.site,
            source_bucket=source.bucket,
            rules={rule.id: (rule.destination.site, rule.destination.bucket) for rule in rules},
        ),
    )


def replication_keys(plan: ReplicationPlan, key_arns: Mapping[str, str]) -> Document:
    """What the replication role may do with each site's key, once the keys' ARNs are known.

    Narrowed to S3 of the key's region and, since the buckets have bucket keys, to the bucket by its ARN (S3 User
    Guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys": the encryption context is the bucket's ARN).
    """
    read = _key_use(plan.source, key_arns, ["kms:Decrypt"])
    # With a bucket key S3 asks for a data key for the bucket instead of encrypting each object's.
    write = [_key_use(end, key_arns, ["kms:Encrypt", "kms:GenerateDataKey"]) for end in plan.destinations]
    return document(read, *write)


def batch_keys(plan: ReplicationPlan, key_arns: Mapping[str, str]) -> Document:
    """Manifest and report are objects of the central bucket."""
    return document(_key_use(plan.source, key_arns, ["kms:Decrypt", "kms:GenerateDataKey"]))


def _rules(source: BucketEnd, destinations: tuple[BucketEnd, ...]) -> tuple[RulePlan, ...]:
    """Destination by destination; a new one comes last in fleet.yaml and moves no other rule's priority."""
    pairs = [(end, item) for end in destinations for item in REPLICATED]
    return tuple(_rule(source, end, item, priority) for priority, (end, item) in enumerate(pairs, start=1))


def _rule(source: BucketEnd, destination: BucketEnd, item: PrefixPlan, priority: int) -> RulePlan:
    return RulePlan(
        id=f"{item.key}-to-{destination.site}",
        priority=priority,
        prefix=item.prefix,
        storage_class=item.storage_class,
        is_timed=item.is_timed,
        changes_owner=destination.account_id != source.account_id,
        destination=destination,
    )


def _role(source: BucketEnd, destinations: tuple[BucketEnd, ...]) -> RolePlan:
    arn = names.bucket_arn(source.bucket)
    copied = [item.prefix for item in REPLICATED]
    return RolePlan(
        name=names.site_role(names.REPLICATION_ROLE, source.site),
        # S3's guide asks for the bare principal; it says nowhere that replication sends the account.
        trust=policies.service_trust("s3.amazonaws.com"),
        policy=document(
            {
                "Effect": "Allow",
                "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"],
                "Resource": [arn],
            },
            {
                "Effect": "Allow",
                "Action": [
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionTagging",
                ],
                "Resource": [f"{arn}/{prefix}*" for prefix in copied],
            },
            {
                "Effect": "Allow",
                "Action": [*REPLICATES, "s3:ObjectOwnerOverrideToBucketOwner"],
                "Resource": [
                    f"{names.bucket_arn(end.bucket)}/{prefix}*" for end in destinations for prefix in copied
                ],
            },
        ),
    )


def _batch_role(source: BucketEnd) -> RolePlan:
    """S3 User Guide, "Configuring an IAM role for S3 Batch Replication", with a manifest that S3 generates."""
    arn = names.bucket_arn(source.bucket)
    return RolePlan(
        name=names.site_role(names.BATCH_REPLICATION_ROLE, source.site),
        trust=policies.service_trust("batchoperations.s3.amazonaws.com"),
        policy=document(
            {
                "Effect": "Allow",
                "Action": ["s3:InitiateReplication"],
                "Resource": [f"{arn}/{item.prefix}*" for item in REPLICATED],
            },
            {
                "Effect": "Allow",
                "Action": ["s3:GetReplicationConfiguration", "s3:PutInventoryConfiguration"],
                "Resource": [arn],
            },
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
                "Resource": [f"{arn}/{REPORTS}*"],
            },
        ),
    )


def _key_use(end: BucketEnd, key_arns: Mapping[str, str], actions: list[str]) -> Statement:
    """The object's ARN is the context of what was written before the bucket had a bucket key."""
    arn = names.bucket_arn(end.bucket)
    return {
        "Effect": "Allow",
        "Action": actions,
        "Resource": [key_arns[end.site]],
        "Condition": {
            "StringEquals": {"kms:ViaService": f"s3.{end.region}.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": [arn, f"{arn}/*"]},
        },
    }


def _end(fleet: Fleet, name: str) -> BucketEnd:
    site = fleet.sites[name]
    return BucketEnd(
        site=name,
        bucket=names.data_bucket(site.account, site.region),
        account_id=fleet.settings.accounts[site.account].id,
        region=site.region,
    )
