"""What SageMaker refuses of a HyperPod cluster.

Sources: SageMaker API Reference, CreateCluster and UpdateCluster; SageMaker AI Developer Guide, "Prerequisites for
using SageMaker HyperPod with Amazon EKS", "Customer managed AWS KMS key encryption", "Spot instances", "Autoscaling".
The messages' words are ours where nobody has published AWS's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.core.utils import get_service_model
from moto.ec2.models import ec2_backends
from moto.s3.models import s3_backends

from sandbox.aws.callers import PARTITION, Caller
from sandbox.aws.dispatch import Call
from sandbox.aws.errors import Refused
from sandbox.aws.hyperpod import orchestrators
from sandbox.aws.hyperpod.model import Cluster
from sandbox.aws.hyperpod.orchestrators import invalid
from sandbox.aws.hyperpod.service import SERVICE
from sandbox.aws.identity import find_role, own_statements, trusts_service
from sandbox.aws.policies import Request, Verdict, evaluate
from sandbox.aws.values import constraint, one_of

SAGEMAKER, AUTOSCALER = "sagemaker.amazonaws.com", "hyperpod.sagemaker.amazonaws.com"
READABLE_BUCKETS = "sagemaker-"
"""How buckets begin that AmazonSageMakerClusterInstanceRolePolicy reads."""

Spec = Mapping[str, Any]


def may_be_created(call: Call) -> None:
    """Everything that a create has to fulfil."""
    asked = call.params
    name = asked["ClusterName"]
    if name in SERVICE.clusters(call.account, call.region):
        raise Refused(
            "ResourceInUse",
            f"Resource Already Exists: Cluster with name {name} already exists. Choose a different name.",
        )
    orchestrators.fits(asked.get("Orchestrator", {}), asked)
    _vpc_fits(call, asked.get("VpcConfig"))
    _autoscaling_fits(call, asked)
    _groups_fit(call, asked.get("InstanceGroups", []), asked)


def may_be_updated(call: Call, cluster: Cluster) -> None:
    """What a group is made of stays; a controller does too."""
    asked = call.params
    groups, gone = asked.get("InstanceGroups", []), asked.get("InstanceGroupsToDelete", [])
    for name in gone:
        if name not in cluster.groups:
            raise invalid(f"Instance group {name} does not exist in cluster {cluster.name}.")
        if _node_type(cluster.groups[name]) == "Controller":
            raise invalid(f"Instance group {name} is the controller group, which cannot be deleted.")
    for spec in groups:
        before = cluster.groups.get(spec["InstanceGroupName"])
        if before is not None:
            _group_stays_itself(before, spec)
    settings = {**cluster.settings, **asked}
    if (
        asked.get("ClusterRole", cluster.settings.get("ClusterRole")) != cluster.settings.get("ClusterRole")
        and cluster.settings.get("AutoScaling", {}).get("Mode") == "Enable"
    ):
        raise invalid("ClusterRole cannot be updated while autoscaling is enabled.")
    _autoscaling_fits(call, settings)
    left = {name: spec for name, spec in cluster.groups.items() if name not in gone}
    left |= {spec["InstanceGroupName"]: spec for spec in groups}
    if not left:
        raise invalid("A cluster must have at least one instance group.")
    _groups_fit(call, list(left.values()), settings)


def _group_stays_itself(before: Spec, after: Spec) -> None:
    name = after["InstanceGroupName"]
    for member in (
        "InstanceType",
        "InstanceRequirements",
        "OverrideVpcConfig",
        "SlurmConfig",
        "TrainingPlanArn",
    ):
        if before.get(member) != after.get(member):
            raise invalid(
                f"{member} of instance group {name} cannot be changed: "
                "add an instance group and delete this one."
            )
    if _volume_keys(before) != _volume_keys(after):
        raise invalid(f"VolumeKmsKeyId of instance group {name} cannot be changed.")
    if _node_type(before) == "Controller" and after["InstanceCount"] < before["InstanceCount"]:
        raise invalid(f"Controller group {name} cannot be scaled down.")


def _vpc_fits(call: Call, vpc: Spec | None) -> None:
    if vpc is None:
        return
    backend = ec2_backends[call.account][call.region]
    found = [zone[item] for item in vpc["Subnets"] for zone in backend.subnets.values() if item in zone]
    if missing := set(vpc["Subnets"]) - {subnet.id for subnet in found}:
        raise invalid(f"The subnet ID '{min(missing)}' does not exist.")
    vpcs = {subnet.vpc_id for subnet in found}
    if len(vpcs) > 1:
        raise invalid("All subnets must be in one VPC.")
    known = backend.groups[next(iter(vpcs))]
    for item in vpc["SecurityGroupIds"]:
        if item not in known:
            raise invalid(f"The security group '{item}' does not exist in the VPC of the subnets.")


def _autoscaling_fits(call: Call, asked: Spec) -> None:
    if asked.get("AutoScaling", {}).get("Mode") != "Enable":
        return
    if "Eks" not in asked.get("Orchestrator", {}):
        raise invalid("AutoScaling is only supported for clusters with the Eks orchestrator.")
    if asked.get("NodeProvisioningMode") != "Continuous":
        raise invalid("AutoScaling requires NodeProvisioningMode Continuous.")
    role = asked.get("ClusterRole")
    if role is None:
        raise invalid("ClusterRole is required when AutoScaling is enabled.")
    _can_be_assumed(call, role, AUTOSCALER)


def _groups_fit(call: Call, groups: list[dict[str, Any]], asked: Spec) -> None:
    names = [spec["InstanceGroupName"] for spec in groups]
    if not groups or len(set(names)) != len(names):
        raise invalid("Instance groups must have names that differ, and there must be at least one.")
    on_eks = "Eks" in asked.get("Orchestrator", {})
    for spec in groups:
        _instance_types_fit(spec)
        _can_be_assumed(call, spec["ExecutionRole"], SAGEMAKER)
        _vpc_fits(call, spec.get("OverrideVpcConfig"))
        _lifecycle_fits(call, spec)
        _plan_fits(call, spec)
        for member, is_continuous_only in (
            ("CapacityRequirements", "Spot" in spec.get("CapacityRequirements", {})),
            ("MinInstanceCount", "MinInstanceCount" in spec),
            ("VolumeKmsKeyId", bool(_volume_keys(spec))),
        ):
            if is_continuous_only and asked.get("NodeProvisioningMode") != "Continuous":
                raise invalid(f"{member} requires NodeProvisioningMode Continuous.")
        if on_eks and "SlurmConfig" in spec:
            raise invalid("SlurmConfig is only supported for clusters with the Slurm orchestrator.")
        if not on_eks and "KubernetesConfig" in spec:
            raise invalid("KubernetesConfig is only supported for clusters with the Eks orchestrator.")
    kinds = [_node_type(spec) for spec in groups]
    if any(kinds) and (kinds.count("Controller") != 1 or None in kinds):
        raise invalid(
            "Exactly one instance group must be of NodeType Controller, and each must have a NodeType."
        )


def _instance_types_fit(spec: Spec) -> None:
    types = spec.get("InstanceRequirements", {}).get("InstanceTypes", [])
    if ("InstanceType" in spec) == bool(types):
        raise invalid("Specify either InstanceType or InstanceRequirements.")
    known = get_service_model("sagemaker").shape_for("ClusterInstanceType").enum
    for value in types or [spec["InstanceType"]]:
        if value not in known:
            raise invalid(constraint("InstanceType", value, one_of(known)))


def _lifecycle_fits(call: Call, spec: Spec) -> None:
    """The script is there, and the nodes' role reads it: by AWS's policy or by its own."""
    config = spec.get("LifeCycleConfig", {})
    script = config.get("OnCreate") or config.get("OnInitComplete")
    if not config or script is None:
        return
    bucket_name, _, prefix = config["SourceS3Uri"].partition("://")[2].partition("/")
    key = f"{prefix.rstrip('/')}/{script}".lstrip("/")
    bucket = next(
        (
            found
            for found in s3_backends[call.account][PARTITION].buckets.values()
            if found.name == bucket_name
        ),
        None,
    )
    if bucket is None or key not in bucket.keys:
        raise invalid(f"Lifecycle script s3://{bucket_name}/{key} does not exist or cannot be read.")
    role = spec["ExecutionRole"]
    if not bucket_name.startswith(READABLE_BUCKETS) and not _may_read(
        role, f"arn:aws:s3:::{bucket_name}/{key}"
    ):
        raise invalid(
            f"Execution role {role} is not authorized to perform s3:GetObject on s3://{bucket_name}/{key}."
        )


def _may_read(role_arn: str, resource: str) -> bool:
    role = find_role(role_arn)
    caller = Caller(
        account=role.account_id,
        arn=role.arn,
        principal_arn=role.arn,
        principal_id=role.id,
        session_name="SageMaker",
    )
    request = Request(
        account=role.account_id,
        principal_arn=role.arn,
        caller_arn=role.arn,
        principal_id=role.id,
        action="s3:GetObject",
        resource=resource,
        context={"aws:principalarn": role.arn, "aws:principalaccount": role.account_id},
    )
    return evaluate(own_statements(caller), request) is Verdict.ALLOWED


def _plan_fits(call: Call, spec: Spec) -> None:
    """The sandbox sells no training plans: any of the caller's own account and region is taken for bought."""
    arn = spec.get("TrainingPlanArn")
    if arn is not None and arn.split(":")[3:5] != [call.region, call.account]:
        raise Refused("ResourceNotFound", f"Training plan {arn} does not exist.")


def _can_be_assumed(call: Call, role: str, service: str) -> None:
    if not trusts_service(role, service, {"aws:sourceaccount": call.account}):
        raise invalid(f"Role {role} does not exist or cannot be assumed by {service}.")


def _volume_keys(spec: Spec) -> list[str]:
    return [key for key in _keys(spec) if key]


def _keys(spec: Spec) -> Iterator[str | None]:
    for storage in spec.get("InstanceStorageConfigs", []):
        yield storage.get("EbsVolumeConfig", {}).get("VolumeKmsKeyId")


def _node_type(spec: Spec) -> str | None:
    value: str | None = spec.get("SlurmConfig", {}).get("NodeType")
    return value
