"""Files of cluster-configs filled in for one cluster (rows P2 to P4, S4)."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from syrupy.assertion import SnapshotAssertion

import spec
from plan import plan_fleet
from plan.cluster_config import ConfigError, Facts, render
from plan.parallelcluster import ClusterPlan, ParallelClusterPlan, example_facts
from plan.storage import StoragePlan
from spec.cluster_config import FACTS

ROOT = Path(__file__).parents[3]
SITE = plan_fleet(spec.load(ROOT)).sites["main-use1"]


def planned() -> tuple[ParallelClusterPlan, ClusterPlan]:
    plan = SITE.parallelcluster
    assert plan is not None
    return plan, plan.clusters[0]


def facts(storage: StoragePlan | None = SITE.storage, **changes: Any) -> Facts:
    plan, cluster = planned()
    return example_facts(plan, replace(cluster, **changes), storage)


def rendered(found: Facts, document: Any = None) -> Any:
    _, cluster = planned()
    text = render(cluster.file, cluster.config if document is None else document, found)
    return YAML(typ="safe").load(text)


BLOCK = facts(capacity_reservation="cr-0123456789abcdef0")


def test_every_name_of_the_table_is_a_fact() -> None:
    assert {field.name for field in fields(Facts)} == set(FACTS)


def test_the_committed_cluster_is_rendered_as_recorded(snapshot: SnapshotAssertion) -> None:
    _, cluster = planned()
    assert render(cluster.file, cluster.config, facts()) == snapshot


def test_a_cluster_with_a_block_is_rendered_as_recorded(snapshot: SnapshotAssertion) -> None:
    _, cluster = planned()
    assert render(cluster.file, cluster.config, BLOCK) == snapshot


def test_p3_the_queue_on_demand_scales_from_zero_with_efa_and_a_placement_group() -> None:
    (queue,) = rendered(facts())["Scheduling"]["SlurmQueues"]
    (resource,) = queue["ComputeResources"]
    assert (queue["Name"], queue["CapacityType"]) == ("gpu-ondemand", "ONDEMAND")
    assert (resource["InstanceType"], resource["MinCount"], resource["MaxCount"]) == ("p5.48xlarge", 0, 32)
    assert resource["Efa"] == {"Enabled": True}
    assert queue["HealthChecks"] == {"Gpu": {"Enabled": True}}
    assert queue["Networking"]["PlacementGroup"] == {"Enabled": True}


def test_p4_the_blocks_queue_is_there_only_with_a_reservation_and_without_a_placement_group() -> None:
    queues = rendered(BLOCK)["Scheduling"]["SlurmQueues"]
    assert [queue["Name"] for queue in queues] == ["gpu-ondemand", "gpu-capacity-block"]
    (resource,) = queues[1]["ComputeResources"]
    assert (queues[1]["CapacityType"], resource["MinCount"], resource["MaxCount"]) == ("CAPACITY_BLOCK", 8, 8)
    assert resource["CapacityReservationTarget"] == {"CapacityReservationId": "cr-0123456789abcdef0"}
    assert queues[1]["Networking"]["PlacementGroup"] == {"Enabled": False}


def test_s4_lustre_is_at_fsx_and_efs_at_home() -> None:
    mounts = rendered(facts())["SharedStorage"]
    assert {mount["StorageType"]: mount["MountDir"] for mount in mounts} == {
        "FsxLustre": "/fsx",
        "Efs": "/home",
    }
    assert "SharedStorage" not in rendered(facts(storage=None))


def test_slurm_accounting_is_there_only_where_it_is_named() -> None:
    assert set(rendered(facts())["Scheduling"]["SlurmSettings"]) == {
        "QueueUpdateStrategy",
        "ScaledownIdletime",
    }
    found = facts(external_slurmdbd={"Host": "slurmdbd.example.org", "Port": 6819})
    settings = rendered(found)["Scheduling"]["SlurmSettings"]
    assert settings["ExternalSlurmdbd"] == {"Host": "slurmdbd.example.org", "Port": 6819}


def test_a_field_that_holds_nothing_else_goes_with_what_is_absent() -> None:
    assert "Iam" not in rendered(facts())
    boundary = "arn:aws:iam::123456789012:policy/Boundary"
    assert rendered(facts(permissions_boundary=boundary))["Iam"] == {"PermissionsBoundary": boundary}


def test_facts_stand_within_text_and_a_dollar_is_doubled() -> None:
    document = {"Owner": "${cluster_name} in ${region} for $$5"}
    assert rendered(facts(), document) == {"Owner": "main-use1--slurm in us-east-1 for $5"}


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("${nowhere}", "${nowhere} stands for nothing"),
        ("all of ${tags}", "${tags} is not a text, so it has to be the whole value"),
    ],
)
def test_what_cannot_be_filled_in_is_named_with_file_and_path(value: str, cause: str) -> None:
    with pytest.raises(ConfigError) as refused:
        rendered(facts(), {"Tags": [{"Value": value}]})
    assert str(refused.value) == f"cluster-configs/parallelcluster/slurm.yaml: Tags[0].Value: {cause}"


def test_a_text_that_an_older_reader_takes_for_something_else_is_quoted() -> None:
    text = render("f", {"A": "on", "B": "1:30", "C": "3.10"}, facts())
    assert text == "%YAML 1.1\n---\nA: 'on'\nB: '1:30'\nC: '3.10'\n"
