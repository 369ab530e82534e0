"""The states of a HyperPod cluster and its nodes at moments of a slow AWS, and what Kubernetes sees of a node."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.aws.hyperpod.labels import labels, taints
from sandbox.aws.hyperpod.life import Times, cluster_status, group_status, node_status
from sandbox.aws.hyperpod.model import Cluster, Node
from sandbox.state import Latency

CLUSTER_S, CHECK_S = 100.0, 450.0
TIMES = Times(cluster_s=CLUSTER_S, check_s=CHECK_S)
HEALTH = "sagemaker.amazonaws.com/node-health-status"
CHECK = "sagemaker.amazonaws.com/deep-health-check-status"


def node(*, checks: tuple[str, ...] = (), **more: Any) -> Node:
    return Node(
        group="gpu",
        instance_type="ml.p5.48xlarge",
        checks=checks,
        subnet_id=None,
        interface_id=None,
        address="10.0.0.4",
        launched_at=0.0,
        **more,
    )


def cluster(*nodes: Node, **more: Any) -> Cluster:
    spec = {"InstanceGroupName": "gpu", "KubernetesConfig": {"Labels": {"team": "vision"}}}
    made = Cluster(
        account="483026362307",
        region="us-west-2",
        name="one--eks",
        settings={},
        groups={"gpu": spec},
        tags={},
        created_at=0.0,
        changed_at=0.0,
        ready_at=CLUSTER_S,
    )
    made.nodes.extend(nodes)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_times_are_aws_s_scaled() -> None:
    latency = Latency(scale=0.1, usual_s={"aws-native:sagemaker:Cluster": 1000.0})
    assert Times.of(latency) == Times(cluster_s=100.0, check_s=450.0)
    assert Times.of(Latency()) == Times(cluster_s=0.0, check_s=0.0)


@pytest.mark.parametrize(
    ("more", "at", "status"),
    [
        ({}, 0, "Creating"),
        ({}, 99, "Creating"),
        ({}, 100, "InService"),
        ({"failure": "no capacity"}, 49, "Creating"),
        ({"failure": "no capacity"}, 50, "RollingBack"),
        ({"failure": "no capacity"}, 100, "Failed"),
        ({"changed_at": 200.0, "ready_at": 250.0}, 249, "Updating"),
        ({"changed_at": 200.0, "ready_at": 250.0}, 250, "InService"),
        ({"ends_at": 400.0}, 300, "Deleting"),
    ],
)
def test_a_cluster_goes_through_its_states(more: dict[str, Any], at: float, status: str) -> None:
    assert cluster_status(cluster(**more), at) == status


@pytest.mark.parametrize(
    ("one", "at", "status"),
    [
        (node(), 79, "Pending"),
        (node(), 80, "Running"),
        (node(checks=("InstanceStress",)), 80, "DeepHealthCheckInProgress"),
        (node(checks=("InstanceStress",)), 529, "DeepHealthCheckInProgress"),
        (node(checks=("InstanceStress",)), 530, "Running"),
        (node(checks=("InstanceStress",), fails_check=True), 529, "DeepHealthCheckInProgress"),
        (node(checks=("InstanceStress",), fails_check=True), 530, "Failure"),
        (node(rebooted_at=200.0), 219, "Pending"),
        (node(rebooted_at=200.0), 220, "Running"),
        (node(updated_at=200.0), 239, "SystemUpdating"),
        (node(updated_at=200.0), 240, "Running"),
        (node(ends_at=300.0), 290, "ShuttingDown"),
    ],
)
def test_a_node_goes_through_its_states(one: Node, at: float, status: str) -> None:
    assert node_status(one, at, TIMES) == status


def test_a_group_is_in_service_while_its_nodes_are_checked_and_degraded_by_one_that_fails() -> None:
    checked = cluster(node(checks=("InstanceStress",)), node(checks=("InstanceStress",), fails_check=True))
    assert group_status(checked, "gpu", 99, TIMES) == "Creating"
    assert group_status(checked, "gpu", 100, TIMES) == "InService"
    assert group_status(checked, "gpu", 530, TIMES) == "Degraded"
    assert group_status(cluster(node(updated_at=200.0)), "gpu", 201, TIMES) == "SystemUpdating"
    assert group_status(cluster(failure="no capacity"), "gpu", 60, TIMES) == "Failed"


@pytest.mark.parametrize(
    ("status", "health", "check"),
    [
        ("DeepHealthCheckInProgress", "Unschedulable", "InProgress"),
        ("Running", "Schedulable", "Passed"),
        ("Failure", "Unschedulable", "Failed"),
    ],
)
def test_kubernetes_keeps_pods_off_what_is_not_healthy(status: str, health: str, check: str) -> None:
    one = node(checks=("InstanceStress",))
    found = labels(cluster(one), one, status, zone="us-west-2a", zone_id="usw2-az1")
    assert (found[HEALTH], found[CHECK], found["team"]) == (health, check, "vision")
    assert found["sagemaker.amazonaws.com/instance-group-name"] == "gpu"
    kept_off = {"key": HEALTH, "value": "Unschedulable", "effect": "NoSchedule"}
    assert taints(cluster(one), one, status) == (() if status == "Running" else (kept_off,))
