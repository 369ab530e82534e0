"""Clusters, groups, nodes and events as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.aws.hyperpod import life
from sandbox.aws.hyperpod.model import Cluster, Event, Node
from sandbox.aws.hyperpod.service import FAILED_CHECK, SERVICE

RELEASE = "1.0.0"
"""The version of the nodes' image; the sandbox has no other."""

_RENAMED = {"InstanceCount": "TargetCount", "MinInstanceCount": "MinCount"}


def cluster(found: Cluster) -> dict[str, Any]:
    """DescribeCluster."""
    settings = dict(found.settings)
    if "AutoScaling" in settings:
        settings["AutoScaling"] = {
            "AutoScalerType": "Karpenter",
            **settings["AutoScaling"],
            "Status": "InService",
        }
    return {
        "NodeRecovery": "Automatic",
        **settings,
        "ClusterArn": found.arn,
        "ClusterName": found.name,
        "ClusterStatus": life.cluster_status(found, SERVICE.clock()),
        "CreationTime": moment(found.created_at),
        **({"FailureMessage": found.failure} if found.failure else {}),
        "InstanceGroups": [group(found, spec) for spec in found.groups.values()],
    }


def group(found: Cluster, spec: Mapping[str, Any]) -> dict[str, Any]:
    """ClusterInstanceGroupDetails."""
    now, times, name = SERVICE.clock(), SERVICE.times, spec["InstanceGroupName"]
    there = [node for node in found.nodes_of(name) if life.running_at(node, times) <= now]
    shown = {
        _RENAMED.get(key, key): value
        for key, value in spec.items()
        if key not in {"ImageId", "KubernetesConfig"}
    }
    kubernetes = spec.get("KubernetesConfig", {})
    if kubernetes:
        shown["KubernetesConfig"] = {
            f"{state}{key}": value for key, value in kubernetes.items() for state in ("Current", "Desired")
        }
    return {
        **shown,
        "CurrentCount": len(there),
        "Status": life.group_status(found, name, now, times),
        "CurrentImageReleaseVersion": RELEASE,
        "ImageVersionStatus": "UpToDate",
        "TargetStateCount": len(there),
    }


def summary(found: Cluster) -> dict[str, Any]:
    """ClusterSummary."""
    plans = {spec["TrainingPlanArn"] for spec in found.groups.values() if "TrainingPlanArn" in spec}
    return {
        "ClusterArn": found.arn,
        "ClusterName": found.name,
        "ClusterStatus": life.cluster_status(found, SERVICE.clock()),
        "CreationTime": moment(found.created_at),
        **({"TrainingPlanArns": sorted(plans)} if plans else {}),
    }


def node(found: Cluster, one: Node) -> dict[str, Any]:
    """What ClusterNodeSummary and ClusterNodeDetails have in common."""
    status = life.node_status(one, SERVICE.clock(), SERVICE.times)
    message = FAILED_CHECK if status == "Failure" else ""
    return {
        "InstanceGroupName": one.group,
        "InstanceId": one.instance_id,
        "NodeLogicalId": one.logical_id,
        "InstanceType": one.instance_type,
        "LaunchTime": moment(one.launched_at),
        "InstanceStatus": {"Status": status, **({"Message": message} if message else {})},
        "PrivateDnsHostname": host_name(found, one),
        "CurrentImageReleaseVersion": RELEASE,
        "ImageVersionStatus": "UpToDate",
        **({"LastSoftwareUpdateTime": moment(one.updated_at)} if one.updated_at is not None else {}),
    }


def node_details(found: Cluster, one: Node) -> dict[str, Any]:
    """ClusterNodeDetails."""
    spec = found.groups[one.group]
    zone, zone_id = SERVICE.zone_of(found, one)
    kept = (
        "LifeCycleConfig",
        "OverrideVpcConfig",
        "ThreadsPerCore",
        "InstanceStorageConfigs",
        "NetworkInterface",
    )
    return {
        **node(found, one),
        **{key: spec[key] for key in kept if key in spec},
        "PrivatePrimaryIp": one.address,
        "Placement": {"AvailabilityZone": zone, **({"AvailabilityZoneId": zone_id} if zone_id else {})},
        "CapacityType": one.capacity,
    }


def host_name(found: Cluster, one: Node) -> str:
    """EC2's name of the address."""
    domain = "ec2.internal" if found.region == "us-east-1" else f"{found.region}.compute.internal"
    return f"ip-{one.address.replace('.', '-')}.{domain}"


def event(found: Cluster, one: Event) -> dict[str, Any]:
    """ClusterEventSummary."""
    told = {
        "EventId": one.id,
        "ClusterArn": found.arn,
        "ClusterName": found.name,
        "ResourceType": one.kind,
        "EventTime": moment(one.at),
        "Description": one.text,
        "EventLevel": one.level,
        "InstanceGroupName": one.group,
        "InstanceId": one.instance_id,
    }
    return {key: value for key, value in told.items() if value is not None}


def event_details(found: Cluster, one: Event) -> dict[str, Any]:
    """ClusterEventDetail."""
    if one.failure is None:
        return event(found, one)
    metadata = {one.kind: {"FailureMessage": one.failure}}
    return {**event(found, one), "EventDetails": {"EventMetadata": metadata}}


def moment(seconds: float) -> datetime:
    """Seconds of the service's clock as AWS tells times."""
    return datetime.fromtimestamp(seconds, UTC)


def tags_of(found: Cluster) -> list[dict[str, str]]:
    """ListTags."""
    return [{"Key": key, "Value": value} for key, value in found.tags.items()]
