"""A HyperPod cluster in CloudFormation's words: what AWS::SageMaker::Cluster is given.

Pure: ids that AWS has yet to give are arguments, and may be values that only the engine knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plan.hyperpod import GroupPlan, HyperPodClusterPlan, UpdatesPlan
from plan.lifecycle_scripts import ON_CREATE

Model = dict[str, Any]

_CAPACITY = {"on-demand": "OnDemand", "spot": "Spot"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What others make: ids of private subnets by zone id and of the nodes' security groups, the site's key, where the
    lifecycle scripts lie, the mounts of Lustre (plan.mounts.hyperpod_storage), the ARN of the EKS cluster.
    """

    subnet_ids: Mapping[str, Any]
    security_group_ids: tuple[Any, ...]
    key_arn: Any
    scripts_uri: Any
    lustre: tuple[Any, ...]
    eks_cluster_arn: Any = None


def model(plan: HyperPodClusterPlan, given: Given) -> Model:
    """The cluster, without tags. What AWS fills in by itself is left out: saying it twice shows as a difference."""
    found: Model = {
        "ClusterName": plan.name,
        "Orchestrator": _orchestrator(plan, given),
        "NodeRecovery": plan.node_recovery,
        "VpcConfig": _vpc(plan.zone_id, given),
        "InstanceGroups": [_group(plan, group, given) for group in plan.groups],
    }
    if plan.continuous_provisioning:
        found["NodeProvisioningMode"] = "Continuous"
    if plan.cluster_role_arn is not None:
        found["ClusterRole"] = plan.cluster_role_arn
        found["AutoScaling"] = {"Mode": "Enable", "AutoScalerType": "Karpenter"}
    if plan.tiered_storage_memory_percent is not None:
        found["TieredStorageConfig"] = {
            "Mode": "Enable",
            "InstanceMemoryAllocationPercentage": plan.tiered_storage_memory_percent,
        }
    return found


def _orchestrator(plan: HyperPodClusterPlan, given: Given) -> Model:
    if plan.orchestrator == "eks":
        return {"Eks": {"ClusterArn": given.eks_cluster_arn}}
    # Managed: partitions are the groups' alone, and what somebody writes into slurm.conf is refused (row H1).
    slurm: Model = {"SlurmConfigStrategy": "Managed"}
    if plan.accounting_database is not None:
        slurm["AccountingDatabase"] = {
            "Endpoint": plan.accounting_database.endpoint,
            "Port": plan.accounting_database.port,
            "Name": plan.accounting_database.name,
            "SecretArn": plan.accounting_database.secret_arn,
        }
    return {"Slurm": slurm}


def _vpc(zone_id: str, given: Given) -> Model:
    return {"Subnets": [given.subnet_ids[zone_id]], "SecurityGroupIds": list(given.security_group_ids)}


def _group(plan: HyperPodClusterPlan, group: GroupPlan, given: Given) -> Model:
    found: Model = {
        "InstanceGroupName": group.name,
        "InstanceType": group.instance_type,
        "InstanceCount": group.count,
        "ExecutionRole": plan.execution_role_arn,
        "LifeCycleConfig": {"SourceS3Uri": given.scripts_uri, "OnCreate": ON_CREATE},
    }
    storage = _storage(plan, group, given)
    optional: Model = {
        "MinInstanceCount": group.min_count,
        "InstanceStorageConfigs": storage or None,
        "OnStartDeepHealthChecks": list(group.deep_health_checks) or None,
        "TrainingPlanArn": group.training_plan_arn,
        "OverrideVpcConfig": _vpc(group.zone_id, given) if group.overrides_zone else None,
        "SlurmConfig": _slurm(group) if group.slurm_node else None,
        "CapacityRequirements": {_CAPACITY[group.capacity]: {}} if group.capacity else None,
        "ScheduledUpdateConfig": _updates(plan.updates) if plan.updates else None,
    }
    return found | {name: value for name, value in optional.items() if value is not None}


def _storage(plan: HyperPodClusterPlan, group: GroupPlan, given: Given) -> list[Any]:
    """Volumes, with the site's key where SageMaker takes one: under continuous provisioning alone (SageMaker AI
    Developer Guide, "Customer managed AWS KMS key encryption"). On EKS a CSI driver mounts Lustre.
    """
    key = {"VolumeKmsKeyId": given.key_arn} if plan.continuous_provisioning else {}
    volumes: list[Any] = []
    if key:
        volumes.append({"EbsVolumeConfig": {"RootVolume": True, **key}})
    if group.volume_gib is not None:
        volumes.append({"EbsVolumeConfig": {"VolumeSizeInGB": group.volume_gib, **key}})
    return volumes if plan.orchestrator == "eks" else [*volumes, *given.lustre]


def _slurm(group: GroupPlan) -> Model:
    partition = {"PartitionNames": [group.partition]} if group.partition else {}
    return {"NodeType": str(group.slurm_node).capitalize(), **partition}


def _updates(updates: UpdatesPlan) -> Model:
    deployment: Model = {
        "RollingUpdatePolicy": {
            "MaximumBatchSize": _percent(updates.batch_percent),
            "RollbackMaximumBatchSize": _percent(updates.rollback_batch_percent),
        },
        "WaitIntervalInSeconds": updates.wait_seconds,
    }
    if updates.rollback_alarms:
        deployment["AutoRollbackConfiguration"] = [{"AlarmName": name} for name in updates.rollback_alarms]
    return {"ScheduleExpression": updates.schedule, "DeploymentConfig": deployment}


def _percent(value: int) -> Model:
    return {"Type": "CAPACITY_PERCENTAGE", "Value": value}


def free_counts(plan: HyperPodClusterPlan) -> tuple[str, ...]:
    """Paths, in the provider's names, of counts that Karpenter changes: no difference of ours."""
    return tuple(
        f"instanceGroups[{index}].instanceCount"
        for index, group in enumerate(plan.groups)
        if group.autoscaled
    )
