"""EFS: file systems, what mounts them, and their policies."""

from __future__ import annotations

from typing import Final

from sandbox.providers.forms import JSON, UNORDERED
from sandbox.providers.resource_type import (
    Read,
    ResourceType,
    Tagging,
    When,
    call,
    call_matching,
    fixed,
    local,
    updated,
)

_TAGS: Final = Tagging(
    create_params={"Tags": "$tags.list"},
    put=call("TagResource", ResourceId="$id", Tags="$tags.list"),
    remove=call("UntagResource", ResourceId="$id", TagKeys="$tags.keys"),
)
_AVAILABLE: Final = When("LifeCycleState", ("available",))
_ARN: Final = "arn:${partition}:elasticfilesystem:${region}:${account}"
_UPDATE: Final = call(
    "UpdateFileSystem",
    FileSystemId="$id",
    ThroughputMode="$throughputMode",
    ProvisionedThroughputInMibps="$provisionedThroughputInMibps",
)

_FILE_SYSTEM: Final = ResourceType(
    type="aws:efs/fileSystem:FileSystem",
    service="efs",
    noun="EFS file system",
    cloudformation="AWS::EFS::FileSystem",
    properties={
        "creationToken": fixed(
            chosen=True, differs="ForceNew of aws_efs_file_system: CloudFormation makes its own"
        ),
        "encrypted": fixed(chosen=True),
        "kmsKeyId": fixed(chosen=True),
        "performanceMode": fixed(chosen=True),
        "throughputMode": updated(_UPDATE, default="bursting"),
        "provisionedThroughputInMibps": updated(_UPDATE),
        "availabilityZoneName": fixed(chosen=True),
    },
    create=call_matching("CreateFileSystem"),
    id="FileSystemId",
    reads=(Read(call("DescribeFileSystems", FileSystemId="$id"), "FileSystems[0]"),),
    ready=_AVAILABLE,
    delete=(call("DeleteFileSystem", FileSystemId="$id"),),
    gone_codes=("FileSystemNotFound",),
    outputs={"ownerId": "OwnerId"},
    computed={
        "arn": f"{_ARN}:file-system/${{id}}",
        "dnsName": "${id}.efs.${region}.amazonaws.com",
    },
    tags=_TAGS,
)

_MOUNT_TARGET: Final = ResourceType(
    type="aws:efs/mountTarget:MountTarget",
    service="efs",
    noun="EFS Mount Target",
    cloudformation="AWS::EFS::MountTarget",
    properties={
        "fileSystemId": fixed(),
        "subnetId": fixed(),
        "ipAddress": fixed(chosen=True),
        "securityGroups": updated(
            call("ModifyMountTargetSecurityGroups", MountTargetId="$id", SecurityGroups="$securityGroups"),
            form=UNORDERED,
            chosen=True,
        ),
    },
    create=call_matching("CreateMountTarget"),
    id="MountTargetId",
    reads=(
        Read(call("DescribeMountTargets", MountTargetId="$id"), "MountTargets[0]"),
        Read(
            call("DescribeMountTargetSecurityGroups", MountTargetId="$id"),
            "{SecurityGroups: SecurityGroups}",
        ),
    ),
    ready=_AVAILABLE,
    delete=(call("DeleteMountTarget", MountTargetId="$id"),),
    gone_codes=("MountTargetNotFound",),
    outputs={
        "availabilityZoneId": "AvailabilityZoneId",
        "availabilityZoneName": "AvailabilityZoneName",
        "networkInterfaceId": "NetworkInterfaceId",
        "ownerId": "OwnerId",
    },
    computed={
        "fileSystemArn": f"{_ARN}:file-system/${{fileSystemId}}",
        "dnsName": "${fileSystemId}.efs.${region}.amazonaws.com",
        "mountTargetDnsName": "${availabilityZoneName}.${fileSystemId}.efs.${region}.amazonaws.com",
    },
)

_ACCESS_POINT: Final = ResourceType(
    type="aws:efs/accessPoint:AccessPoint",
    service="efs",
    noun="EFS Access Point",
    cloudformation="AWS::EFS::AccessPoint",
    properties={
        "fileSystemId": fixed(),
        "posixUser": fixed(),
        "rootDirectory": fixed(chosen=True),
    },
    create=call_matching("CreateAccessPoint"),
    id="AccessPointId",
    reads=(Read(call("DescribeAccessPoints", AccessPointId="$id"), "AccessPoints[0]"),),
    ready=_AVAILABLE,
    delete=(call("DeleteAccessPoint", AccessPointId="$id"),),
    gone_codes=("AccessPointNotFound",),
    outputs={"ownerId": "OwnerId"},
    computed={
        "arn": f"{_ARN}:access-point/${{id}}",
        "fileSystemArn": f"{_ARN}:file-system/${{fileSystemId}}",
    },
    tags=_TAGS,
)

_PUT_POLICY: Final = call(
    "PutFileSystemPolicy",
    FileSystemId="$fileSystemId",
    Policy="$policy",
    BypassPolicyLockoutSafetyCheck="$bypassPolicyLockoutSafetyCheck",
)

_FILE_SYSTEM_POLICY: Final = ResourceType(
    type="aws:efs/fileSystemPolicy:FileSystemPolicy",
    service="efs",
    noun="EFS File System Policy",
    replaces_source="aws_efs_file_system_policy: ForceNew of file_system_id",
    properties={
        "fileSystemId": fixed(),
        "policy": updated(_PUT_POLICY, form=JSON),
        "bypassPolicyLockoutSafetyCheck": local(default=False),
    },
    create=_PUT_POLICY,
    id="${fileSystemId}",
    reads=(Read(call("DescribeFileSystemPolicy", FileSystemId="$fileSystemId")),),
    delete=(call("DeleteFileSystemPolicy", FileSystemId="$fileSystemId"),),
    gone_codes=("PolicyNotFound", "FileSystemNotFound"),
)


_PUT_BACKUP_POLICY: Final = call(
    "PutBackupPolicy", FileSystemId="$fileSystemId", BackupPolicy="$backupPolicy"
)

_BACKUP_POLICY: Final = ResourceType(
    type="aws:efs/backupPolicy:BackupPolicy",
    service="efs",
    noun="EFS Backup Policy",
    replaces_source="aws_efs_backup_policy: ForceNew of file_system_id",
    properties={
        "fileSystemId": fixed(answer=None),
        "backupPolicy": updated(_PUT_BACKUP_POLICY, allowed=({"status": "ENABLED"},)),
    },
    create=_PUT_BACKUP_POLICY,
    id="${fileSystemId}",
    reads=(Read(call("DescribeBackupPolicy", FileSystemId="$fileSystemId")),),
    gone=When("BackupPolicy.Status", ("DISABLED", "DISABLING")),
    delete=(call("PutBackupPolicy", FileSystemId="$fileSystemId", BackupPolicy={"Status": "DISABLED"}),),
    gone_codes=("PolicyNotFound", "FileSystemNotFound"),
)

TYPES: Final = (
    _FILE_SYSTEM,
    _MOUNT_TARGET,
    _ACCESS_POINT,
    _FILE_SYSTEM_POLICY,
    _BACKUP_POLICY,
)
