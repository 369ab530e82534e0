"""The tables of gitops/ and of the plan fit together, and Renovate finds what add-ons are pinned to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from plan.cluster_facts import FACTS, LABELS, SWITCHES
from tests.registered import CLUSTERS, FLEET, SOURCE

ROOT = Path(__file__).parents[3]
GITOPS = ROOT / "gitops"
BOOTSTRAP = GITOPS / "bootstrap"
VALUES = YAML(typ="safe").load((BOOTSTRAP / "values.yaml").read_text())
TEAMS = YAML(typ="safe").load((GITOPS / "workloads/teams.yaml").read_text())["teams"]
ADD_ONS: dict[str, dict[str, Any]] = VALUES["addOns"]
TEMPLATES = "\n".join(path.read_text() for path in (*BOOTSTRAP.rglob("*.yaml"), *BOOTSTRAP.rglob("*.tpl")))
NAME_LENGTH = 63
"""Applications are labels of what they own (Argo CD, "Resource Tracking"); labels have 63 characters."""


def test_every_switch_turns_an_add_on_and_every_add_on_has_a_switch() -> None:
    assert {add_on["switch"] for add_on in ADD_ONS.values()} == {switch.label for switch in SWITCHES}


def test_templates_name_facts_and_labels_of_the_table_and_none_by_another_way() -> None:
    annotations = set(re.findall(r"\.metadata\.annotations\.(\w+)", TEMPLATES))
    labels = set(re.findall(r"\.metadata\.labels\.(\w+)", TEMPLATES))
    assert annotations <= {fact.name for fact in FACTS}
    assert labels <= {fact.name for fact in LABELS} | {switch.label for switch in SWITCHES}
    assert "index ." not in TEMPLATES, "a name that is missing would be empty, not an error"


def test_every_add_on_of_row_e6_is_there() -> None:
    assert set(ADD_ONS) >= {
        "karpenter",
        "nvidia-device-plugin",
        "efa-device-plugin",
        "load-balancer-controller",
        "metrics-server",
        "cert-manager",
        "external-secrets",
        "dcgm-exporter",
        "prometheus",
        "kueue",
    }


def test_karpenter_is_new_enough_for_placement_groups_and_is_as_old_as_its_crds() -> None:
    version = ADD_ONS["karpenter"]["version"]
    assert tuple(map(int, version.split("."))) >= (1, 11, 0), "row T3b"
    assert ADD_ONS["karpenter-crd"]["version"] == version


@pytest.mark.parametrize(
    ("add_on", "module"),
    [
        ("karpenter", "github.com/aws/karpenter-provider-aws"),
        ("cert-manager", "github.com/cert-manager/cert-manager"),
        ("external-secrets", "github.com/external-secrets/external-secrets"),
    ],
)
def test_what_is_checked_is_what_is_pinned(add_on: str, module: str) -> None:
    version = ADD_ONS[add_on]["version"].removeprefix("v")
    assert f"\t{module} v{version}\n" in (ROOT / "toolchain/recipes/manifests/go.mod").read_text()


@pytest.mark.parametrize("name", sorted(ADD_ONS))
def test_an_add_on_has_a_folder_of_values_and_a_folder_an_add_on(name: str) -> None:
    folder = GITOPS / "add-ons" / name
    assert folder.is_dir() == ("keep" not in ADD_ONS[name])
    assert ADD_ONS[name].get("path", f"gitops/add-ons/{name}") == f"gitops/add-ons/{name}"


def test_no_folder_is_left_over() -> None:
    assert {folder.name for folder in (GITOPS / "add-ons").iterdir()} <= set(ADD_ONS)


def test_layers_are_named_after_what_clusters_can_be() -> None:
    allowed = {
        "environments": {"prod", "dev"},
        "types": {"training", "inference"},
        "clusters": {cluster.name for cluster in CLUSTERS},
    }
    strangers = [
        str(path.relative_to(ROOT))
        for layer, names in allowed.items()
        for path in GITOPS.glob(f"*/*/{layer}/*.yaml")
        if path.stem not in names
    ]
    assert strangers == []


@pytest.mark.parametrize("name", [*ADD_ONS, *(f"team-{team}" for team in TEAMS)])
def test_names_of_applications_fit_into_a_label(name: str) -> None:
    assert [c.name for c in CLUSTERS if len(f"{name}-{c.name}") > NAME_LENGTH] == []


def test_renovate_finds_every_pinned_chart_once() -> None:
    managers = json.loads((ROOT / "renovate.json").read_text())["customManagers"]
    text = (BOOTSTRAP / "values.yaml").read_text()
    found = [
        match["currentValue"]
        for manager in managers
        for pattern in manager["matchStrings"]
        for match in re.finditer(pattern.replace("(?<", "(?P<").replace("(?P<!", "(?<!"), text)
    ]
    assert sorted(found) == sorted(add_on["version"] for add_on in ADD_ONS.values() if "version" in add_on)


def test_teams_have_access_points_at_every_site_that_they_work_at() -> None:
    for name, team in TEAMS.items():
        for cluster in CLUSTERS:
            site = FLEET.sites[cluster.site]
            if site.purpose in team["clusterTypes"]:
                assert site.storage is not None
                assert site.storage.efs is not None
                assert name in {point.name for point in site.storage.efs.access_points}


def test_the_repository_is_the_fleets() -> None:
    assert VALUES["repository"] == SOURCE.url == f"https://github.com/{FLEET.settings.repository}.git"


def test_the_slices_of_a_gpu_are_row_r6() -> None:
    values = YAML(typ="safe").load((GITOPS / "add-ons/nvidia-device-plugin/values.yaml").read_text())
    configurations = {name: YAML(typ="safe").load(text) for name, text in values["config"]["map"].items()}
    assert configurations["shared-4"]["sharing"]["timeSlicing"]["resources"] == [
        {"name": "nvidia.com/gpu", "replicas": 4}
    ]
    assert configurations[values["config"]["default"]] == {"version": "v1"}
