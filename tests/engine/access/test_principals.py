"""Who gets into a cluster and what for: tokens, access entries and policies on a real API server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.kubernetes import ApiClient, ApiError
from tests.engine.access.conftest import NAME, Door
from tests.engine.planes.conftest import eventually

pytestmark = pytest.mark.engine
SETTINGS = {"kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "b"}}


def config_maps(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps"


def refused(call: Callable[[], Any]) -> tuple[int, str]:
    """The status and message that an API server refuses with."""
    with pytest.raises(ApiError) as error:
        call()
    return error.value.status, str(error.value)


def test_a_principal_without_an_entry_is_nobody(door: Door) -> None:
    client = door.as_role(door.role("stranger"))
    assert refused(lambda: client.get("/api/v1/namespaces")) == (401, "Unauthorized")


def test_who_made_the_cluster_is_its_administrator(door: Door) -> None:
    client = door.as_creator()
    client.create("/api/v1/namespaces", {"kind": "Namespace", "metadata": {"name": "made-by-admin"}})
    assert client.text("/metrics")
    client.delete("/api/v1/namespaces/made-by-admin")


def test_a_view_policy_reads_and_cannot_write(door: Door) -> None:
    role = door.role("viewer")
    door.admit(role, "AmazonEKSViewPolicy")
    client = door.as_role(role)
    assert client.get(config_maps("kube-system"))["kind"] == "ConfigMapList"
    status, told = refused(lambda: client.create(config_maps("default"), SETTINGS))
    assert status == 403
    assert told.startswith(f'configmaps is forbidden: User "{role_session(role)}" cannot create resource')
    assert refused(lambda: client.get("/api/v1/namespaces/default/secrets"))[0] == 403
    assert refused(lambda: client.get("/api/v1/nodes"))[0] == 403


def role_session(role: str) -> str:
    """The user's name that EKS gives a session."""
    return role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/test"


def test_an_edit_policy_ends_at_its_namespaces(door: Door) -> None:
    role = door.role("editor")
    door.admit(role, "AmazonEKSEditPolicy", "team-*")
    admin = door.as_creator()
    admin.create("/api/v1/namespaces", {"kind": "Namespace", "metadata": {"name": "team-vision"}})
    client = door.as_role(role)
    client.create(config_maps("team-vision"), SETTINGS)
    assert refused(lambda: client.create(config_maps("default"), SETTINGS))[0] == 403
    assert refused(lambda: client.get("/api/v1/configmaps"))[0] == 403
    admin.delete("/api/v1/namespaces/team-vision")


def test_groups_of_an_entry_are_those_of_kubernetes_own_roles(door: Door) -> None:
    role = door.role("grouped")
    entry = {"clusterName": NAME, "principalArn": role}
    door.eks.create_access_entry(**entry, kubernetesGroups=["node-watchers"])
    client, admin = door.as_role(role), door.as_creator()
    assert refused(lambda: client.get("/api/v1/nodes"))[0] == 403
    rbac = "/apis/rbac.authorization.k8s.io/v1"
    rule = {"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]}
    admin.create(f"{rbac}/clusterroles", {"metadata": {"name": "node-watcher"}, "rules": [rule]})
    binding = {
        "metadata": {"name": "node-watchers"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "node-watcher"},
        "subjects": [
            {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "node-watchers"},
        ],
    }
    admin.create(f"{rbac}/clusterrolebindings", binding)
    eventually(lambda: allowed(client, "/api/v1/nodes"), wanted=True)


def allowed(client: ApiClient, path: str) -> bool:
    """Whether a principal may read a path, and is known at all."""
    try:
        client.get(path)
    except ApiError:
        return False
    return True


def test_a_role_that_was_made_again_is_another_than_its_entry_means(door: Door) -> None:
    role = door.role("again")
    door.admit(role, "AmazonEKSClusterAdminPolicy")
    door.as_role(role).get("/api/v1/nodes")
    door.cloud.client("iam").delete_role(RoleName="again")
    door.role("again")
    client = door.as_role(role)
    assert refused(lambda: client.get("/api/v1/nodes")) == (401, "Unauthorized")
    door.eks.delete_access_entry(clusterName=NAME, principalArn=role)
    door.admit(role, "AmazonEKSClusterAdminPolicy")
    eventually(lambda: allowed(door.as_role(role), "/api/v1/nodes"), wanted=True)


def test_an_entry_that_is_deleted_lets_nobody_in_any_more(door: Door) -> None:
    role = door.role("leaver")
    door.admit(role, "AmazonEKSClusterAdminPolicy")
    client = door.as_role(role)
    client.get("/api/v1/nodes")
    door.eks.delete_access_entry(clusterName=NAME, principalArn=role)
    eventually(lambda: allowed(client, "/api/v1/nodes"), wanted=False)
