"""How file systems and repositories are found whose creation was interrupted; `finders.py` says how a table is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from automation.recovery.finder import Call, Finder
from plan.tags import URN_TAG

_OURS: Final = f"[?Tags[?Key=='{URN_TAG}' && Value=='$fleet_urn']]"

STORAGE_FINDERS: Final[Mapping[str, Finder]] = {
    "aws:fsx/lustreFileSystem:LustreFileSystem": Finder(
        service="fsx",
        find=Call(operation="describe_file_systems", at=f"FileSystems{_OURS}.FileSystemId"),
    ),
    "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation": Finder(
        service="fsx",
        find=Call(operation="describe_data_repository_associations", at=f"Associations{_OURS}.AssociationId"),
    ),
    "aws:efs/fileSystem:FileSystem": Finder(
        service="efs",
        find=Call(operation="describe_file_systems", at=f"FileSystems{_OURS}.FileSystemId"),
    ),
    "aws:efs/mountTarget:MountTarget": Finder(
        service="efs",
        find=Call(
            operation="describe_mount_targets",
            params={"FileSystemId": "$fileSystemId"},
            at="MountTargets[?SubnetId=='$subnetId'].MountTargetId",
        ),
        absent=("FileSystemNotFound",),
    ),
    "aws:efs/accessPoint:AccessPoint": Finder(
        service="efs",
        find=Call(
            operation="describe_access_points",
            params={"FileSystemId": "$fileSystemId"},
            at=f"AccessPoints{_OURS}.AccessPointId",
        ),
        absent=("FileSystemNotFound",),
    ),
    "aws:ecr/repository:Repository": Finder(
        service="ecr",
        find=Call(
            operation="describe_repositories",
            params={"repositoryNames": ["$name"]},
            at="repositories[].repositoryArn",
        ),
        id="$name",
        absent=("RepositoryNotFoundException",),
        tag=Call(
            operation="list_tags_for_resource",
            params={"resourceArn": "$found"},
            at=f"tags[?Key=='{URN_TAG}'].Value",
        ),
    ),
}

REPEATABLE_OF_STORAGE: Final = frozenset(
    {
        "aws:efs/fileSystemPolicy:FileSystemPolicy",
        "aws:efs/backupPolicy:BackupPolicy",
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
    }
)
"""Policies that are put on what is there: putting them again is harmless."""
