"""A Slurm cluster of one small site on the real engine: made, left alone, changed, refused, interrupted, deleted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.parallelcluster_api import Api, Place
from sandbox.client import Sandbox
from sandbox.faults import Fault
from tests.engine.fleets import ACCOUNTS, CHECKOUT, FleetUnderTest, small_checkout
from tests.engine.inventory import inventory

CONFIG = "cluster-configs/parallelcluster/slurm.yaml"
LAYERS = """
    storage:
      lustre:
        capacity_gib: 1200
        throughput_mbps_per_tib: 125
        availability_zone: use1-az4
        maintenance_window: "7:03:00"
      efs: {}
    parallelcluster:
      clusters:
        slurm:
          availability_zone: use1-az4
"""
NAME = "one--slurm"
SPARE = "    # Only where the site names a reservation."
QUEUE = """    - Name: cpu
      ComputeResources:
        - {Name: m5, InstanceType: m5.large, MinCount: 0, MaxCount: 10}
      Networking:
        SubnetIds:
          - ${private_subnet}
        AdditionalSecurityGroups:
          - ${base_security_group}
      Iam:
        InstanceRole: ${compute_node_role}
"""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetUnderTest]:
    root = small_checkout(tmp_path_factory.mktemp("pcluster-checkout"))
    shutil.copytree(CHECKOUT / "cluster-configs" / "parallelcluster", root / Path(CONFIG).parent)
    config = root / CONFIG
    config.write_text(
        config.read_text().replace("MaxCount: 32", "MaxCount: 12")
    )  # the site's subnets are small
    file = root / "Pulumi.one.yaml"
    file.write_text(file.read_text().replace("purpose: data", "purpose: training").rstrip() + LAYERS)
    fleet = FleetUnderTest(root=root, home=tmp_path_factory.mktemp("pcluster"))
    try:
        yield fleet
    finally:
        fleet.stop()


def cluster(fleet: FleetUnderTest, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any] | None:
    """The cluster as its API tells it to who may ask, with nothing of the engine in between."""
    (stack,) = fleet.aws("cloudformation").describe_stacks(StackName="pcluster-api-us-east-1")["Stacks"]
    outputs = {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}
    environment = Sandbox(fleet.home / "sandbox").environment(region="us-east-1")
    with monkeypatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        place = Place(
            url=outputs["ParallelClusterApiInvokeUrl"],
            region="us-east-1",
            execution_role_arn=f"arn:aws:iam::{ACCOUNTS['main']}:role/FleetExecutionRole",
            user_role_arn=outputs["ParallelClusterApiUserRole"],
        )
        return Api(place).describe(NAME)


def nodes(fleet: FleetUnderTest) -> list[str]:
    filters = [
        {"Name": "tag:parallelcluster:cluster-name", "Values": [NAME]},
        {"Name": "instance-state-name", "Values": ["running"]},
    ]
    found = fleet.aws("ec2").describe_instances(Filters=filters)["Reservations"]
    return [instance["InstanceType"] for item in found for instance in item["Instances"]]


def up(fleet: FleetUnderTest, *more: str) -> Any:
    return fleet.fleet("up", "--only", "one", "--yes", "--json", *more)


def row(result: Any) -> dict[str, Any]:
    (only,) = json.loads(result.out)["stacks"]
    return dict(only)


def changes(result: Any) -> dict[str, int]:
    """How many resources are made, changed and removed."""
    quiet = {"same", "outputs", "state"}
    return {name: count for name, count in row(result)["operations"].items() if name not in quiet}


def test_a_slurm_cluster_lives_and_goes(fleet: FleetUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fleet.fleet("sandbox", "start").code == 0
    assert fleet.fleet("bootstrap", "--yes").code == 0
    before = inventory(fleet)
    faults = Sandbox(fleet.home / "sandbox").faults

    # The first create fails on a node; the API's reason is the cause that is told.
    faults.add(
        Fault(kind="error", service="parallelcluster", operation="CompleteCreate", code="FsxMountFailure")
    )
    failed = up(fleet)
    assert failed.code == 1
    assert row(failed)["cause"] == (
        "one-parallelcluster-slurm: one--slurm was not made: FsxMountFailure: Failed to mount FSX.; "
        "HeadNodeWaitCondition: Failed to mount FSX."
    )
    faults.clear()

    # Again: what failed goes, and the cluster is made.
    made = up(fleet)
    assert made.code == 0, made.err
    assert changes(made) == {"create": 1}
    found = cluster(fleet, monkeypatch)
    assert found is not None
    assert (found["clusterStatus"], found["version"]) == ("CREATE_COMPLETE", "3.16.1")
    assert nodes(fleet) == ["m5.xlarge"]

    # Nothing changed: nothing is done.
    same = fleet.fleet("preview", "--only", "one", "--json")
    assert (same.code, changes(same)) == (0, {})

    # A change that the update policy refuses is refused at preview, with the policy's reason.
    fleet.edit(CONFIG, "MaxCount: 12", "MaxCount: 6")
    refused = fleet.fleet("preview", "--only", "one", "--json")
    assert refused.code == 1
    assert row(refused)["cause"] == (
        "one-parallelcluster-slurm: pulumi-python:dynamic/parallelcluster:Cluster resource "
        f"'one-parallelcluster-slurm' has a problem: {CONFIG}: "
        "Scheduling.SlurmQueues[gpu-ondemand].ComputeResources[p5].MaxCount: 12 to 6 is not done: All compute "
        "nodes must be stopped or QueueUpdateStrategy must be set to TERMINATE. Stop the compute fleet or set "
        "QueueUpdateStrategy:TERMINATE in config to remove nodes from the scheduler, terminate the associated "
        "instances & any running jobs; set updates: stop-fleet"
    )
    fleet.edit(CONFIG, "MaxCount: 6", "MaxCount: 12")

    # A queue more is an update.
    fleet.edit(CONFIG, SPARE, QUEUE + SPARE)
    grown = up(fleet)
    assert grown.code == 0, grown.err
    assert changes(grown) == {"update": 1}
    found = cluster(fleet, monkeypatch)
    assert found is not None
    assert found["clusterStatus"] == "UPDATE_COMPLETE"

    # And away with it all: nothing is left but the bucket that ParallelCluster itself never deletes.
    gone = fleet.fleet("destroy", "--only", "one", "--yes", "--json")
    assert gone.code == 0, gone.err
    assert nodes(fleet) == []
    after = inventory(fleet)
    ((*_, kind, bucket),) = after - before
    assert (kind, bucket.endswith("-v1-do-not-delete")) == ("list_buckets", True)
    assert before - after == set()
