"""FSx for Lustre and its data repository associations.

Of a file system, capacity and metadata IOPS only grow: where the real provider plans a replacement for less of them,
the update is refused here, as FSx refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.providers.forms import Form
from sandbox.providers.resource_type import (
    Call,
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
    put=call("TagResource", ResourceARN="$arn", Tags="$tags.list"),
    remove=call("UntagResource", ResourceARN="$arn", TagKeys="$tags.keys"),
)
_AVAILABLE: Final = When("Lifecycle", ("AVAILABLE",))


def _change(member: str, value: str) -> Call:
    """Change one member of the Lustre configuration."""
    return call("UpdateFileSystem", FileSystemId="$id", LustreConfiguration={member: value})


def _without_chosen_iops(metadata: Any) -> Any:
    """In AUTOMATIC mode the number of IOPS is FSx's own choice."""
    if isinstance(metadata, Mapping) and metadata.get("mode") == "AUTOMATIC":
        return {"mode": "AUTOMATIC"}
    return metadata


_FORCED: Final = "ForceNew of aws_fsx_lustre_file_system: UpdateFileSystem does not take it"
_METADATA: Final = "LustreConfiguration.MetadataConfiguration.{mode: Mode, iops: Iops}"

_LUSTRE: Final = ResourceType(
    type="aws:fsx/lustreFileSystem:LustreFileSystem",
    service="fsx",
    noun="FSx for Lustre File System",
    cloudformation="AWS::FSx::FileSystem",
    properties={
        "subnetIds": fixed(answer="SubnetIds[0]"),
        "securityGroupIds": fixed(answer=None),
        "kmsKeyId": fixed(chosen=True),
        "storageType": fixed(default="SSD", differs=_FORCED),
        "deploymentType": fixed(
            default="SCRATCH_1",
            answer="LustreConfiguration.DeploymentType",
            allowed=("PERSISTENT_1", "PERSISTENT_2"),
            differs=_FORCED,
        ),
        "storageCapacity": updated(
            call("UpdateFileSystem", FileSystemId="$id", StorageCapacity="$storageCapacity")
        ),
        "perUnitStorageThroughput": updated(
            _change("PerUnitStorageThroughput", "$perUnitStorageThroughput"),
            answer="LustreConfiguration.PerUnitStorageThroughput",
        ),
        "dataCompressionType": updated(
            _change("DataCompressionType", "$dataCompressionType"),
            default="NONE",
            answer="LustreConfiguration.DataCompressionType",
        ),
        "metadataConfiguration": updated(
            _change("MetadataConfiguration", "$metadataConfiguration"),
            form=Form(canonical=_without_chosen_iops),
            chosen=True,
            answer=_METADATA,
        ),
        "weeklyMaintenanceStartTime": updated(
            _change("WeeklyMaintenanceStartTime", "$weeklyMaintenanceStartTime"),
            chosen=True,
            answer="LustreConfiguration.WeeklyMaintenanceStartTime",
        ),
        "automaticBackupRetentionDays": updated(
            _change("AutomaticBackupRetentionDays", "$automaticBackupRetentionDays"),
            default=0,
            answer="LustreConfiguration.AutomaticBackupRetentionDays",
        ),
        "skipFinalBackup": local(default=True),
    },
    create=call(
        "CreateFileSystem",
        FileSystemType="LUSTRE",
        StorageCapacity="$storageCapacity",
        StorageType="$storageType",
        SubnetIds=["$subnetIds"],
        SecurityGroupIds="$securityGroupIds",
        KmsKeyId="$kmsKeyId",
        LustreConfiguration={
            "DeploymentType": "$deploymentType",
            "PerUnitStorageThroughput": "$perUnitStorageThroughput",
            "DataCompressionType": "$dataCompressionType",
            "MetadataConfiguration": "$metadataConfiguration",
            "WeeklyMaintenanceStartTime": "$weeklyMaintenanceStartTime",
            "AutomaticBackupRetentionDays": "$automaticBackupRetentionDays",
        },
    ),
    id="FileSystem.FileSystemId",
    reads=(Read(call("DescribeFileSystems", FileSystemIds=["$id"]), "FileSystems[0]"),),
    ready=_AVAILABLE,
    delete=(
        call(
            "DeleteFileSystem",
            FileSystemId="$id",
            LustreConfiguration={"SkipFinalBackup": "$skipFinalBackup"},
        ),
    ),
    gone_codes=("FileSystemNotFound",),
    outputs={
        "arn": "ResourceARN",
        "dnsName": "DNSName",
        "mountName": "LustreConfiguration.MountName",
        "networkInterfaceIds": "NetworkInterfaceIds",
        "ownerId": "OwnerId",
        "vpcId": "VpcId",
    },
    tags=_TAGS,
)

_ASSOCIATION: Final = ResourceType(
    type="aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation",
    service="fsx",
    noun="FSx for Lustre Data Repository Association",
    cloudformation="AWS::FSx::DataRepositoryAssociation",
    properties={
        "fileSystemId": fixed(),
        "fileSystemPath": fixed(),
        "dataRepositoryPath": fixed(),
        "batchImportMetaDataOnCreate": fixed(default=False),
        "importedFileChunkSize": updated(
            call(
                "UpdateDataRepositoryAssociation",
                AssociationId="$id",
                ImportedFileChunkSize="$importedFileChunkSize",
            ),
            chosen=True,
        ),
        "s3": updated(
            call("UpdateDataRepositoryAssociation", AssociationId="$id", S3="$s3"),
            chosen=True,
        ),
        "deleteDataInFilesystem": local(default=False),
    },
    create=call_matching("CreateDataRepositoryAssociation"),
    id="Association.AssociationId",
    reads=(Read(call("DescribeDataRepositoryAssociations", AssociationIds=["$id"]), "Associations[0]"),),
    ready=_AVAILABLE,
    delete=(
        call(
            "DeleteDataRepositoryAssociation",
            AssociationId="$id",
            DeleteDataInFileSystem="$deleteDataInFilesystem",
        ),
    ),
    gone_codes=("DataRepositoryAssociationNotFound", "FileSystemNotFound"),
    outputs={"arn": "ResourceARN", "associationId": "AssociationId"},
    tags=_TAGS,
)

TYPES: Final = (_LUSTRE, _ASSOCIATION)
