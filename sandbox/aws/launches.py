"""Launches: a dry run, which moto refuses for disks that have no EBS volume, and volumes whose key is closed.

Source: EC2 API Reference, RunInstances, DryRun and "Error codes"; for the end of an instance see `volumes`.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.models.instances import StateReason

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import backend_of
from sandbox.aws.errors import STATUSES, Refused
from sandbox.aws.volumes import KEY_CLOSED, KEY_IN_WRONG_STATE, encrypt

DRY_RUN = "DryRunOperation"
MESSAGES = {
    KEY_IN_WRONG_STATE: f"{KEY_IN_WRONG_STATE}: The KMS key provided is in an incorrect state",
    KEY_CLOSED: f"{KEY_CLOSED}: Client error on launch",
}
STATUSES[DRY_RUN] = 412


def run_instances(call: Call) -> Any:
    """Moto's launch; for a dry run, whether what it names is there."""
    if not call.params.get("DryRun"):
        return _launch(call)
    backend, params = backend_of(call), call.params
    interfaces = params.get("NetworkInterfaces", [])
    subnets = [params.get("SubnetId"), *(item.get("SubnetId") for item in interfaces)]
    groups = [
        *params.get("SecurityGroupIds", []),
        *(id_ for item in interfaces for id_ in item.get("Groups", [])),
    ]
    image, kind = params.get("ImageId"), params.get("InstanceType")
    known_subnets = {id_ for zone in backend.subnets.values() for id_ in zone}
    for id_ in filter(None, subnets):
        if id_ not in known_subnets:
            raise Refused("InvalidSubnetID.NotFound", f"The subnet ID '{id_}' does not exist")
    for id_ in groups:
        if backend.get_security_group_from_id(id_) is None:
            raise Refused("InvalidGroup.NotFound", f"The security group '{id_}' does not exist")
    if image is not None and image not in backend.amis:
        raise Refused("InvalidAMIID.NotFound", f"The image id '[{image}]' does not exist")
    if kind is not None and kind not in INSTANCE_TYPES:
        raise Refused("InvalidParameterValue", f"Invalid value '{kind}' for InstanceType.")
    raise Refused(DRY_RUN, "Request would have succeeded, but DryRun flag is set.")


def _launch(call: Call) -> Any:
    """Moto's instances; one with a volume that cannot be encrypted ends at once."""
    reservation, volumes = call.moto(), backend_of(call).volumes
    for instance in reservation.instances:
        disks = (volumes[disk.volume_id] for disk in instance.block_device_mapping.values() if disk.volume_id)
        code = next(filter(None, [encrypt(call, disk) for disk in disks]), None)
        if code:
            instance.terminate()
            instance.state_reason = StateReason(MESSAGES[code], code)
    return reservation


REFUSALS: dict[Key, tuple[Refusal, ...]] = {}
OPERATIONS: dict[Key, Operation] = {("ec2", "RunInstances"): run_instances}
