"""What EKS's access policies allow, and where."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.kubernetes.access_policies import ARN_PREFIX, Association, allowing


def may(policy: str, asked: str, *, namespaces: tuple[str, ...] = ()) -> bool:
    """Whether a policy allows `verb group/resource[/subresource] namespace`; `core` is the group without a name."""
    verb, what, *namespace = asked.split()
    group, resource, *subresource = what.split("/")
    attributes: dict[str, Any] = {
        "verb": verb,
        "group": "" if group == "core" else group,
        "resource": resource,
        "subresource": "".join(subresource),
        "namespace": "".join(namespace),
    }
    association = Association(policy_arn=f"{ARN_PREFIX}AmazonEKS{policy}Policy", namespaces=namespaces)
    return allowing([association], {"resourceAttributes": attributes}) is not None


@pytest.mark.parametrize(
    ("policy", "asked", "allowed"),
    [
        ("View", "list core/pods a", True),
        ("View", "get core/pods/log a", True),
        ("View", "get core/secrets a", False),
        ("View", "create core/configmaps a", False),
        ("View", "get apps/deployments a", True),
        ("View", "list core/nodes", False),
        ("View", "get karpenter.sh/nodepools", False),
        ("SecretReader", "get core/secrets a", True),
        ("SecretReader", "get core/configmaps a", False),
        ("AdminView", "list core/nodes", True),
        ("AdminView", "get karpenter.sh/nodepools", True),
        ("AdminView", "delete core/pods a", False),
        ("Edit", "create apps/deployments a", True),
        ("Edit", "get core/secrets a", True),
        ("Edit", "create core/pods/exec a", True),
        ("Edit", "create rbac.authorization.k8s.io/roles a", False),
        ("Edit", "create core/namespaces", False),
        ("Admin", "create rbac.authorization.k8s.io/roles a", True),
        ("Admin", "create core/namespaces", False),
        ("Admin", "create rbac.authorization.k8s.io/clusterroles", False),
        ("ClusterAdmin", "create core/namespaces", True),
        ("ClusterAdmin", "escalate rbac.authorization.k8s.io/clusterroles", True),
        ("AutoNode", "list core/nodes", False),
        ("Unknown", "list core/pods a", False),
    ],
)
def test_a_policy_over_the_cluster_allows_what_its_table_says(policy: str, asked: str, allowed: bool) -> None:
    assert may(policy, asked) is allowed


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("create core/configmaps team-a", True),
        ("create core/configmaps dev-1", True),
        ("create core/configmaps team-b", False),
        ("list core/configmaps", False),
    ],
)
def test_a_scope_of_namespaces_ends_at_them(asked: str, allowed: bool) -> None:
    assert may("Edit", asked, namespaces=("team-a", "dev-*")) is allowed


def test_only_the_administrator_of_the_cluster_reads_other_urls() -> None:
    review = {"nonResourceAttributes": {"path": "/metrics", "verb": "get"}}
    admin, view = (
        Association(policy_arn=f"{ARN_PREFIX}AmazonEKS{name}Policy") for name in ("ClusterAdmin", "AdminView")
    )
    assert allowing([view, admin], review) == admin
    assert allowing([view], review) is None
