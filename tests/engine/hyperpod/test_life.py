"""A HyperPod cluster on Slurm: made, left alone, grown, kept from being thrown away, repaired, and removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.fleets import FleetUnderTest, small_checkout
from tests.engine.inventory import inventory

CLUSTER = "one--slurm"
SITE = """
    storage:
      lustre:
        capacity_gib: 1200
        throughput_mbps_per_tib: 125
        availability_zone: use1-az4
        maintenance_window: "7:03:00"
    hyperpod:
      slurm:
        orchestrator: slurm
        availability_zone: use1-az4
        groups:
          gpu:
            slurm_node: compute
            instance_type: ml.p5.48xlarge
            count: 2
            deep_health_checks: [InstanceStress]
          controller: {slurm_node: controller, instance_type: ml.m5.xlarge, count: 1}
"""
LOGIN = "          login: {slurm_node: login, instance_type: ml.m5.large, count: 1}\n"
DATA = """
data:
  central: one
  replicas: [two]
alerts:
  emails: [tests@example.org]
"""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetUnderTest]:
    root = small_checkout(tmp_path_factory.mktemp("hyperpod-checkout"))
    for file, more in (("Pulumi.one.yaml", SITE), ("fleet.yaml", DATA)):
        (root / file).write_text((root / file).read_text().rstrip() + more)
    fleet = FleetUnderTest(root=root, home=tmp_path_factory.mktemp("hyperpod"))
    fleet.edit("Pulumi.one.yaml", "purpose: data", "purpose: training")
    try:
        yield fleet
    finally:
        fleet.stop()


def changes(result: Any) -> dict[str, int]:
    (stack,) = result.json["stacks"]
    return {kind: count for kind, count in stack["operations"].items() if kind != "same" and count}


def up(fleet: FleetUnderTest) -> dict[str, int]:
    result = fleet.fleet("up", "--only", "one", "--yes", "--json")
    assert result.code == 0, result.out + result.err
    return changes(result)


def counts(fleet: FleetUnderTest) -> dict[str, int]:
    found = fleet.aws("sagemaker").describe_cluster(ClusterName=CLUSTER)
    assert found["ClusterStatus"] == "InService"
    return {group["InstanceGroupName"]: group["CurrentCount"] for group in found["InstanceGroups"]}


def test_a_cluster_lives_grows_and_goes(fleet: FleetUnderTest) -> None:
    assert fleet.fleet("sandbox", "start").code == 0
    assert fleet.fleet("bootstrap", "--yes").code == 0
    before = inventory(fleet)
    up(fleet)
    assert counts(fleet) == {"controller": 1, "gpu": 2}
    sagemaker = fleet.aws("sagemaker")
    made = sagemaker.describe_cluster(ClusterName=CLUSTER)
    gpu = next(item for item in made["InstanceGroups"] if item["InstanceGroupName"] == "gpu")
    scripts = gpu["LifeCycleConfig"]["SourceS3Uri"].removeprefix("s3://ml-data-main-us-east-1/")
    assert scripts.startswith(f"hyperpod/{CLUSTER}/")
    assert [mount["FsxLustreConfig"]["MountPath"] for mount in gpu["InstanceStorageConfigs"]] == ["/fsx"]
    tags = {tag["Key"]: tag["Value"] for tag in sagemaker.list_tags(ResourceArn=made["ClusterArn"])["Tags"]}
    assert tags["fleet:site"] == "one"
    assert tags["fleet:urn"].endswith("::aws-native:sagemaker:Cluster::one-hyperpod-slurm")

    fleet.edit("Pulumi.one.yaml", "          controller:", f"{LOGIN}          controller:")
    grown = up(fleet)
    assert grown.keys() == {"update", "replace"}, "the cluster, and its scripts under another prefix"
    assert grown["update"] == 1
    assert counts(fleet) == {"controller": 1, "gpu": 2, "login": 1}
    listed = fleet.aws("s3").list_object_versions(Bucket="ml-data-main-us-east-1", Prefix="hyperpod/")
    prefixes = {item["Key"].split("/")[2] for item in listed["Versions"]}
    assert len(prefixes) == 1, "the scripts that nobody reads any more are gone with all their versions"
    assert scripts.split("/")[2] not in prefixes

    nodes = sagemaker.list_cluster_nodes(ClusterName=CLUSTER, InstanceGroupNameContains="gpu")
    broken = nodes["ClusterNodeSummaries"][0]["InstanceId"]
    replaced = fleet.fleet("nodes", "replace", broken, "--yes")
    assert replaced.code == 0, replaced.err
    shown = fleet.fleet("nodes", "--site", "one", "--json").json["nodes"]
    assert Counter(node["group"] for node in shown) == {"controller": 1, "gpu": 2, "login": 1}
    assert broken not in {node["id"] for node in shown}
    looked = fleet.fleet("preview", "--only", "one", "--refresh", "--json")
    assert (looked.code, changes(looked)) == (0, {}), looked.out

    fleet.edit(
        "Pulumi.one.yaml",
        "orchestrator: slurm\n        availability_zone: use1-az4",
        "orchestrator: slurm\n        availability_zone: use1-az6",
    )
    refused = fleet.fleet("up", "--only", "one", "--yes")
    assert refused.code == 1
    assert "its nodes with their local disks, and the capacity that they hold, are lost" in refused.err
    assert counts(fleet) == {"controller": 1, "gpu": 2, "login": 1}

    destroyed = fleet.fleet("destroy", "--only", "one", "--yes")
    assert destroyed.code == 0, destroyed.err
    assert sagemaker.list_clusters()["ClusterSummaries"] == []
    assert inventory(fleet) - before == set()
