"""Which state a cluster, a group and a node are in at a moment. Pure: the moment and the usual times are arguments.

A cluster is being made for as long as AWS usually takes (docs: SageMaker API, DescribeCluster, ClusterStatus). Its
nodes are launched in that time; deep health checks go on after it, for over an hour, while the cluster is in service.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.aws.hyperpod.model import Cluster, Node
from sandbox.state import Latency

CLUSTER = "aws-native:sagemaker:Cluster"
"""The latency model's name of a cluster: what it takes to make one."""

DEEP_HEALTH_CHECK_S = 75 * 60.0
"""SageMaker AI Developer Guide, "Deep health checks": 60 to 90 minutes."""

CHANGE, LAUNCH, DELETE, REBOOT, PATCH = 0.5, 0.8, 0.3, 0.2, 0.4
"""Parts of the cluster's usual time that a change of it, a node's launch, a delete, a reboot and new software take."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds here: AWS's usual ones, scaled."""

    cluster_s: float
    check_s: float

    @classmethod
    def of(cls, latency: Latency) -> Times:
        return cls(latency.seconds(CLUSTER), latency.scale * DEEP_HEALTH_CHECK_S)


def cluster_status(cluster: Cluster, now: float) -> str:
    """ClusterStatus. A create that fails is taken back in its second half."""
    if cluster.ends_at is not None:
        return "Deleting"
    if now >= cluster.ready_at:
        return "Failed" if cluster.failure else "InService"
    is_new = cluster.changed_at == cluster.created_at
    if cluster.failure and now - cluster.changed_at >= (cluster.ready_at - cluster.changed_at) / 2:
        return "RollingBack"
    return "Creating" if is_new else "Updating"


def node_status(node: Node, now: float, times: Times) -> str:
    """InstanceStatus.Status."""
    stages = (
        (node.ends_at is not None, "ShuttingDown"),
        (now < running_at(node, times), "Pending"),
        (now < checked_at(node, times), "DeepHealthCheckInProgress"),
        (node.fails_check, "Failure"),
        (_within(node.rebooted_at, REBOOT * times.cluster_s, now), "Pending"),
        (_within(node.updated_at, PATCH * times.cluster_s, now), "SystemUpdating"),
    )
    return next((status for holds, status in stages if holds), "Running")


def _within(began: float | None, lasts_s: float, now: float) -> bool:
    return began is not None and now < began + lasts_s


def group_status(cluster: Cluster, group: str, now: float, times: Times) -> str:
    """InstanceGroupStatus; a group with a node that is beyond repair is degraded."""
    status = cluster_status(cluster, now)
    if status != "InService":
        return {"RollingBack": "Failed"}.get(status, status)
    statuses = {node_status(node, now, times) for node in cluster.nodes_of(group)}
    if "Failure" in statuses:
        return "Degraded"
    return "SystemUpdating" if "SystemUpdating" in statuses else "InService"


def running_at(node: Node, times: Times) -> float:
    """When the instance is there."""
    return node.launched_at + LAUNCH * times.cluster_s


def checked_at(node: Node, times: Times) -> float:
    """When its deep health checks are over."""
    return running_at(node, times) + (times.check_s if node.checks else 0.0)
