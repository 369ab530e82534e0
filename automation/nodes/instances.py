"""Nodes that are EC2 instances, found by the tags that AWS puts on them: EKS (Karpenter's too) and ParallelCluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from automation.nodes.model import Cluster, Health, Node

EKS_CLUSTER = ("eks:cluster-name", "aws:eks:cluster-name", "eks:eks-cluster-name")
"""Managed node groups have the first two, Karpenter writes the third (Amazon EKS User Guide; Karpenter, "Tagging")."""
OWNED = "kubernetes.io/cluster/"
EKS_GROUP = ("eks:nodegroup-name", "karpenter.sh/nodepool")

PCLUSTER_CLUSTER = "parallelcluster:cluster-name"
PCLUSTER_QUEUE = "parallelcluster:queue-name"
PCLUSTER_NODE_TYPE = "parallelcluster:node-type"
HEAD_NODE = "HeadNode"

GONE = "terminated"
HEALTH = {
    "pending": Health.STARTING,
    "running": Health.READY,
    "shutting-down": Health.STOPPING,
    "stopping": Health.STOPPING,
    "stopped": Health.NOT_READY,
}
"""By the state of the instance; one that runs is as well as its status checks say."""
CHECKS = {"ok": Health.READY, "initializing": Health.STARTING, "not-applicable": Health.READY}


def instances(ec2: Any, clusters: Sequence[Cluster]) -> tuple[Node, ...]:
    """The nodes of these clusters of one site, those of EKS and of ParallelCluster."""
    by_kind = {
        kind: {cluster.name: cluster for cluster in clusters if cluster.kind == kind}
        for kind in ("eks", "parallelcluster")
    }
    found: dict[str, Node] = {}
    zones = _zone_ids(ec2) if any(by_kind.values()) else {}
    for query in _queries(by_kind["eks"], by_kind["parallelcluster"]):
        for item in _described(ec2, query):
            tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags", ())}
            cluster = _cluster_of(tags, by_kind)
            if cluster and item["State"]["Name"] != GONE:
                found[item["InstanceId"]] = _node(cluster, item, tags, zones)
    checks = _checks(ec2, [node.id for node in found.values() if node.state == "running"])
    return tuple(_checked(node, checks) for node in found.values())


def _queries(eks: Mapping[str, Cluster], pcluster: Mapping[str, Cluster]) -> Iterator[list[dict[str, Any]]]:
    if eks:
        yield [{"Name": f"tag:{EKS_CLUSTER[0]}", "Values": sorted(eks)}]
        yield [{"Name": "tag-key", "Values": [f"{OWNED}{name}" for name in sorted(eks)]}]
    if pcluster:
        yield [{"Name": f"tag:{PCLUSTER_CLUSTER}", "Values": sorted(pcluster)}]


def _described(ec2: Any, filters: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for page in ec2.get_paginator("describe_instances").paginate(Filters=filters):
        for reservation in page["Reservations"]:
            yield from reservation["Instances"]


def _cluster_of(tags: Mapping[str, str], by_kind: Mapping[str, Mapping[str, Cluster]]) -> Cluster | None:
    """The cluster that an instance is a node of; a tag that only says `shared` makes none."""
    if tags.get(PCLUSTER_CLUSTER) in by_kind["parallelcluster"]:
        return by_kind["parallelcluster"][tags[PCLUSTER_CLUSTER]]
    named = {tags[key] for key in EKS_CLUSTER if key in tags}
    named |= {
        key.removeprefix(OWNED) for key, value in tags.items() if key.startswith(OWNED) and value == "owned"
    }
    return next((by_kind["eks"][name] for name in sorted(named) if name in by_kind["eks"]), None)


def _node(
    cluster: Cluster, item: Mapping[str, Any], tags: Mapping[str, str], zones: Mapping[str, str]
) -> Node:
    is_head = tags.get(PCLUSTER_NODE_TYPE) == HEAD_NODE
    group = next((tags[key] for key in (*EKS_GROUP, PCLUSTER_QUEUE) if key in tags), "")
    zone = item["Placement"]["AvailabilityZone"]
    return Node(
        cluster=cluster,
        id=item["InstanceId"],
        group="head node" if is_head else group,
        instance_type=item["InstanceType"],
        zone=zones.get(zone, zone),
        state=item["State"]["Name"],
        health=HEALTH.get(item["State"]["Name"], Health.UNKNOWN),
        launched_at=item.get("LaunchTime"),
        host=item.get("PrivateDnsName", ""),
        address=item.get("PrivateIpAddress", ""),
        detail=item.get("StateReason", {}).get("Message", ""),
        is_head=is_head,
    )


def _checks(ec2: Any, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """What EC2's checks of the instance and of the system say, by instance."""
    if not ids:
        return {}
    pages = ec2.get_paginator("describe_instance_status").paginate(InstanceIds=list(ids))
    return {
        item["InstanceId"]: (item["InstanceStatus"]["Status"], item["SystemStatus"]["Status"])
        for page in pages
        for item in page["InstanceStatuses"]
    }


def _checked(node: Node, checks: Mapping[str, tuple[str, str]]) -> Node:
    if node.health is not Health.READY:
        return node
    found = checks.get(node.id)
    if found is None:
        return replace(node, health=Health.UNKNOWN, detail="EC2 has no status checks of it yet")
    states = [CHECKS.get(status, Health.NOT_READY) for status in found]
    worst = next((state for state in (Health.NOT_READY, Health.STARTING) if state in states), Health.READY)
    detail = "" if worst is Health.READY else f"status checks: instance {found[0]}, system {found[1]}"
    return replace(node, health=worst, detail=detail)


def _zone_ids(ec2: Any) -> dict[str, str]:
    """Zone ids by the names that this account has for them."""
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    return {zone["ZoneName"]: zone["ZoneId"] for zone in zones}
