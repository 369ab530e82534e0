"""The data of a site: its bucket, central or replica, and the bucket of its access logs (rows D1, D3, D6, K4)."""

from __future__ import annotations

from dataclasses import dataclass

from plan import bucket_policies, names, prefixes
from plan.iam import iam_account
from plan.keys import BucketKeyUse
from plan.policies import Document, document
from spec import Data, Fleet

ABORT_UPLOADS_DAYS = 7
"""A multipart upload that was broken off is paid for and seen by nobody."""

LOG_DAYS = 365
"""How long access logs and inventories are kept: a year to find out who read what."""

ACCESS_LOGS = "access/"
INVENTORY = "inventory/"


@dataclass(frozen=True, kw_only=True, slots=True)
class LifecyclePlan:
    """A lifecycle rule of one prefix ("" is the whole bucket); None where a rule says nothing."""

    key: str
    prefix: str = ""
    abort_uploads_days: int | None = None
    tiered_after_days: int | None = None
    noncurrent_days: int | None = None
    expires_days: int | None = None
    drops_lone_markers: bool = False
    """Removes a delete marker under which no version is left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LogBucketPlan:
    """Where access logs and inventories go.

    SSE-S3 and not the site's key: S3 delivers access logs to no bucket whose default is SSE-KMS (S3 User Guide,
    "Enabling Amazon S3 server access logging"). The one exception to row K4.
    """

    bucket: str
    policy: Document
    lifecycle: tuple[LifecyclePlan, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class InventoryPlan:
    """A daily list of the central bucket's objects with the state of their replication."""

    name: str
    prefix: str
    account_id: str
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DataPlan:
    """A site's data bucket. Versioned, closed to the public, owned by its account, SSE-KMS with a bucket key."""

    bucket: str
    policy: Document
    lifecycle: tuple[LifecyclePlan, ...]
    log_prefix: str
    inventory: InventoryPlan | None
    logs: LogBucketPlan


def plan_data(fleet: Fleet, site_name: str) -> DataPlan | None:
    """The data layer of a site; None for one that holds no data."""
    data = fleet.settings.data
    if data is None or site_name not in (data.central, *data.replicas):
        return None
    site = fleet.sites[site_name]
    account_id = fleet.settings.accounts[site.account].id
    bucket = names.data_bucket(site.account, site.region)
    is_central = site_name == data.central
    inventory = InventoryPlan(
        name="replication",
        prefix=INVENTORY.rstrip("/"),
        account_id=account_id,
        fields=("Size", "LastModifiedDate", "StorageClass", "EncryptionStatus", "ReplicationStatus"),
    )
    return DataPlan(
        bucket=bucket,
        policy=_central_policy(bucket) if is_central else _replica_policy(fleet, data, site_name, bucket),
        lifecycle=_lifecycle(),
        log_prefix=ACCESS_LOGS,
        inventory=inventory if is_central else None,
        logs=_logs(names.log_bucket(site.account, site.region), bucket, account_id, has_inventory=is_central),
    )


def bucket_key_use(fleet: Fleet, site_name: str) -> BucketKeyUse | None:
    """What S3 does with a site's key for its data bucket; None for a site that holds no data."""
    data = fleet.settings.data
    if data is None or site_name not in (data.central, *data.replicas):
        return None
    site = fleet.sites[site_name]
    return BucketKeyUse(
        bucket_arn=names.bucket_arn(names.data_bucket(site.account, site.region)),
        replication_role_arn=_replication_role_arn(fleet, data),
        is_central=site_name == data.central,
    )


def replicated_prefixes() -> tuple[str, ...]:
    """The prefixes that replicas hold copies of."""
    return tuple(item.prefix for item in prefixes.REPLICATED)


def _central_policy(bucket: str) -> Document:
    return document(bucket_policies.tls_only(bucket), bucket_policies.kms_only(bucket))


def _replica_policy(fleet: Fleet, data: Data, site_name: str, bucket: str) -> Document:
    """Another account's replication needs a statement that admits it; in one account its role's policy is enough."""
    accounts = fleet.settings.accounts
    central_id = accounts[fleet.sites[data.central].account].id
    account_id = accounts[fleet.sites[site_name].account].id
    role = _replication_role_arn(fleet, data)
    rollout = names.role_arn(account_id, names.EXECUTION_ROLE)
    copied = replicated_prefixes()
    admitted = (
        bucket_policies.replication_may_write(bucket, copied, account_id=central_id, role_arn=role),
        bucket_policies.replication_may_look(bucket, account_id=central_id, role_arn=role),
    )
    return document(
        bucket_policies.tls_only(bucket),
        bucket_policies.kms_only(bucket),
        bucket_policies.only_replication_writes(bucket, copied, role_arn=role),
        bucket_policies.only_rollouts_delete(bucket, copied, role_arn=rollout),
        *(admitted if account_id != central_id else ()),
    )


def _replication_role_arn(fleet: Fleet, data: Data) -> str:
    account_id = fleet.settings.accounts[fleet.sites[data.central].account].id
    return iam_account(fleet, account_id).role_arn(names.site_role(names.REPLICATION_ROLE, data.central))


def _lifecycle() -> tuple[LifecyclePlan, ...]:
    kept = tuple(
        LifecyclePlan(
            key=item.key,
            prefix=item.prefix,
            tiered_after_days=prefixes.TIERED_AFTER_DAYS if item.is_tiered else None,
            noncurrent_days=item.noncurrent_days,
        )
        for item in prefixes.REPLICATED
    )
    own = tuple(
        LifecyclePlan(key=prefix.rstrip("/"), prefix=prefix, noncurrent_days=prefixes.OWN_NONCURRENT_DAYS)
        for prefix in (prefixes.LOGS, prefixes.SITES, prefixes.LIFECYCLE_SCRIPTS)
    )
    return (_housekeeping(), *kept, *own)


def _housekeeping() -> LifecyclePlan:
    return LifecyclePlan(key="housekeeping", abort_uploads_days=ABORT_UPLOADS_DAYS, drops_lone_markers=True)


def _logs(bucket: str, source: str, account_id: str, *, has_inventory: bool) -> LogBucketPlan:
    writers = {"logging.s3.amazonaws.com": ACCESS_LOGS}
    if has_inventory:
        writers["s3.amazonaws.com"] = INVENTORY
    deliveries = (
        bucket_policies.service_may_write(
            bucket, prefix, service=service, source_bucket=source, account_id=account_id
        )
        for service, prefix in writers.items()
    )
    return LogBucketPlan(
        bucket=bucket,
        policy=document(bucket_policies.tls_only(bucket), *deliveries),
        lifecycle=(LifecyclePlan(key="old", abort_uploads_days=ABORT_UPLOADS_DAYS, expires_days=LOG_DAYS),),
    )
