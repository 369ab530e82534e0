"""The file systems of a site: FSx for Lustre linked to the site's bucket, and EFS (rows S1 to S3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from plan import prefixes
from plan.data import plan_data
from plan.policies import Document
from plan.storage_policies import file_system_policy
from plan.storage_watch import StorageAlarmPlan, efs_alarms, lustre_alarms
from spec import AccessPoint, Efs, Fleet, Lustre, Storage
from spec.storage import HOMES_NAME, HOMES_PATH

Event = Literal["NEW", "CHANGED"]

EVENTS: tuple[Event, ...] = ("NEW", "CHANGED")
"""What travels between bucket and file system by itself. Never DELETED: a delete marker, or a mistaken `rm`, on one
side would remove the other's copy, at every site that imports the prefix (docs/decisions/0014).
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class AssociationPlan:
    """A data repository association: a directory of Lustre and the prefix of the site's bucket that it mirrors."""

    key: str
    file_system_path: str
    data_repository_path: str
    import_events: tuple[Event, ...]
    export_events: tuple[Event, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LustrePlan:
    """FSx for Lustre in one zone. No `metadata_iops` means that AWS provides what fits the capacity."""

    zone_id: str
    capacity_gib: int
    throughput_mbps_per_tib: int
    metadata_iops: int | None
    maintenance_window: str
    associations: tuple[AssociationPlan, ...]
    alarms: tuple[StorageAlarmPlan, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessPointPlan:
    """A directory of EFS and who owns it when EFS makes it.

    Whoever mounts an access point with a `uid` is that user, whoever he is. The homes have none: they are many
    users' (row S3).
    """

    key: str
    path: str
    owner_uid: int
    owner_gid: int
    permissions: str
    uid: int | None
    gid: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class EfsPlan:
    """EFS, with a mount target in each zone."""

    zone_ids: tuple[str, ...]
    access_points: tuple[AccessPointPlan, ...]
    policy: Document
    alarms: tuple[StorageAlarmPlan, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoragePlan:
    """All file systems of a site."""

    lustre: LustrePlan | None
    efs: EfsPlan | None


def plan_storage(fleet: Fleet, name: str) -> StoragePlan | None:
    """The file systems of a site of the fleet; None for one that has none."""
    site = fleet.sites[name]
    if site.storage is None or site.network is None:
        return None
    data = plan_data(fleet, name)
    return plan_file_systems(
        name,
        fleet.settings.accounts[site.account].id,
        site.storage,
        zone_ids=site.network.availability_zones,
        bucket=data.bucket if data else None,
    )


def plan_file_systems(
    site: str, account_id: str, storage: Storage, *, zone_ids: tuple[str, ...], bucket: str | None
) -> StoragePlan:
    """The file systems that a site's file asks for.

    `bucket` is the site's own data bucket; without one there is nothing to link Lustre to.
    """
    return StoragePlan(
        lustre=_lustre(site, storage.lustre, bucket) if storage.lustre else None,
        efs=_efs(site, account_id, storage.efs, zone_ids) if storage.efs else None,
    )


def _lustre(site: str, lustre: Lustre, bucket: str | None) -> LustrePlan:
    associations = _associations(site, bucket) if bucket else ()
    return LustrePlan(
        zone_id=lustre.availability_zone,
        capacity_gib=lustre.capacity_gib,
        throughput_mbps_per_tib=lustre.throughput_mbps_per_tib,
        metadata_iops=lustre.metadata_iops,
        maintenance_window=lustre.maintenance_window,
        associations=associations,
        alarms=lustre_alarms(site, lustre.capacity_gib, linked=bool(associations)),
    )


def _associations(site: str, bucket: str) -> tuple[AssociationPlan, ...]:
    """Replicated prefixes come in, the site's own prefix goes out: no file is written by both sides."""
    imported = tuple(
        AssociationPlan(
            key=item.key,
            file_system_path=f"/{item.key}",
            data_repository_path=f"s3://{bucket}/{item.prefix}",
            import_events=EVENTS,
            export_events=(),
        )
        for item in prefixes.REPLICATED
    )
    own = prefixes.own_prefix(site)
    exported = AssociationPlan(
        key="site",
        file_system_path=f"/{own.rstrip('/')}",
        data_repository_path=f"s3://{bucket}/{own}",
        import_events=(),
        export_events=EVENTS,
    )
    return (*imported, exported)


def _efs(site: str, account_id: str, efs: Efs, zone_ids: tuple[str, ...]) -> EfsPlan:
    homes = AccessPointPlan(
        key=HOMES_NAME,
        path=HOMES_PATH,
        owner_uid=0,
        owner_gid=0,
        permissions="0755",
        uid=None,
        gid=None,
    )
    return EfsPlan(
        zone_ids=zone_ids,
        access_points=(homes, *map(_access_point, efs.access_points)),
        policy=file_system_policy(account_id),
        alarms=efs_alarms(site),
    )


def _access_point(point: AccessPoint) -> AccessPointPlan:
    """Group-writable and closed to others; new files belong to the group (the 2 of 2770)."""
    return AccessPointPlan(
        key=point.name,
        path=point.path,
        owner_uid=point.uid,
        owner_gid=point.gid,
        permissions="2770",
        uid=point.uid,
        gid=point.gid,
    )
