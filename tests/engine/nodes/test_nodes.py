"""`fleet nodes` on a real API server: what it shows, and one node drained and replaced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.fleets import Result
from tests.engine.planes.conftest import TRAINING, FleetClusters, eventually, standing_fleet
from tests.unit.sandbox.aws.eks_cloud import NODES

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetClusters]:
    """The fleet's one cluster with two nodes, and an instance that is nobody's."""
    with standing_fleet(tmp_path_factory.mktemp("nodes")) as clusters:
        clusters.make(TRAINING)
        clusters.wait(TRAINING)
        clusters.place.eks.create_nodegroup(
            clusterName=TRAINING,
            nodegroupName="system",
            nodeRole=NODES,
            subnets=list(clusters.place.subnets),
            instanceTypes=["m5.xlarge"],
            scalingConfig={"minSize": 2, "maxSize": 2, "desiredSize": 2},
        )
        yield clusters


def nodes(clusters: FleetClusters) -> list[dict[str, Any]]:
    shown = clusters.fleet.fleet("nodes", "--json")
    assert shown.code == 0, shown.err
    assert shown.json["failed"] == []
    found: list[dict[str, Any]] = shown.json["nodes"]
    return found


def healths(clusters: FleetClusters) -> list[str]:
    return [node["health"] for node in nodes(clusters)]


def act(clusters: FleetClusters, verb: str, node_id: str, *more: str) -> Result:
    return clusters.fleet.fleet("nodes", verb, node_id, *more)


def test_nodes_are_as_ready_as_kubernetes_says(clusters: FleetClusters) -> None:
    eventually(lambda: healths(clusters), ["ready", "ready"])
    shown = nodes(clusters)
    running = {item["InstanceId"]: item for item in clusters.place.running()}
    assert {node["id"] for node in shown} == set(running)
    for node in shown:
        assert (node["site"], node["cluster"], node["kind"], node["group"], node["instance_type"]) == (
            "one", TRAINING, "eks", "system", "m5.xlarge",
        )  # fmt: skip
        assert node["host"] == running[node["id"]]["PrivateDnsName"]
        assert node["state"] == "running"


def test_what_is_no_node_of_the_fleet_is_left_alone(clusters: FleetClusters) -> None:
    ec2 = clusters.place.ec2
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, InstanceType="m5.large", MinCount=1, MaxCount=1)
    stranger = made["Instances"][0]["InstanceId"]
    refused = act(clusters, "replace", stranger, "--yes")
    assert refused.code == 1
    assert refused.err.strip() == (
        f"error: {stranger} is no node of this fleet's clusters; nothing was touched; fleet nodes lists them"
    )
    (reservation,) = ec2.describe_instances(InstanceIds=[stranger])["Reservations"]
    assert reservation["Instances"][0]["State"]["Name"] == "running"


def test_a_drained_node_is_cordoned_and_a_replaced_one_goes(clusters: FleetClusters) -> None:
    first, second = sorted(item["InstanceId"] for item in clusters.place.running())
    drained = act(clusters, "drain", first, "--yes")
    assert drained.code == 0, drained.err
    assert drained.err.splitlines()[-1].startswith("done: kubectl drains ip-10-79-")
    replaced = act(clusters, "replace", second, "--yes")
    assert replaced.code == 0, replaced.err
    assert replaced.err.splitlines()[-1] == f"done: EC2 terminates {second}; system launches another"
    (cordoned,) = [node for node in nodes(clusters) if node["id"] == first]
    assert (cordoned["health"], cordoned["detail"]) == ("not ready", "cordoned")
    gone = clusters.place.ec2.describe_instances(InstanceIds=[second])["Reservations"][0]["Instances"][0]
    assert gone["State"]["Name"] == "terminated"


def test_status_has_the_cluster_only_where_its_site_stands(clusters: FleetClusters) -> None:
    (one,) = [row for row in clusters.fleet.fleet("status", "--json").json if row["stack"] == "one"]
    assert one["clusters"] == [
        {
            "cluster": TRAINING,
            "kind": "eks",
            "version": None,
            "status": None,
            "nodes_ready": 0,
            "nodes_total": 0,
            "health": "not deployed",
            "detail": "",
        }
    ]


def test_an_api_server_that_does_not_let_us_in_leaves_a_doubt(clusters: FleetClusters) -> None:
    role = "arn:aws:iam::483026362307:role/FleetExecutionRole"
    clusters.place.eks.delete_access_entry(clusterName=TRAINING, principalArn=role)
    eventually(lambda: set(healths(clusters)), {"unknown"})
    assert "answers 401 Unauthorized" in nodes(clusters)[0]["detail"]
