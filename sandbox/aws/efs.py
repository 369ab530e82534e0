"""EFS: ids of AWS's length, interfaces that are EFS's own, and the operations that moto lacks.

Source: EFS API Reference, the pages of the operations.
"""

from __future__ import annotations

import json
from typing import Any

from moto.efs.models import efs_backends
from moto.moto_api._internal import mock_random

from sandbox.aws import ec2
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.key_access import can_encrypt

ID_DIGITS = 17
BACKUP_STATES = ("ENABLED", "DISABLED")


def backend_of(call: Call) -> Any:
    """Moto's EFS of the call's account and region."""
    return efs_backends[call.account][call.region]


def file_system_exists(call: Call) -> None:
    """FileSystemNotFound, where moto fails or does not look."""
    _system(call)


def _system(call: Call) -> Any:
    file_system_id = call.params["FileSystemId"]
    system = backend_of(call).file_systems_by_id.get(file_system_id)
    if system is None:
        raise Refused("FileSystemNotFound", f"File system '{file_system_id}' does not exist.")
    return system


def key_can_be_used(call: Call) -> None:
    """A key of this account and region that is enabled, and that the caller may use through the service."""
    named = call.params.get("KmsKeyId")
    if named and not can_encrypt(call, named, "elasticfilesystem"):
        raise Refused("BadRequest", f"The KMS key {named} does not exist, is disabled or is not accessible")


def access_point_exists(call: Call) -> None:
    """AccessPointNotFound, where moto deletes what is not there."""
    access_point_id = call.params["AccessPointId"]
    if access_point_id not in backend_of(call).access_points:
        raise Refused("AccessPointNotFound", f"Access Point {access_point_id} does not exist.")


def create_file_system(call: Call) -> dict[str, Any]:
    """Moto's file system under an id of AWS's length."""
    made = _answer(call)
    backend = backend_of(call)
    system = backend.file_systems_by_id.pop(made["FileSystemId"])
    before = system.file_system_id
    system.file_system_id = f"fs-{mock_random.get_random_hex(ID_DIGITS)}"
    system.file_system_arn = system.file_system_arn.rpartition("/")[0] + f"/{system.file_system_id}"
    _move_tags(backend, before, system.file_system_id)
    backend.file_systems_by_id[system.file_system_id] = system
    system._backup = bool(call.params.get("Backup"))
    shown: dict[str, Any] = {**system.info_json(), "LifeCycleState": "creating"}
    return shown


def create_access_point(call: Call) -> dict[str, Any]:
    """Moto's access point under an id of AWS's length."""
    made = _answer(call)
    backend = backend_of(call)
    point = backend.access_points.pop(made["AccessPointId"])
    before = point.access_point_id
    point.access_point_id = f"fsap-{mock_random.get_random_hex(ID_DIGITS)}"
    point.access_point_arn = point.access_point_arn.rpartition("/")[0] + f"/{point.access_point_id}"
    _move_tags(backend, before, point.access_point_id)
    backend.access_points[point.access_point_id] = point
    shown: dict[str, Any] = {**point.info_json(), "LifeCycleState": "creating"}
    return shown


def _answer(call: Call) -> dict[str, Any]:
    """Moto's own answer, which is text with its headers."""
    body, _ = call.moto()
    answer: dict[str, Any] = json.loads(body)
    return answer


def _move_tags(backend: Any, before: str, after: str) -> None:
    backend.tagging_service.copy_tags(before, after)
    backend.tagging_service.delete_all_tags_for_resource(before)


def create_mount_target(call: Call) -> dict[str, Any]:
    """Moto's mount target; its interface is EFS's own, in the groups that were asked for, else the VPC's default."""
    made, backend = _answer(call), ec2.backend_of(call)
    target = backend_of(call).mount_targets_by_id[made["MountTargetId"]]
    target.security_groups = target.security_groups or [backend.get_default_security_group(target.vpc_id).id]
    ec2.manage(
        backend.enis[target.network_interface_id],
        address=target.ip_address,
        interface_type="efs",
        description=f"EFS mount target for {target.file_system_id} ({target.mount_target_id})",
        groups=[backend.get_security_group_from_id(group_id) for group_id in target.security_groups],
    )
    return {**made, "LifeCycleState": "creating"}


def update_file_system(call: Call) -> dict[str, Any]:
    """The throughput mode, and what provisioned throughput it has."""
    system = _system(call)
    system.throughput_mode = call.params.get("ThroughputMode", system.throughput_mode)
    provisioned = call.params.get("ProvisionedThroughputInMibps")
    system.provisioned_throughput_in_mibps = provisioned if system.throughput_mode == "provisioned" else None
    shown: dict[str, Any] = {**system.info_json(), "LifeCycleState": "updating"}
    return shown


def put_backup_policy(call: Call) -> dict[str, Any]:
    """Whether AWS Backup keeps the file system. ENABLING and DISABLING pass before anybody looks."""
    status = call.params["BackupPolicy"]["Status"]
    if status not in BACKUP_STATES:
        raise Refused("ValidationException", f"Backup policy status {status} is not one of {BACKUP_STATES}")
    _system(call)._backup = status == "ENABLED"
    return {"BackupPolicy": {"Status": status}}


def describe_backup_policy(call: Call) -> dict[str, Any]:
    """The policy; a file system that never had one has none to describe."""
    return {"BackupPolicy": {"Status": "ENABLED" if _system(call)._backup else "DISABLED"}}


def delete_file_system_policy(call: Call) -> dict[str, Any]:
    """Back to the default, which lets everybody mount who reaches a mount target."""
    _system(call).file_system_policy = None
    return {}


_OF_A_FILE_SYSTEM = (
    "CreateAccessPoint",
    "CreateMountTarget",
    "DeleteFileSystem",
    "DescribeBackupPolicy",
    "DescribeFileSystemPolicy",
    "PutBackupPolicy",
    "PutFileSystemPolicy",
    "DeleteFileSystemPolicy",
    "UpdateFileSystem",
)
REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    **{("efs", operation): (file_system_exists,) for operation in _OF_A_FILE_SYSTEM},
    ("efs", "CreateFileSystem"): (key_can_be_used,),
    ("efs", "DeleteAccessPoint"): (access_point_exists,),
}
OPERATIONS: dict[Key, Operation] = {
    ("efs", "CreateFileSystem"): create_file_system,
    ("efs", "CreateAccessPoint"): create_access_point,
    ("efs", "CreateMountTarget"): create_mount_target,
    ("efs", "UpdateFileSystem"): update_file_system,
    ("efs", "PutBackupPolicy"): put_backup_policy,
    ("efs", "DescribeBackupPolicy"): describe_backup_policy,
    ("efs", "DeleteFileSystemPolicy"): delete_file_system_policy,
}
