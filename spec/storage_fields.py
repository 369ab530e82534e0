"""Types of single fields of `storage`: what AWS sells and takes."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from spec.fields import matching, refuse, text_schema

LUSTRE_CAPACITY_STEP_GIB = 2400
LUSTRE_CAPACITY_SMALLEST_GIB = 1200
"""PERSISTENT_2 on SSD: 1200, 2400, and increments of 2400 GiB (FSx API, CreateFileSystem, StorageCapacity)."""

LUSTRE_THROUGHPUTS_MBPS_PER_TIB = (125, 250, 500, 1000)
"""PERSISTENT_2 on SSD (FSx API, PerUnitStorageThroughput; row T9: nothing above 1000 is sold)."""

METADATA_IOPS_STEP, METADATA_IOPS_MAX = 12_000, 192_000
METADATA_IOPS = (1500, 3000, 6000, *range(METADATA_IOPS_STEP, METADATA_IOPS_MAX + 1, METADATA_IOPS_STEP))
"""FSx API, CreateFileSystemLustreMetadataConfiguration, Iops."""

POSIX_IDS = range(1000, 2**32 - 2)
"""EFS takes ids of 32 bits; those below 1000 are the system's on Linux, the last two mean nobody and no change."""

EFS_PATH_CHARACTERS_MAX = 100
EFS_PATH_DEPTH_MAX = 4
"""EFS API, RootDirectory, Path: up to 100 characters and four directories deep."""

MAINTENANCE_WINDOW_PATTERN = r"[1-7]:([01][0-9]|2[0-3]):[0-5][0-9]"
EFS_PATH_PATTERN = r"(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+"


def _lustre_capacity(value: int) -> int:
    if value == LUSTRE_CAPACITY_SMALLEST_GIB or (value > 0 and value % LUSTRE_CAPACITY_STEP_GIB == 0):
        return value
    below = max(LUSTRE_CAPACITY_SMALLEST_GIB, value // LUSTRE_CAPACITY_STEP_GIB * LUSTRE_CAPACITY_STEP_GIB)
    above = below // LUSTRE_CAPACITY_STEP_GIB * LUSTRE_CAPACITY_STEP_GIB + LUSTRE_CAPACITY_STEP_GIB
    raise refuse(f"AWS sells no file system of {value} GiB", f"the nearest are {below} and {above}")


def _one_of(values: tuple[int, ...], what: str) -> AfterValidator:
    """A validator for a number of a short list; the remedy names the nearest two."""

    def check(value: int) -> int:
        if value not in values:
            near = sorted(sorted(values, key=lambda known: (abs(known - value), known))[:2])
            raise refuse(f"{value} is not {what} that AWS sells", f"the nearest are {near[0]} and {near[1]}")
        return value

    return AfterValidator(check)


def _posix_id(value: int) -> int:
    if value not in POSIX_IDS:
        raise refuse(
            f"{value} is not the id of a user or group of people",
            f"choose one from {POSIX_IDS.start} to {POSIX_IDS.stop - 1}; below are the system's own",
        )
    return value


def _efs_path(value: str) -> str:
    if len(value) > EFS_PATH_CHARACTERS_MAX:
        raise refuse(f"has {len(value)} characters", f"EFS takes {EFS_PATH_CHARACTERS_MAX}")
    if re.fullmatch(EFS_PATH_PATTERN, value) is None:
        raise refuse(
            f'"{value}" is not a directory', "write it like /teams/vision, without a slash at its end"
        )
    if value.count("/") > EFS_PATH_DEPTH_MAX:
        raise refuse(f"{value} is {value.count('/')} directories deep", f"EFS takes {EFS_PATH_DEPTH_MAX}")
    return value


LustreCapacity = Annotated[
    int,
    AfterValidator(_lustre_capacity),
    WithJsonSchema(
        {
            "type": "integer",
            "anyOf": [
                {"const": LUSTRE_CAPACITY_SMALLEST_GIB},
                {"multipleOf": LUSTRE_CAPACITY_STEP_GIB, "minimum": LUSTRE_CAPACITY_STEP_GIB},
            ],
        }
    ),
]
LustreThroughput = Annotated[
    int,
    _one_of(LUSTRE_THROUGHPUTS_MBPS_PER_TIB, "a throughput in MB/s a TiB"),
    WithJsonSchema({"enum": list(LUSTRE_THROUGHPUTS_MBPS_PER_TIB)}),
]
MetadataIops = Annotated[
    int, _one_of(METADATA_IOPS, "a number of metadata IOPS"), WithJsonSchema({"enum": list(METADATA_IOPS)})
]
MaintenanceWindow = Annotated[
    str,
    matching(MAINTENANCE_WINDOW_PATTERN, "a day and time d:HH:MM", '"7:03:00", Sunday at 3 in UTC'),
    text_schema(MAINTENANCE_WINDOW_PATTERN),
]
PosixId = Annotated[
    int,
    AfterValidator(_posix_id),
    WithJsonSchema({"type": "integer", "minimum": POSIX_IDS.start, "maximum": POSIX_IDS.stop - 1}),
]
EfsPath = Annotated[
    str, AfterValidator(_efs_path), text_schema(EFS_PATH_PATTERN, maxLength=EFS_PATH_CHARACTERS_MAX)
]
