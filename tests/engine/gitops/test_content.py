"""A real API server takes every object that gitops/ makes for the committed clusters; no kind is unknown to it."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from plan.mounts import kubernetes
from plan.storage import plan_storage
from tests.engine.gitops.hub import Hub
from tests.engine.gitops.rendering import GITOPS, ROOT, rendered, shipped_chart
from tests.registered import CLUSTERS, FLEET, promises

EXAMPLES = sorted((GITOPS / "workloads" / "examples").glob("*.yaml"))
TEAM = "pretraining"
RAN_ONCE = f"team-{TEAM}-main-use1--training"
SHIPPED = {
    "karpenter": ("github.com/aws/karpenter-provider-aws", "charts/karpenter"),
    "karpenter-crd": ("github.com/aws/karpenter-provider-aws", "charts/karpenter-crd"),
    "cert-manager": ("github.com/cert-manager/cert-manager", "deploy/charts/cert-manager"),
    "external-secrets": ("github.com/external-secrets/external-secrets", "deploy/charts/external-secrets"),
    "kueue": ("sigs.k8s.io/kueue", "charts/kueue"),
    "metrics-server": ("sigs.k8s.io/metrics-server", "charts/metrics-server"),
    "nvidia-device-plugin": (
        "github.com/NVIDIA/k8s-device-plugin",
        "deployments/helm/nvidia-device-plugin",
    ),
}
"""Add-ons of others whose charts Go modules ship. The rest is in registries of charts, out of reach here."""

PROBE = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "probe"}}


def namespace(application: dict[str, Any]) -> dict[str, Any]:
    """The namespace that Argo CD makes for an Application."""
    managed = application["spec"]["syncPolicy"].get("managedNamespaceMetadata", {})
    name = application["spec"]["destination"]["namespace"]
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, **managed}}


@pytest.fixture(scope="session")
def contents(hub: Hub, scratch: Path) -> dict[str, list[dict[str, Any]]]:
    """What Argo CD would apply, by Application, as far as charts can be had here: our own for all clusters, those of
    others for one. Their namespaces are made.
    """
    found, shipped = {}, dict(SHIPPED)
    applications = hub.applications()
    hub.apply(
        {namespace(item)["metadata"]["name"]: namespace(item) for item in applications.values()}.values()
    )
    for name, application in applications.items():
        own = application["spec"]["sources"][0].get("path")
        add_on = application["metadata"]["labels"].get("add-on", "")
        if own:
            found[name] = rendered(application, ROOT / own, scratch)
        elif add_on in shipped:
            found[name] = rendered(application, shipped_chart(*shipped.pop(add_on), scratch), scratch)
    return found


@pytest.fixture(scope="session")
def team(hub: Hub, contents: dict[str, list[dict[str, Any]]]) -> str:
    """The namespace of a team as it really is on a cluster: limits, network, queue, volumes."""
    hub.apply(contents[RAN_ONCE])
    return TEAM


def test_a_namespace_has_one_level_of_pod_security(hub: Hub) -> None:
    levels: dict[str, set[str]] = {}
    for application in hub.applications().values():
        made = namespace(application)["metadata"]
        level = made.get("labels", {}).get("pod-security.kubernetes.io/enforce", "")
        levels.setdefault(made["name"], set()).add(level)
    teams = {"evaluation", "pretraining", "serving"}
    assert {name: found for name, found in levels.items() if name not in teams} == {
        "cert-manager": {"restricted"},
        "external-secrets": {"restricted"},
        "kube-system": {""},
        "kueue-system": {"restricted"},
        "monitoring": {"privileged"},
    }


def test_the_api_server_takes_everything(hub: Hub, contents: dict[str, list[dict[str, Any]]]) -> None:
    namespaces = {name: item["spec"]["destination"]["namespace"] for name, item in hub.applications().items()}
    found = {name: hub.complaints(objects, namespaces[name]) for name, objects in contents.items()}
    assert {name: complaints for name, complaints in found.items() if complaints} == {}


def test_projects_let_in_what_their_applications_hold(
    hub: Hub, contents: dict[str, list[dict[str, Any]]], bootstrapped: list[dict[str, Any]]
) -> None:
    allowed = {
        item["metadata"]["name"]: {
            (kind["group"], kind["kind"])
            for listed in ("clusterResourceWhitelist", "namespaceResourceWhitelist")
            for kind in item["spec"][listed]
        }
        for item in bootstrapped
        if item["kind"] == "AppProject"
    }
    project = {name: item["spec"]["project"] for name, item in hub.applications().items()}
    outside = {
        (name, item["kind"])
        for name, objects in contents.items()
        for item in objects
        if kind_of(item) not in allowed[project[name]]
    }
    assert outside == set()


def kind_of(item: dict[str, Any]) -> tuple[str, str]:
    group, _, version = item["apiVersion"].partition("/")
    return (group if version else "", item["kind"])


@pytest.mark.parametrize("example", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_an_example_runs_in_a_teams_namespace(hub: Hub, team: str, example: Path) -> None:
    assert hub.complaints(YAML(typ="safe").load_all(example.read_text()), team) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_an_example_says_in_ten_lines_how_it_is_run(example: Path) -> None:
    lines = example.read_text().splitlines()
    comment = lines[: next(index for index, line in enumerate(lines) if not line.startswith("#"))]
    assert len(comment) == 10
    path = example.relative_to(ROOT)
    assert f"#   kubectl -n pretraining create -f {path}" in comment


@pytest.mark.parametrize("example", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_the_scripts_of_an_example_are_python_and_its_commands_bash(example: Path) -> None:
    objects = list(YAML(typ="safe").load_all(example.read_text()))
    for script in (text for item in objects if item["kind"] == "ConfigMap" for text in item["data"].values()):
        ast.parse(script)
    for job in (item for item in objects if item["kind"] == "Job"):
        (command,) = job["spec"]["template"]["spec"]["containers"][0]["args"]
        assert subprocess.run(["bash", "-n", "-c", command], check=False).returncode == 0
        assert " ".join(command.split()) == command


def test_an_example_fits_into_the_quota_of_its_team(contents: dict[str, list[dict[str, Any]]]) -> None:
    (queue,) = (item for item in contents[RAN_ONCE] if item["kind"] == "ClusterQueue")
    (flavor,) = queue["spec"]["resourceGroups"][0]["flavors"]
    quota = {item["name"]: item["nominalQuota"] for item in flavor["resources"]}
    for example in EXAMPLES:
        (job,) = (item for item in YAML(typ="safe").load_all(example.read_text()) if item["kind"] == "Job")
        requests = job["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]
        pods = job["spec"]["parallelism"]
        for name, quantity in requests.items():
            assert number(quantity) * pods <= number(quota[name]), (example.name, name)
        assert set(requests) == set(quota)


def number(quantity: str) -> int:
    return int(quantity.removesuffix("Gi"))


@pytest.mark.parametrize("cluster", [CLUSTERS[0], CLUSTERS[2]], ids=["main", "secondary"])
def test_the_volumes_of_a_team_are_those_of_the_plan(
    cluster: Any, contents: dict[str, list[dict[str, Any]]]
) -> None:
    storage, known = plan_storage(FLEET, cluster.site), promises(cluster).storage
    assert storage is not None
    assert known is not None
    planned = {identity(item): item for item in kubernetes(storage, known, TEAM)}
    made = {
        identity(item): item
        for item in contents[f"team-{TEAM}-{cluster.name}"]
        if item["kind"].startswith("PersistentVolume")
    }
    assert {kind for kind, _ in made} == {"PersistentVolume", "PersistentVolumeClaim"}
    assert {name.removeprefix(f"{TEAM}-") for _, name in made} == {"fsx", f"efs-{TEAM}"}
    assert made == {key: planned[key] for key in made}


def identity(item: dict[str, Any]) -> tuple[str, str]:
    return item["kind"], item["metadata"]["name"]


def bad() -> Iterator[tuple[str, dict[str, Any], str]]:
    """What must not pass: (what it is, the object, what the API server says of it)."""
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}
    yield (
        "a kind that nobody knows",
        {"apiVersion": "karpenter.sh/v1", "kind": "NodePol", "metadata": {"name": "x"}},
        'no matches for kind "NodePol"',
    )
    yield (
        "a field that nobody knows",
        {**PROBE, "spec": {"paralelism": 2, "template": {"spec": pod}}},
        ".spec.paralelism: field not declared in schema",
    )
    yield (
        "a queue with a field that Kueue does not have",
        {
            "apiVersion": "kueue.x-k8s.io/v1beta1",
            "kind": "LocalQueue",
            "metadata": {"name": "x"},
            "spec": {"clusterQueues": "x"},
        },
        ".spec.clusterQueues: field not declared in schema",
    )
    yield (
        "a pod that may be root",
        {**PROBE, "spec": {"template": {"spec": pod}}},
        'would violate PodSecurity "restricted:latest"',
    )
    yield (
        "a static pool with a weight",
        {
            "apiVersion": "karpenter.sh/v1",
            "kind": "NodePool",
            "metadata": {"name": "x"},
            "spec": {
                "replicas": 1,
                "weight": 5,
                "template": {
                    "spec": {
                        "requirements": [],
                        "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "x"},
                    }
                },
            },
        },
        "'weight' is not supported on static NodePools",
    )


BAD = list(bad())


@pytest.mark.parametrize(("item", "message"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_what_is_wrong_is_refused(hub: Hub, team: str, item: dict[str, Any], message: str) -> None:
    assert message in "\n".join(hub.complaints([item], team))
