"""Nodes of HyperPod clusters: not EC2 instances of the account, SageMaker alone lists them."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from automation.nodes.model import Cluster, Health, Node

AT_A_TIME = 8
"""Nodes that are asked about at once: SageMaker's list has no zone and no address."""

NOT_FOUND = frozenset({"ResourceNotFound", "ResourceNotFoundException"})
HEALTH = {
    "Running": Health.READY,
    "Pending": Health.STARTING,
    "SystemUpdating": Health.STARTING,
    "DeepHealthCheckInProgress": Health.STARTING,
    "ShuttingDown": Health.STOPPING,
    "Failure": Health.NOT_READY,
    "NotFound": Health.NOT_READY,
}
"""By ClusterInstanceStatus; a node in its deep health check takes no work, for an hour or two."""


def hyperpod_nodes(sagemaker: Any, cluster: Cluster) -> tuple[Node, ...]:
    """The nodes of a cluster; none when there is no such cluster yet."""
    try:
        listed = _listed(sagemaker, cluster.name)
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_FOUND:
            return ()
        raise
    with ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
        details = pool.map(lambda item: _details(sagemaker, cluster.name, item["InstanceId"]), listed)
        return tuple(_node(cluster, item, about) for item, about in zip(listed, details, strict=True))


def _listed(sagemaker: Any, name: str) -> list[dict[str, Any]]:
    pages = sagemaker.get_paginator("list_cluster_nodes").paginate(ClusterName=name)
    return [item for page in pages for item in page["ClusterNodeSummaries"]]


def _details(sagemaker: Any, name: str, node_id: str) -> Mapping[str, Any]:
    """What the list leaves out; nothing of a node that has gone since."""
    try:
        details: Mapping[str, Any] = sagemaker.describe_cluster_node(ClusterName=name, NodeId=node_id)[
            "NodeDetails"
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_FOUND:
            return {}
        raise
    return details


def _node(cluster: Cluster, item: Mapping[str, Any], details: Mapping[str, Any]) -> Node:
    status = item["InstanceStatus"]
    placement = details.get("Placement", {})
    on_kubernetes = f"hyperpod-{item['InstanceId']}" if cluster.kubernetes else ""
    return Node(
        cluster=cluster,
        id=item["InstanceId"],
        group=item["InstanceGroupName"],
        instance_type=item.get("InstanceType", ""),
        zone=placement.get("AvailabilityZoneId") or placement.get("AvailabilityZone", ""),
        state=status["Status"],
        health=HEALTH.get(status["Status"], Health.UNKNOWN),
        launched_at=item.get("LaunchTime"),
        host=on_kubernetes or details.get("PrivateDnsHostname", ""),
        address=details.get("PrivatePrimaryIp", ""),
        detail=status.get("Message", ""),
    )
