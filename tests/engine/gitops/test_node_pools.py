"""Karpenter's node classes and pools of the committed clusters, with the numbers of rows E4, E5 and R2."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from plan.registered_cluster import RegisteredCluster
from tests.engine.gitops.hub import Hub
from tests.engine.gitops.rendering import ROOT, rendered
from tests.registered import CLUSTERS, promises

MAIN, INFERENCE, SECONDARY = CLUSTERS
GPU_TAINT = [{"key": "nvidia.com/gpu", "effect": "NoSchedule"}]
NEVER_WHILE_BUSY = [
    {"nodes": "100%", "reasons": ["Empty"]},
    {"nodes": "0", "reasons": ["Drifted", "Underutilized"]},
]


Made = dict[str, dict[str, dict[str, Any]]]


def specs(application: dict[str, Any], scratch: Path) -> Made:
    """What an Application makes: specs by kind and name."""
    kinds: Made = {}
    for item in rendered(application, ROOT / "gitops/add-ons/node-pools", scratch):
        kinds.setdefault(item["kind"], {})[item["metadata"]["name"]] = item["spec"]
    return kinds


@pytest.fixture(scope="session")
def made(hub: Hub, scratch: Path) -> dict[str, Made]:
    """The specs by cluster."""
    return {
        cluster.name: specs(hub.applications()[f"node-pools-{cluster.name}"], scratch) for cluster in CLUSTERS
    }


def pool(made: dict[str, Made], cluster: RegisteredCluster, name: str) -> dict[str, Any]:
    return made[cluster.name]["NodePool"][name]


def node_class(made: dict[str, Made], cluster: RegisteredCluster, name: str) -> dict[str, Any]:
    return made[cluster.name]["EC2NodeClass"][name]


def requirements(spec: dict[str, Any]) -> dict[str, tuple[str, list[str]]]:
    return {
        item["key"]: (item["operator"], item["values"]) for item in spec["template"]["spec"]["requirements"]
    }


def test_which_cluster_has_which_pools(made: dict[str, Made]) -> None:
    everywhere = {"general", "cpu-workloads", "cpu-workloads-base"}
    training = everywhere | {"gpu-training", "training-gpu", "efa-p5"}
    assert set(made[MAIN.name]["NodePool"]) == training
    assert set(made[SECONDARY.name]["NodePool"]) == training
    assert set(made[INFERENCE.name]["NodePool"]) == everywhere | {"inference-gpu", "inference-gpu-base"}


def test_gpu_training_is_row_e4(made: dict[str, Made]) -> None:
    spec = pool(made, MAIN, "gpu-training")
    assert requirements(spec) == {
        "kubernetes.io/os": ("In", ["linux"]),
        "kubernetes.io/arch": ("In", ["amd64"]),
        "karpenter.sh/capacity-type": ("In", ["on-demand", "reserved"]),
        "karpenter.k8s.aws/instance-category": ("In", ["p"]),
        "karpenter.k8s.aws/instance-generation": ("Gt", ["4"]),
    }
    assert spec["template"]["spec"]["nodeClassRef"]["name"] == "gpu-training"
    assert spec["template"]["spec"]["taints"] == GPU_TAINT
    assert spec["limits"] == {"nvidia.com/gpu": "256"}
    assert spec["disruption"] == {
        "consolidationPolicy": "WhenEmpty",
        "consolidateAfter": "30m",
        "budgets": NEVER_WHILE_BUSY,
    }


@pytest.mark.parametrize("name", ["gpu-training", "training-gpu", "efa-p5"])
def test_no_node_of_training_is_taken_while_it_works(made: dict[str, Made], name: str) -> None:
    spec = pool(made, MAIN, name)
    assert spec["template"]["spec"]["expireAfter"] == "Never"
    assert {"nodes": "0"} in [
        {"nodes": budget["nodes"]}
        for budget in spec["disruption"]["budgets"]
        if "Drifted" in budget["reasons"]
    ]


R2 = [
    (MAIN, "training-gpu", "spot", ["p3.2xlarge", "p3.8xlarge", "p4d.24xlarge"], 0, 20, GPU_TAINT),
    (INFERENCE, "inference-gpu", "on-demand", ["g4dn.xlarge", "g4dn.2xlarge"], 2, 10, GPU_TAINT),
    (INFERENCE, "cpu-workloads", "spot", ["m5.large", "m5.xlarge", "m5.2xlarge"], 2, 50, None),
]


@pytest.mark.parametrize(
    ("cluster", "name", "capacity", "types", "least", "most", "taints"), R2, ids=[row[1] for row in R2]
)
def test_row_r2(
    made: dict[str, Made],
    cluster: RegisteredCluster,
    name: str,
    capacity: str,
    types: list[str],
    least: int,
    most: int,
    taints: list[dict[str, str]] | None,
) -> None:
    dynamic, static = pool(made, cluster, name), made[cluster.name]["NodePool"].get(f"{name}-base")
    kept = static["replicas"] if static else 0
    assert (kept, kept + int(dynamic["limits"]["nodes"])) == (least, most)
    assert static is None or static["limits"] == {"nodes": str(least)}
    for spec in filter(None, (dynamic, static)):
        assert requirements(spec)["karpenter.sh/capacity-type"] == ("In", [capacity])
        assert requirements(spec)["node.kubernetes.io/instance-type"] == ("In", types)
        assert spec["template"]["spec"].get("taints") == taints
        assert set(spec["template"]["metadata"]["labels"]) == {"workload-type", "node-class"}


def test_what_tolerates_nothing_finds_nodes_that_stay(made: dict[str, Made]) -> None:
    for cluster in CLUSTERS:
        spec = pool(made, cluster, "general")
        assert "taints" not in spec["template"]["spec"]
        assert requirements(spec)["karpenter.sh/capacity-type"] == ("In", ["on-demand"])


def test_nodes_of_a_fabric_are_in_one_placement_group_and_its_subnet(made: dict[str, Made]) -> None:
    spec, network = node_class(made, MAIN, "gpu-training"), promises(MAIN).network
    assert spec["placementGroupSelector"] == {"name": "main-use1-training-use1-az4"}
    assert spec["subnetSelectorTerms"] == [{"id": network.private_subnet_ids["use1-az4"]}]
    assert "capacityReservationSelectorTerms" not in spec
    assert spec["securityGroupSelectorTerms"] == [
        {"id": promises(MAIN).eks.cluster_security_group_ids["training"]},
        {"id": network.security_group_ids["base"]},
        {"id": network.security_group_ids["efa"]},
    ]


def test_reserved_nodes_are_in_no_placement_group(hub: Hub, scratch: Path) -> None:
    """Rows E5, T3: the reservation lies where it lies."""
    application = deepcopy(hub.applications()[f"node-pools-{SECONDARY.name}"])
    facts = application["spec"]["sources"][0]["helm"]["valuesObject"]["cluster"]
    assert facts["capacityReservations"] == ""
    facts["capacityReservations"] = "cr-0123456789abcdef0,cr-0123456789abcdef1"
    spec = specs(application, scratch)["EC2NodeClass"]["gpu-training"]
    assert spec["capacityReservationSelectorTerms"] == [
        {"id": "cr-0123456789abcdef0"},
        {"id": "cr-0123456789abcdef1"},
    ]
    assert "placementGroupSelector" not in spec
    network = promises(SECONDARY).network
    assert spec["subnetSelectorTerms"] == [
        {"id": network.private_subnet_ids["usw2-az1"]},
        {"id": network.private_subnet_ids["usw2-az2"]},
    ]


@pytest.mark.parametrize("name", ["general", "gpu"])
def test_other_nodes_are_in_every_zone_and_have_no_fabric(made: dict[str, Made], name: str) -> None:
    for cluster in CLUSTERS:
        spec = node_class(made, cluster, name)
        assert len(spec["subnetSelectorTerms"]) == 2
        assert len(spec["securityGroupSelectorTerms"]) == 2
        assert not {"placementGroupSelector", "capacityReservationSelectorTerms", "networkInterfaces"} & set(
            spec
        )


def test_a_pool_of_bought_capacity_is_of_one_type_empty_and_reserved(made: dict[str, Made]) -> None:
    spec, of = pool(made, MAIN, "efa-p5"), node_class(made, MAIN, "efa-p5")
    assert spec["replicas"] == 0
    assert requirements(spec) == {
        "node.kubernetes.io/instance-type": ("In", ["p5.48xlarge"]),
        "karpenter.sh/capacity-type": ("In", ["reserved"]),
    }
    assert of["capacityReservationSelectorTerms"] == [{"tags": {"fleet:pool": "efa-p5"}}]
    assert of["networkInterfaces"] == [
        {"networkCardIndex": 0, "deviceIndex": 0, "interfaceType": "interface"},
        {"networkCardIndex": 0, "deviceIndex": 1, "interfaceType": "efa-only"},
        *({"networkCardIndex": card, "deviceIndex": 0, "interfaceType": "efa-only"} for card in range(1, 32)),
    ]


def test_every_node_is_encrypted_tagged_and_answers_metadata_to_the_node_alone(made: dict[str, Made]) -> None:
    for cluster in CLUSTERS:
        for spec in made[cluster.name]["EC2NodeClass"].values():
            (root,) = spec["blockDeviceMappings"]
            assert root["rootVolume"] is True
            assert (root["ebs"]["encrypted"], root["ebs"]["kmsKeyID"]) == (
                True,
                promises(cluster).keys.key_arn,
            )
            assert spec["metadataOptions"] == {"httpTokens": "required", "httpPutResponseHopLimit": 1}
            assert spec["instanceProfile"] == f"KarpenterNodeRole-{cluster.site}"
            assert spec["tags"]["fleet:site"] == cluster.site
