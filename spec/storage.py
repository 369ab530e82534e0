"""File systems of one site: FSx for Lustre for training data, EFS for homes and teams."""

from __future__ import annotations

from pydantic import Field

from spec.fields import Name, Spec, ZoneId
from spec.storage_fields import (
    EfsPath,
    LustreCapacity,
    LustreThroughput,
    MaintenanceWindow,
    MetadataIops,
    PosixId,
)

HOMES_NAME, HOMES_PATH = "homes", "/home"
"""The shared homes: an access point that every EFS file system has."""


class Lustre(Spec):
    """An FSx for Lustre file system: PERSISTENT_2 on SSD, LZ4, in one zone, linked to the site's bucket."""

    capacity_gib: LustreCapacity = Field(
        description="Storage capacity in GiB: 1200, 2400 or a multiple of 2400. It can grow, never shrink."
    )
    throughput_mbps_per_tib: LustreThroughput = Field(
        description="Throughput in MB/s for each TiB of capacity: 125, 250, 500 or 1000. Changing it makes the "
        "file system unavailable for a few minutes."
    )
    availability_zone: ZoneId = Field(
        description="Id of the zone whose private subnet holds the file system, one of the network's: the zone "
        "where the GPUs are, since traffic between zones is slower and paid for."
    )
    maintenance_window: MaintenanceWindow = Field(
        description='Start of the weekly maintenance in UTC, in quotes, d:HH:MM with 1 for Monday: "7:03:00".'
    )
    metadata_iops: MetadataIops | None = Field(
        default=None,
        description="Metadata operations a second to provide: 1500, 3000, 6000, 12000 or a multiple of 12000, at "
        "most 192000. Left out, AWS provides what fits the capacity.",
    )


class AccessPoint(Spec):
    """A team's or project's own directory of the EFS file system."""

    name: Name = Field(description="Name of the team or project.")
    uid: PosixId = Field(description="POSIX user id that everybody who mounts this access point has.")
    gid: PosixId = Field(description="POSIX group id that everybody who mounts this access point has.")
    path: EfsPath = Field(
        description="Directory that is the root of this access point, such as /teams/vision; made with it."
    )


class Efs(Spec):
    """An EFS file system: elastic throughput, in every zone. Homes have an access point of their own, /home."""

    access_points: tuple[AccessPoint, ...] = Field(
        default=(), description="One for each team or project, beside the shared homes."
    )


class Storage(Spec):
    """The file systems of a site; it needs a network."""

    lustre: Lustre | None = Field(default=None, description="FSx for Lustre; left out, the site has none.")
    efs: Efs | None = Field(default=None, description="EFS; left out, the site has none.")
