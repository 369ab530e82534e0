"""Cluster secrets of Argo CD: switches as labels, facts as annotations, no credential (rows G2, G3, T1, T2)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plan.cluster_facts import FACTS, LABELS, SWITCHES
from plan.cluster_page import PAGE, pages
from plan.cluster_secrets import cluster_secret
from plan.registered_cluster import DeployedCluster, RegisteredCluster
from tests.registered import CLUSTERS, FLEET, SOURCE, deployed, secret

ROOT = Path(__file__).parents[3]
HUB, INFERENCE, HYPERPOD = CLUSTERS

LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
LABEL_VALUE_LENGTH = 63
ANNOTATIONS_BYTES = 256 * 1024
"""Kubernetes: syntax of labels; total size of annotations."""


def labels(cluster: RegisteredCluster) -> dict[str, str]:
    found: dict[str, str] = secret(cluster)["metadata"]["labels"]
    return found


def off(cluster: RegisteredCluster) -> set[str]:
    return {name for name, value in labels(cluster).items() if value == "false"}


def facts_of(cluster: RegisteredCluster, known: DeployedCluster) -> dict[str, str]:
    found: dict[str, str] = cluster_secret(FLEET, cluster, known, SOURCE)["metadata"]["annotations"]
    return found


def config(cluster: RegisteredCluster) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(secret(cluster)["stringData"]["config"])
    return found


def test_the_hub_is_reached_as_the_pod_that_argo_cd_is() -> None:
    assert secret(HUB)["stringData"]["server"] == "https://kubernetes.default.svc"
    assert config(HUB) == {"tlsClientConfig": {"insecure": False}}


def test_a_spoke_is_reached_by_its_sites_role_and_its_certificate() -> None:
    assert secret(HYPERPOD)["stringData"]["server"] == deployed(HYPERPOD).endpoint
    assert config(HYPERPOD) == {
        "awsAuthConfig": {
            "clusterName": "secondary-usw2--training",
            "roleARN": "arn:aws:iam::159553542841:role/ArgoCDSpokeRole-secondary-usw2",
        },
        "tlsClientConfig": {"insecure": False, "caData": deployed(HYPERPOD).certificate_authority},
    }


@pytest.mark.parametrize("cluster", CLUSTERS, ids=[cluster.name for cluster in CLUSTERS])
def test_no_secret_holds_a_credential(cluster: RegisteredCluster) -> None:
    found = config(cluster)
    assert {"bearerToken", "username", "password", "execProviderConfig"} & found.keys() == set()
    assert {"certData", "keyData"} & found["tlsClientConfig"].keys() == set()


@pytest.mark.parametrize("cluster", CLUSTERS, ids=[cluster.name for cluster in CLUSTERS])
def test_kubernetes_takes_the_labels_and_annotations(cluster: RegisteredCluster) -> None:
    bad = {
        name: value
        for name, value in labels(cluster).items()
        if not LABEL_VALUE.fullmatch(value) or len(value) > LABEL_VALUE_LENGTH
    }
    assert bad == {}
    facts = facts_of(cluster, deployed(cluster))
    assert sum(len(name) + len(value) for name, value in facts.items()) < ANNOTATIONS_BYTES


def test_names_are_go_identifiers_so_that_templates_can_name_them_and_fail_when_they_are_missing() -> None:
    names = [*(switch.name for switch in SWITCHES), *(fact.name for fact in (*LABELS, *FACTS))]
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []
    assert len(set(names)) == len(names)


def test_hyperpods_chart_brings_the_device_plugins_of_its_cluster() -> None:
    assert off(HYPERPOD) == {"enable_nvidia_device_plugin", "enable_efa_device_plugin"}


def test_the_hubs_site_installs_external_secrets_itself() -> None:
    assert off(HUB) == {"enable_external_secrets"}


def test_inference_clusters_queue_no_jobs() -> None:
    assert off(INFERENCE) == {"enable_kueue"}


def test_a_site_turns_a_switch_and_no_other() -> None:
    turned = replace(HUB, switches={"karpenter": False})
    assert labels(turned) == {**labels(HUB), "enable_karpenter": "false"}


def test_a_switch_that_is_not_in_the_table_is_refused_by_name() -> None:
    with pytest.raises(
        ValueError, match=r"^main-use1--training: no switch karpentr; there are cert_manager, "
    ):
        secret(replace(HUB, switches={"karpentr": True}))


def test_gpu_nodes_belong_beside_the_lustre_file_system() -> None:
    facts = facts_of(HUB, deployed(HUB))
    network = deployed(HUB).network
    assert facts["gpu_subnet_id"] == network.private_subnet_ids["use1-az4"]
    assert facts["gpu_placement_group"] == "main-use1-training-use1-az4"


def test_what_a_site_lacks_is_an_empty_fact() -> None:
    without = replace(deployed(HUB), storage=None)
    facts = facts_of(HUB, without)
    empty = {name for name, value in facts.items() if value == ""}
    assert empty == {"capacity_reservations", "lustre_id", "lustre_dns_name", "lustre_mount_name", "efs_id"}
    assert facts["efs_access_points"] == "{}"


def test_the_page_is_the_table() -> None:
    assert (ROOT / PAGE).read_text() == pages()[PAGE], "run `fleet schema --write`"
