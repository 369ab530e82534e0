"""FSx for Lustre: what it is sold with, its interfaces, its life. What is on a file system is not emulated.

Source: FSx API Reference, CreateFileSystem and its neighbours; FSx for Lustre User Guide, "File system access control
with Amazon VPC".
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from moto.fsx.models import fsx_backends
from moto.moto_api._internal import mock_random

from sandbox.aws import ec2
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.key_access import can_encrypt

SMALLEST_GIB, STEP_GIB = 1200, 2400
THROUGHPUTS = {"PERSISTENT_2": (125, 250, 500, 1000), "PERSISTENT_1": (50, 100, 200)}
LNET_PORT = 988
METADATA_IOPS = (1500, 3000, 6000, *range(12_000, 192_001, 12_000))
ID_DIGITS = 17
VERSION = "2.15"


def backend_of(call: Call) -> Any:
    """Moto's FSx of the call's account and region."""
    return fsx_backends[call.account][call.region]


def system_of(call: Call, file_system_id: str) -> Any:
    """Moto's file system of an id; refuses one that is not there."""
    system = backend_of(call).file_systems.get(file_system_id)
    if system is None:
        raise Refused("FileSystemNotFound", f"File system '{file_system_id}' does not exist.")
    return system


def is_sold(call: Call) -> None:
    """BadRequest and InvalidPerUnitStorageThroughput: sizes and throughputs of an SSD file system."""
    lustre = call.params.get("LustreConfiguration", {})
    kind = lustre.get("DeploymentType", "SCRATCH_1")
    if call.params["FileSystemType"] != "LUSTRE" or kind not in THROUGHPUTS:
        raise Refused(
            "BadRequest", f"The sandbox has persistent Lustre file systems only, not {kind} of another type"
        )
    _capacity_is_sold(call.params["StorageCapacity"])
    throughput = lustre.get("PerUnitStorageThroughput")
    if throughput not in THROUGHPUTS[kind]:
        raise Refused(
            "InvalidPerUnitStorageThroughput",
            f"PerUnitStorageThroughput {throughput} is invalid; valid for {kind}: {THROUGHPUTS[kind]}",
        )
    _metadata_is_sold(lustre.get("MetadataConfiguration", {}))


def _capacity_is_sold(capacity_gib: int) -> None:
    if capacity_gib != SMALLEST_GIB and (capacity_gib <= 0 or capacity_gib % STEP_GIB):
        raise Refused(
            "BadRequest",
            f"StorageCapacity {capacity_gib} is invalid; it must be 1200, 2400 or an increment of 2400 GiB",
        )


def _metadata_is_sold(metadata: Mapping[str, Any]) -> None:
    mode, iops = metadata.get("Mode"), metadata.get("Iops")
    if (mode == "USER_PROVISIONED") != (iops is not None) or (iops is not None and iops not in METADATA_IOPS):
        raise Refused("BadRequest", f"Metadata IOPS {iops} are invalid in the mode {mode}")


def network_fits(call: Call) -> None:
    """InvalidNetworkSettings: one subnet, and groups that let Lustre's servers reach each other."""
    subnets, group_ids = call.params["SubnetIds"], call.params.get("SecurityGroupIds", [])
    if len(subnets) != 1:
        raise Refused("BadRequest", "A Lustre file system takes exactly one subnet")
    backend = ec2.backend_of(call)
    subnet = next((zone[subnets[0]] for zone in backend.subnets.values() if subnets[0] in zone), None)
    if subnet is None:
        raise Refused("InvalidNetworkSettings", f"The subnet ID '{subnets[0]}' does not exist")
    groups = [backend.groups[subnet.vpc_id].get(group_id) for group_id in group_ids]
    if None in groups:
        raise Refused(
            "InvalidNetworkSettings", f"Security groups {group_ids} are not all of the subnet's VPC"
        )
    if not any(_admits_itself(group) for group in groups):
        raise Refused(
            "InvalidNetworkSettings",
            "The file system cannot be created because the provided security groups do not permit Lustre LNET "
            f"network traffic on port {LNET_PORT}",
        )


def _admits_itself(group: Any) -> bool:
    """Whether members of a group may open Lustre's port to each other."""
    return any(
        rule.source_group.get("GroupId") == group.id
        and (str(rule.ip_protocol) == "-1" or int(rule.from_port) <= LNET_PORT <= int(rule.to_port))
        for rule in group.ingress_rules
    )


def key_can_be_used(call: Call) -> None:
    """A key of this account and region that is enabled, and that the caller may use through the service."""
    named = call.params.get("KmsKeyId")
    if named and not can_encrypt(call, named, "fsx"):
        raise Refused("BadRequest", f"The KMS key {named} does not exist, is disabled or is not accessible")


def create(call: Call) -> dict[str, Any]:
    """Moto's file system under an id of AWS's length, with an interface in its subnet.

    A request that is sent again under its token makes nothing new.
    """
    backend, token = backend_of(call), call.params["ClientRequestToken"]
    for system in backend.file_systems.values():
        if system.token == token:
            return {"FileSystem": _shown(call, system)}
    call.moto()
    _, system = backend.file_systems.popitem()
    before = system.resource_arn
    system.file_system_id = f"fs-{mock_random.get_random_hex(ID_DIGITS)}"
    system.resource_arn = before.rpartition("/")[0] + f"/{system.file_system_id}"
    system.dns_name = f"{system.file_system_id}.fsx.{call.region}.amazonaws.com"
    backend.tagger.copy_tags(before, system.resource_arn)
    backend.tagger.delete_all_tags_for_resource(before)
    backend.file_systems[system.file_system_id] = system
    system.created_at, system.owner_id, system.token = time.time(), call.account, token
    system.lustre_configuration = _as_shown(call.params["LustreConfiguration"])
    system.associations = {}
    _place(call, system)
    return {"FileSystem": {**_shown(call, system), "Lifecycle": "CREATING"}}


def _as_shown(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for, with what FSx fills in."""
    return {
        "MountName": mock_random.get_random_string(8, include_digits=False, lower_case=True),
        "AutomaticBackupRetentionDays": 0,
        "CopyTagsToBackups": False,
        "DataCompressionType": "NONE",
        "EfaEnabled": False,
        "LogConfiguration": {"Level": "DISABLED"},
        "WeeklyMaintenanceStartTime": "1:05:00",
        **asked,
    }


def _place(call: Call, system: Any) -> None:
    """The interface that clients mount: FSx's own, in the file system's groups."""
    backend, (subnet_id,) = ec2.backend_of(call), system.subnet_ids
    address = ec2.free_address(backend, subnet_id)
    interface = backend.create_network_interface(subnet_id, address)
    groups = [backend.get_security_group_from_id(group_id) for group_id in system.security_group_ids]
    ec2.manage(
        interface,
        address=address,
        interface_type="interface",
        description=f"ENI for file system {system.file_system_id}",
        groups=groups,
    )
    system.vpc_id, system.interface_ids = backend.get_subnet(subnet_id).vpc_id, [interface.id]


def describe(call: Call) -> dict[str, Any]:
    """Those that are asked for by id, or all; what was created is available from the first look on."""
    ids = call.params.get("FileSystemIds") or list(backend_of(call).file_systems)
    return {"FileSystems": [_shown(call, system_of(call, file_system_id)) for file_system_id in ids]}


def _shown(call: Call, system: Any) -> dict[str, Any]:
    return {
        "OwnerId": system.owner_id,
        "CreationTime": system.created_at,
        "FileSystemId": system.file_system_id,
        "FileSystemType": "LUSTRE",
        "FileSystemTypeVersion": VERSION,
        "Lifecycle": "AVAILABLE",
        "StorageCapacity": system.storage_capacity,
        "StorageType": system.storage_type or "SSD",
        "VpcId": system.vpc_id,
        "SubnetIds": system.subnet_ids,
        "NetworkInterfaceIds": system.interface_ids,
        "DNSName": system.dns_name,
        "KmsKeyId": system.kms_key_id,
        "ResourceARN": system.resource_arn,
        "Tags": backend_of(call).list_tags_for_resource(system.resource_arn),
        "LustreConfiguration": _lustre_shown(system),
    }


def _lustre_shown(system: Any) -> dict[str, Any]:
    """The configuration, with the metadata IOPS that FSx provides by itself in AUTOMATIC mode."""
    metadata = system.lustre_configuration.get("MetadataConfiguration")
    if metadata is None or metadata["Mode"] != "AUTOMATIC":
        return dict(system.lustre_configuration)
    automatic = {"Mode": "AUTOMATIC", "Iops": _automatic_iops(system.storage_capacity)}
    return {**system.lustre_configuration, "MetadataConfiguration": automatic}


def _automatic_iops(capacity_gib: int) -> int:
    """FSx for Lustre User Guide, "Managing metadata performance"."""
    steps = ((1200, 1500), (2400, 3000), (9600, 6000), (45_600, 12_000))
    return next((iops for most, iops in steps if capacity_gib <= most), capacity_gib // 24_000 * 12_000)


def may_change(call: Call) -> None:
    """Capacity grows only, and a file system that is linked to a bucket has no backups."""
    system, asked = system_of(call, call.params["FileSystemId"]), call.params.get("LustreConfiguration", {})
    capacity = call.params.get("StorageCapacity", system.storage_capacity)
    _capacity_is_sold(capacity)
    if capacity < system.storage_capacity:
        raise Refused("BadRequest", "The storage capacity of a file system cannot be decreased")
    metadata, had = (
        asked.get("MetadataConfiguration"),
        system.lustre_configuration.get("MetadataConfiguration"),
    )
    if metadata is not None:
        _metadata_is_sold(metadata)
        if metadata.get("Iops", 0) < (had or {}).get("Iops", 0):
            raise Refused("BadRequest", "Metadata IOPS cannot be decreased")
    if system.associations and asked.get("AutomaticBackupRetentionDays"):
        raise Refused(
            "BadRequest", "Backups are not supported on file systems linked to an S3 data repository"
        )


def change(call: Call) -> dict[str, Any]:
    """Capacity and what `LustreConfiguration` names."""
    system = system_of(call, call.params["FileSystemId"])
    system.storage_capacity = call.params.get("StorageCapacity", system.storage_capacity)
    system.lustre_configuration |= call.params.get("LustreConfiguration", {})
    return {"FileSystem": {**_shown(call, system), "Lifecycle": "UPDATING"}}


def may_be_deleted(call: Call) -> None:
    """A last backup can only be of a file system that is not linked to a bucket."""
    system, asked = system_of(call, call.params["FileSystemId"]), call.params.get("LustreConfiguration", {})
    if system.associations and asked.get("SkipFinalBackup") is False:
        raise Refused(
            "BadRequest", "Backups are not supported on file systems linked to an S3 data repository"
        )


def delete(call: Call) -> dict[str, Any]:
    """The file system goes, and its interfaces and associations with it."""
    system = system_of(call, call.params["FileSystemId"])
    for interface_id in system.interface_ids:
        ec2.backend_of(call).enis.pop(interface_id, None)
    backend_of(call).tagger.delete_all_tags_for_resource(system.resource_arn)
    del backend_of(call).file_systems[system.file_system_id]
    return {"FileSystemId": system.file_system_id, "Lifecycle": "DELETING", "LustreResponse": {}}


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("fsx", "CreateFileSystem"): (is_sold, network_fits, key_can_be_used),
    ("fsx", "UpdateFileSystem"): (may_change,),
    ("fsx", "DeleteFileSystem"): (may_be_deleted,),
}
OPERATIONS: dict[Key, Operation] = {
    ("fsx", "CreateFileSystem"): create,
    ("fsx", "DescribeFileSystems"): describe,
    ("fsx", "UpdateFileSystem"): change,
    ("fsx", "DeleteFileSystem"): delete,
}
