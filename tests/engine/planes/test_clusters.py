from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from sandbox.client import Sandbox
from sandbox.state import Home
from tests.engine.planes.conftest import OTHER, TRAINING, Clusters, eventually, standing

pytestmark = pytest.mark.engine
PROGRAMS = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"]
PODS = "/api/v1/namespaces/default/pods"
TOLERATION = {"key": "CriticalAddonsOnly", "operator": "Exists"}


def spec(**more: Any) -> dict[str, Any]:
    return {"containers": [{"name": "main", "image": "made-up"}], "tolerations": [TOLERATION], **more}


def workload(kind: str, name: str, api: str = "apps/v1", **more: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": name}}, "spec": spec()}
    selector = {"matchLabels": {"app": name}}
    return {
        "apiVersion": api,
        "kind": kind,
        "metadata": {"name": name},
        "spec": {"selector": selector, "template": template, **more},
    }


def node(item: dict[str, Any]) -> dict[str, Any]:
    conditions = {one["type"]: one["status"] for one in item["status"].get("conditions", [])}
    return {
        "ready": conditions.get("Ready"),
        "role": item["metadata"]["labels"]["role"],
        "group": item["metadata"]["labels"]["eks.amazonaws.com/nodegroup"],
        "type": item["metadata"]["labels"]["node.kubernetes.io/instance-type"],
        "taints": [(taint["key"], taint["effect"]) for taint in item["spec"]["taints"]],
        "cpu": item["status"].get("capacity", {}).get("cpu"),
    }


def test_each_cluster_has_an_api_server_of_its_own(clusters: Clusters) -> None:
    shown = [clusters.place.shown(name) for name in (TRAINING, OTHER)]
    assert [item["status"] for item in shown] == ["ACTIVE", "ACTIVE"]
    assert len({item["endpoint"] for item in shown}) == 2
    assert len({item["certificateAuthority"]["data"] for item in shown}) == 2
    assert all(item["endpoint"].startswith("https://127.0.0.1:") for item in shown)
    assert clusters.admin(TRAINING).get("/version")["minor"] == "34"
    for name in (TRAINING, OTHER):
        assert clusters.processes(f"-{name}/") == PROGRAMS


def test_nodes_of_a_node_group_are_ready_in_their_cluster_alone(clusters: Clusters) -> None:
    admin = clusters.admin(TRAINING)
    system = {
        "ready": "True",
        "role": "system",
        "group": "system",
        "type": "m5.xlarge",
        "taints": [("CriticalAddonsOnly", "NoSchedule")],
        "cpu": "4",
    }
    eventually(lambda: [node(item) for item in admin.get("/api/v1/nodes")["items"]], [system, system])
    assert clusters.admin(OTHER).get("/api/v1/nodes")["items"] == []
    instances = {
        f"aws:///{one['Placement']['AvailabilityZone']}/{one['InstanceId']}": one["PrivateDnsName"]
        for one in clusters.place.running()
    }
    found = {
        item["spec"]["providerID"]: item["metadata"]["name"] for item in admin.get("/api/v1/nodes")["items"]
    }
    assert found == instances


def test_a_deployment_and_a_daemon_set_run_and_what_is_deleted_goes(clusters: Clusters) -> None:
    admin, apps = clusters.admin(TRAINING), "/apis/apps/v1/namespaces/default"
    admin.create(f"{apps}/deployments", workload("Deployment", "web", replicas=3))
    admin.create(f"{apps}/daemonsets", workload("DaemonSet", "agent"))
    eventually(lambda: admin.get(f"{apps}/deployments/web")["status"].get("availableReplicas"), 3)
    eventually(lambda: admin.get(f"{apps}/daemonsets/agent")["status"].get("numberReady"), 2)
    addresses = {pod["status"]["podIP"] for pod in admin.get(PODS)["items"]}
    assert len(addresses) == 5
    for path in ("deployments/web", "daemonsets/agent"):
        admin.delete(f"{apps}/{path}", {"propagationPolicy": "Background"})
    eventually(lambda: admin.get(PODS)["items"], [])


def test_a_job_ends_and_a_pod_without_a_place_waits(clusters: Clusters) -> None:
    admin, jobs = clusters.admin(TRAINING), "/apis/batch/v1/namespaces/default/jobs"
    done = {"template": {"spec": spec(restartPolicy="Never")}}
    admin.create(jobs, {"kind": "Job", "metadata": {"name": "once"}, "spec": done})
    gpu = {"limits": {"nvidia.com/gpu": "1"}}
    container = {"name": "main", "image": "made-up", "resources": gpu}
    admin.create(PODS, {"kind": "Pod", "metadata": {"name": "gpu"}, "spec": spec(containers=[container])})
    eventually(lambda: admin.get(f"{jobs}/once")["status"].get("succeeded"), 1)

    def why() -> str:
        conditions = admin.get(f"{PODS}/gpu")["status"].get("conditions", [{}])
        return str(conditions[0].get("message"))

    eventually(lambda: why().partition(". ")[0], "0/2 nodes are available: 2 Insufficient nvidia.com/gpu")
    admin.delete(f"{PODS}/gpu")
    admin.delete(f"{jobs}/once", {"propagationPolicy": "Background"})
    eventually(lambda: admin.get(PODS)["items"], [])


def test_a_namespace_goes_with_what_is_in_it(clusters: Clusters) -> None:
    admin, namespace = clusters.admin(OTHER), {"kind": "Namespace", "metadata": {"name": "team"}}
    admin.create("/api/v1/namespaces", namespace)
    admin.create("/api/v1/namespaces/team/configmaps", {"metadata": {"name": "settings"}, "data": {"a": "b"}})
    admin.delete("/api/v1/namespaces/team")

    def there() -> bool:
        return "team" in {item["metadata"]["name"] for item in admin.get("/api/v1/namespaces")["items"]}

    eventually(there, wanted=False)


def test_a_deleted_cluster_leaves_no_process_and_its_name_is_free(clusters: Clusters) -> None:
    clusters.make("short")
    clusters.wait("short")
    settings = {"metadata": {"name": "settings"}, "data": {"a": "b"}}
    clusters.admin("short").create("/api/v1/namespaces/default/configmaps", settings)
    clusters.place.eks.delete_cluster(name="short")
    assert clusters.processes("-short/") == []
    clusters.make("short")
    clusters.wait("short")
    found = clusters.admin("short").get("/api/v1/namespaces/default/configmaps")["items"]
    assert "settings" not in {item["metadata"]["name"] for item in found}
    clusters.place.eks.delete_cluster(name="short")
    assert clusters.processes("-short/") == []


def test_a_cluster_that_is_deleted_while_it_comes_up_is_gone(clusters: Clusters) -> None:
    clusters.make("brief")
    clusters.place.eks.delete_cluster(name="brief")
    eventually(lambda: clusters.processes("-brief/"), [])


def test_nothing_survives_a_daemon_that_is_killed(tmp_path: Path) -> None:
    home = tmp_path / "sandbox"
    with standing(home) as clusters:
        clusters.make("brief")
        clusters.wait("brief")
        assert clusters.processes() == ["etcd", *PROGRAMS]
        os.kill(int(Home(home).lock.read_text()), signal.SIGKILL)
        eventually(Sandbox(home).status, None)
        eventually(clusters.processes, [])
