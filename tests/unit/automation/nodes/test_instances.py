"""Nodes on EC2, found in the emulator by the tags that AWS puts on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from automation.nodes.instances import instances
from automation.nodes.model import Health, Node
from tests.unit.automation.nodes.fakes import EKS, PCLUSTER, Service
from tests.unit.sandbox.aws.cloud import Cloud

TAGGED: Mapping[str, Mapping[str, str]] = {
    "managed": {
        "eks:cluster-name": EKS.name,
        "eks:nodegroup-name": "system",
        f"kubernetes.io/cluster/{EKS.name}": "owned",
    },
    "karpenter": {f"kubernetes.io/cluster/{EKS.name}": "owned", "karpenter.sh/nodepool": "gpu"},
    "shared": {f"kubernetes.io/cluster/{EKS.name}": "shared"},
    "foreign": {"eks:cluster-name": "somebody-else"},
    "head": {
        "parallelcluster:cluster-name": PCLUSTER.name,
        "parallelcluster:node-type": "HeadNode",
    },
    "compute": {
        "parallelcluster:cluster-name": PCLUSTER.name,
        "parallelcluster:node-type": "Compute",
        "parallelcluster:queue-name": "gpu-ondemand",
    },
    "bare": {},
}


@pytest.fixture(scope="module")
def machines(cloud: Cloud) -> dict[str, str]:
    """Instances with these tags, by their names here."""
    ec2 = cloud.client("ec2")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    subnet = ec2.create_subnet(
        VpcId=ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"],
        CidrBlock="10.77.0.0/24",
        AvailabilityZoneId="use1-az4",
    )["Subnet"]["SubnetId"]
    made = {}
    for name, tags in TAGGED.items():
        pairs = [{"Key": key, "Value": value} for key, value in {"Name": name, **tags}.items()]
        answer = ec2.run_instances(
            ImageId=image,
            InstanceType="m5.large",
            SubnetId=subnet,
            MinCount=1,
            MaxCount=1,
            TagSpecifications=[{"ResourceType": "instance", "Tags": pairs}],
        )
        made[name] = answer["Instances"][0]["InstanceId"]
    return made


def found(cloud: Cloud, machines: Mapping[str, str]) -> dict[str, Node]:
    names = {machine_id: name for name, machine_id in machines.items()}
    return {names[node.id]: node for node in instances(cloud.client("ec2"), (EKS, PCLUSTER))}


def test_only_nodes_of_the_fleet_s_clusters_are_found(cloud: Cloud, machines: Mapping[str, str]) -> None:
    nodes = found(cloud, machines)
    assert {name: (node.cluster, node.group) for name, node in nodes.items()} == {
        "managed": (EKS, "system"),
        "karpenter": (EKS, "gpu"),
        "head": (PCLUSTER, "head node"),
        "compute": (PCLUSTER, "gpu-ondemand"),
    }
    assert [name for name, node in nodes.items() if node.is_head] == ["head"]


def test_a_node_is_told_in_the_fleet_s_words(cloud: Cloud, machines: Mapping[str, str]) -> None:
    node = found(cloud, machines)["managed"]
    assert (node.instance_type, node.zone, node.state, node.health) == (
        "m5.large", "use1-az4", "running", Health.READY,
    )  # fmt: skip
    assert node.address.startswith("10.77.0.")
    assert node.host.startswith(f"ip-{node.address.replace('.', '-')}.")
    assert node.launched_at is not None


def test_an_instance_that_stops_is_not_ready_and_a_terminated_one_is_none(
    cloud: Cloud, machines: Mapping[str, str]
) -> None:
    ec2 = cloud.client("ec2")
    ec2.stop_instances(InstanceIds=[machines["karpenter"]])
    ec2.terminate_instances(InstanceIds=[machines["compute"]])
    nodes = found(cloud, machines)
    assert (nodes["karpenter"].state, nodes["karpenter"].health) == ("stopped", Health.NOT_READY)
    assert "compute" not in nodes


@pytest.mark.parametrize(
    ("checks", "health", "detail"),
    [
        (("ok", "ok"), Health.READY, ""),
        (("initializing", "ok"), Health.STARTING, "status checks: instance initializing, system ok"),
        (("ok", "impaired"), Health.NOT_READY, "status checks: instance ok, system impaired"),
        (("insufficient-data", "initializing"), Health.NOT_READY,
         "status checks: instance insufficient-data, system initializing"),
        (None, Health.UNKNOWN, "EC2 has no status checks of it yet"),
    ],
)  # fmt: skip
def test_one_that_runs_is_as_well_as_its_checks(
    checks: tuple[str, str] | None, health: Health, detail: str
) -> None:
    instance: dict[str, Any] = {
        "InstanceId": "i-1",
        "InstanceType": "m5.large",
        "Placement": {"AvailabilityZone": "us-east-1a"},
        "State": {"Name": "running"},
        "Tags": [{"Key": "parallelcluster:cluster-name", "Value": PCLUSTER.name}],
    }
    statuses = []
    if checks:
        instance_status, system_status = ({"Status": status} for status in checks)
        statuses = [{"InstanceId": "i-1", "InstanceStatus": instance_status, "SystemStatus": system_status}]
    ec2 = Service(
        describe_instances={"Reservations": [{"Instances": [instance]}]},
        describe_instance_status={"InstanceStatuses": statuses},
        describe_availability_zones={"AvailabilityZones": []},
    )
    (node,) = instances(ec2, (PCLUSTER,))
    assert (node.health, node.detail, node.zone) == (health, detail, "us-east-1a")


def test_a_site_without_such_clusters_asks_nothing() -> None:
    ec2 = Service()
    assert instances(ec2, ()) == ()
    assert ec2.asked == []
