"""Nodes that SageMaker has."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

from automation.nodes.hyperpod import HEALTH, hyperpod_nodes
from automation.nodes.model import Cluster, Health
from tests.unit.automation.nodes.fakes import HYPERPOD, HYPERPOD_EKS, LAUNCHED, Service, error


def service(status: dict[str, str], **answers: Any) -> Service:
    summary = {
        "InstanceGroupName": "workers",
        "InstanceId": "i-7",
        "InstanceType": "ml.p5.48xlarge",
        "LaunchTime": LAUNCHED,
        "InstanceStatus": status,
    }
    details = {
        "PrivatePrimaryIp": "10.3.0.7",
        "PrivateDnsHostname": "ip-10-3-0-7.us-west-2.compute.internal",
        "Placement": {"AvailabilityZone": "us-west-2b", "AvailabilityZoneId": "usw2-az1"},
    }
    usual = {
        "list_cluster_nodes": {"ClusterNodeSummaries": [summary]},
        "describe_cluster_node": {"NodeDetails": details},
    }
    return Service(**usual | answers)


@pytest.mark.parametrize(
    ("cluster", "host"),
    [(HYPERPOD, "ip-10-3-0-7.us-west-2.compute.internal"), (HYPERPOD_EKS, "hyperpod-i-7")],
)
def test_a_node_is_told_in_the_fleet_s_words(cluster: Cluster, host: str) -> None:
    (node,) = hyperpod_nodes(service({"Status": "Running"}), cluster)
    assert (node.cluster, node.id, node.group, node.instance_type, node.zone, node.host, node.address) == (
        cluster, "i-7", "workers", "ml.p5.48xlarge", "usw2-az1", host, "10.3.0.7",
    )  # fmt: skip
    assert (node.state, node.health, node.launched_at) == ("Running", Health.READY, LAUNCHED)


def test_every_status_of_sagemaker_s_model_has_a_meaning() -> None:
    model = botocore.session.get_session().get_service_model("sagemaker")
    assert set(HEALTH) == set(model.shape_for("ClusterInstanceStatus").enum)


def test_why_a_node_failed_is_said() -> None:
    (node,) = hyperpod_nodes(service({"Status": "Failure", "Message": "GPU fell off the bus"}), HYPERPOD)
    assert (node.health, node.detail) == (Health.NOT_READY, "GPU fell off the bus")


def test_a_node_that_went_while_it_was_looked_at() -> None:
    gone = service({"Status": "ShuttingDown"}, describe_cluster_node=error("ResourceNotFound"))
    (node,) = hyperpod_nodes(gone, HYPERPOD)
    assert (node.health, node.zone, node.address) == (Health.STOPPING, "", "")


def test_a_cluster_that_is_not_there_has_none() -> None:
    assert hyperpod_nodes(Service(list_cluster_nodes=error("ResourceNotFound")), HYPERPOD) == ()


def test_another_error_is_one() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        hyperpod_nodes(Service(list_cluster_nodes=error("AccessDeniedException")), HYPERPOD)
