"""What Kubernetes sees of a HyperPod node: its labels and taints.

Source: SageMaker AI Developer Guide, "Resilience-related Kubernetes labels by SageMaker HyperPod".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws.hyperpod.model import Cluster, Node

PREFIX: Final = "sagemaker.amazonaws.com"
HEALTH, CHECK = f"{PREFIX}/node-health-status", f"{PREFIX}/deep-health-check-status"


def labels(cluster: Cluster, node: Node, status: str, *, zone: str, zone_id: str) -> dict[str, str]:
    """A node that is being checked, or that failed, takes no pods."""
    found = {
        f"{PREFIX}/cluster-name": cluster.name,
        f"{PREFIX}/instance-group-name": node.group,
        f"{PREFIX}/compute-type": "hyperpod",
        HEALTH: "Schedulable" if status == "Running" else "Unschedulable",
        "node.kubernetes.io/instance-type": node.instance_type,
        "topology.kubernetes.io/region": cluster.region,
        "topology.kubernetes.io/zone": zone,
        "topology.k8s.aws/zone-id": zone_id,
        "kubernetes.io/hostname": node.name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
    }
    if node.checks:
        found[CHECK] = {"Running": "Passed", "Failure": "Failed"}.get(status, "InProgress")
    custom: Mapping[str, Any] = cluster.groups[node.group].get("KubernetesConfig", {})
    return {**found, **custom.get("Labels", {})}


def taints(cluster: Cluster, node: Node, status: str) -> tuple[dict[str, str], ...]:
    """Those of the group, and the one that keeps pods off what is not healthy (facts: "tolerate
    node-health-status=Unschedulable").
    """
    custom: Mapping[str, Any] = cluster.groups[node.group].get("KubernetesConfig", {})
    own = tuple(
        {"key": item["Key"], "value": item.get("Value", ""), "effect": item["Effect"]}
        for item in custom.get("Taints", ())
    )
    if status == "Running":
        return own
    return ({"key": HEALTH, "value": "Unschedulable", "effect": "NoSchedule"}, *own)
