"""What is wrong in the tables of add-ons and teams, or in a cluster's facts, is told when a chart is rendered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.engine.gitops.rendering import BOOTSTRAP, GITOPS, render

CHART = {"repository": "https://charts.example", "chart": "x", "version": "1.2.3"}
ADD_ON = {"switch": "enable_x", "namespace": "kube-system"}
QUOTA = {"cpus": 8, "memoryGib": 64, "gpus": 0, "efas": 0}


def add_on(**fields: Any) -> dict[str, Any]:
    return {"addOns": {"x": {**ADD_ON, **fields}}}


def team(name: str = "x", **fields: Any) -> dict[str, Any]:
    return {"teams": {name: {"clusterTypes": ["training"], "quota": QUOTA, **fields}}}


CASES: list[tuple[str, dict[str, Any], str]] = [
    ("a version that floats", add_on(**{**CHART, "version": "1.x"}), "'1.x' does not match pattern"),
    ("a version that is the newest", add_on(**{**CHART, "version": "*"}), "'*' does not match pattern"),
    ("no version", add_on(repository="r", chart="x"), "missing property 'version'"),
    ("a chart of ours that is pinned", add_on(**CHART, path="gitops/add-ons/x"), "at '/addOns/x'"),
    ("a path elsewhere", add_on(path="charts/x"), "'charts/x' does not match pattern"),
    ("neither chart nor path", add_on(), "missing property"),
    ("no switch", {"addOns": {"x": {"namespace": "a", **CHART}}}, "missing property 'switch'"),
    ("a switch of another form", add_on(**CHART, switch="karpenter"), "'karpenter' does not match pattern"),
    ("a level that there is not", add_on(**CHART, podSecurity="open"), "/addOns/x/podSecurity"),
    ("a field with a typing error", add_on(**CHART, nameSpace="x"), "'nameSpace' not allowed"),
    ("an add-on with a long name", {"addOns": {"x" * 32: {**ADD_ON, **CHART}}}, "does not match pattern"),
    ("a team with capitals", team("Vision"), "'Vision' does not match pattern"),
    ("a team without clusters", team(clusterTypes=[]), "/teams/x/clusterTypes"),
    ("a type that clusters do not have", team(clusterTypes=["batch"]), "/teams/x/clusterTypes/0"),
    ("a quota without EFAs", team(quota={"cpus": 1, "memoryGib": 1, "gpus": 1}), "missing property 'efas'"),
    ("a quota in words", team(quota={**QUOTA, "gpus": "8"}), "got string, want integer"),
    ("a quota below nothing", team(quota={**QUOTA, "gpus": -8}), "/teams/x/quota/gpus"),
    ("a quota of something else", team(quota={**QUOTA, "disks": 1}), "'disks' not allowed"),
    ("a setting that there is not", {"revision": "main"}, "'revision' not allowed"),
    ("no repository", {"repository": ""}, "/repository"),
]


@pytest.mark.parametrize(("values", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_table_with_a_mistake(scratch: Path, values: dict[str, Any], message: str) -> None:
    with pytest.raises(AssertionError) as told:
        render(BOOTSTRAP, release="bad", namespace="argocd", facts=values, scratch=scratch)
    assert message in str(told.value)


def test_a_team_without_a_name(scratch: Path) -> None:
    with pytest.raises(AssertionError, match="team: whose namespace it is"):
        render(GITOPS / "workloads/team", release="team", namespace="x", scratch=scratch)
