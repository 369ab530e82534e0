"""The committed clusters' secrets make exactly the Applications that they should, by Argo CD's own controller."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from plan.registered_cluster import RegisteredCluster
from tests.engine.gitops.hub import APPLICATIONS, APPLICATIONSETS, Hub
from tests.registered import CLUSTERS, made_up, secret

SECRETS = "/api/v1/namespaces/argocd/secrets"
MAIN, INFERENCE, SECONDARY = CLUSTERS
KEPT = {"karpenter-crd"}


class SpecFile(SingleFileSnapshotExtension):
    """One JSON file: the specs of Applications by name."""

    _write_mode = WriteMode.TEXT
    file_extension = "json"

    def serialize(self, data: Any, **_: Any) -> str:
        return json.dumps(data, indent=2, sort_keys=True) + "\n"


def names(hub: Hub, cluster: RegisteredCluster) -> set[str]:
    """The Applications of a cluster, without its name."""
    suffix = f"-{cluster.name}"
    return {name.removesuffix(suffix) for name in hub.applications() if name.endswith(suffix)}


def label(hub: Hub, cluster: RegisteredCluster, **labels: str) -> None:
    hub.api.patch(f"{SECRETS}/{cluster.name}", {"metadata": {"labels": labels}})


def purge(hub: Hub) -> None:
    """Let go what waits for the application controller, which does not run here, to prune what it installed."""
    for item in hub.api.get(APPLICATIONS)["items"]:
        if "deletionTimestamp" in item["metadata"]:
            path = f"{APPLICATIONS}/{item['metadata']['name']}"
            hub.api.patch(
                path, {"metadata": {"finalizers": None}}, content_type="application/merge-patch+json"
            )


@contextmanager
def registered(hub: Hub, cluster: RegisteredCluster, content: dict[str, Any]) -> Iterator[None]:
    """A cluster that is there for a while; at the end nothing of it is left."""
    hub.apply([content])
    try:
        yield
    finally:
        hub.api.delete(f"{SECRETS}/{cluster.name}")
        hub.until(APPLICATIONS, lambda: names(hub, cluster) == set())
        purge(hub)


def new_cluster() -> tuple[RegisteredCluster, dict[str, Any]]:
    """A second inference cluster, as its site would register it."""
    cluster = replace(INFERENCE, short="edge")
    content = secret(INFERENCE)
    content["metadata"]["name"] = content["stringData"]["name"] = cluster.name
    content["stringData"]["server"] = f"https://{made_up('edge')}.example"
    return cluster, content


@pytest.mark.parametrize("cluster", CLUSTERS, ids=[cluster.name for cluster in CLUSTERS])
def test_applications(hub: Hub, cluster: RegisteredCluster, snapshot: SnapshotAssertion) -> None:
    specs = {
        name: item["spec"]
        for name, item in hub.applications().items()
        if item["spec"]["destination"]["name"] == cluster.name
    }
    assert specs == snapshot.use_extension(SpecFile)


def test_every_cluster_has_what_its_switches_say(hub: Hub, bootstrapped: list[dict[str, Any]]) -> None:
    sets = {item["metadata"]["name"] for item in bootstrapped if item["kind"] == "ApplicationSet"}
    training, inference = {"team-pretraining", "team-evaluation"}, {"team-serving"}
    assert names(hub, MAIN) == sets - inference - {"external-secrets"}
    assert names(hub, INFERENCE) == sets - training - {"kueue", "queues"}
    assert names(hub, SECONDARY) == sets - inference - {"nvidia-device-plugin", "efa-device-plugin"}


def test_nothing_is_in_the_project_default(hub: Hub) -> None:
    projects = {item["spec"]["project"] for item in hub.applications().values()}
    assert projects == {"add-ons", "team-evaluation", "team-pretraining", "team-serving"}


def test_only_crds_outlive_their_application(hub: Hub) -> None:
    kept = {
        item["metadata"]["labels"]["add-on"]
        for item in hub.applications().values()
        if "resources-finalizer.argocd.argoproj.io" not in item["metadata"].get("finalizers", [])
    }
    assert kept == KEPT


def test_a_flipped_switch_takes_exactly_its_application(hub: Hub) -> None:
    before = set(hub.applications())
    label(hub, MAIN, enable_dcgm_exporter="false")
    gone = f"dcgm-exporter-{MAIN.name}"
    hub.until(APPLICATIONS, lambda: gone not in hub.applications())
    assert set(hub.applications()) == before - {gone}
    purge(hub)
    label(hub, MAIN, enable_dcgm_exporter="true")
    hub.until(APPLICATIONS, lambda: gone in hub.applications())
    assert set(hub.applications()) == before


def test_a_new_cluster_fills_itself_and_leaves_nothing(hub: Hub) -> None:
    before = set(hub.applications())
    cluster, content = new_cluster()
    with registered(hub, cluster, content):
        hub.until(APPLICATIONS, lambda: names(hub, cluster) == names(hub, INFERENCE))
        application = hub.applications()[f"karpenter-{cluster.name}"]
        helm = application["spec"]["sources"][0]["helm"]
        assert helm["valuesObject"]["settings"]["clusterName"] == "main-usw2--edge"
        assert helm["valueFiles"] == [
            "$values/gitops/add-ons/karpenter/values.yaml",
            "$values/gitops/add-ons/karpenter/environments/prod.yaml",
            "$values/gitops/add-ons/karpenter/types/inference.yaml",
            "$values/gitops/add-ons/karpenter/clusters/main-usw2--edge.yaml",
        ]
    assert set(hub.applications()) == before


def test_a_fact_that_is_missing_stops_its_add_ons_by_name_and_no_others(hub: Hub) -> None:
    before = set(hub.applications())
    cluster, content = new_cluster()
    del content["metadata"]["annotations"]["karpenter_queue"]
    with registered(hub, cluster, content):
        rest = names(hub, INFERENCE) - {"karpenter"}
        hub.until(APPLICATIONS, lambda: names(hub, cluster) == rest)
        hub.until(APPLICATIONSETS, lambda: 'no entry for key "karpenter_queue"' in refused(hub, "karpenter"))
        assert before <= set(hub.applications())


def refused(hub: Hub, name: str) -> str:
    """Why a set makes no Applications; empty when it does."""
    conditions = hub.api.get(f"{APPLICATIONSETS}/{name}").get("status", {}).get("conditions", [])
    return next(
        (c["message"] for c in conditions if c["type"] == "ErrorOccurred" and c["status"] == "True"), ""
    )


def test_a_cluster_that_tries_another_branch_is_the_only_one_that_does(hub: Hub) -> None:
    path = f"{SECRETS}/{INFERENCE.name}"
    try:
        hub.api.patch(path, {"metadata": {"annotations": {"gitops_revision": "try-this"}}})
        hub.until(APPLICATIONS, lambda: revisions(hub, INFERENCE) == {"try-this"})
        assert revisions(hub, MAIN) == revisions(hub, SECONDARY) == {"main"}
    finally:
        hub.api.patch(path, {"metadata": {"annotations": {"gitops_revision": "main"}}})
    hub.until(APPLICATIONS, lambda: revisions(hub, INFERENCE) == {"main"})


def revisions(hub: Hub, cluster: RegisteredCluster) -> set[str]:
    """The branches of this repository that a cluster's Applications follow."""
    return {
        source["targetRevision"]
        for item in hub.applications().values()
        if item["spec"]["destination"]["name"] == cluster.name
        for source in item["spec"]["sources"]
        if "chart" not in source
    }
