"""EKS access entries and their policies: who is let in. Whether a token is, the API servers ask elsewhere.

Source: EKS API Reference, CreateAccessEntry and AssociateAccessPolicy; EKS User Guide, "Create access entries".
"""

from __future__ import annotations

import uuid
from typing import Any

from moto.eks import urls
from moto.eks.responses import EKSResponse

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.eks_state import EksCluster, Shown, cluster_is_active, cluster_of, now
from sandbox.aws.errors import Refused

NODE_TYPES = {"EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX"}
POLICY_ARN = "arn:aws:eks::aws:cluster-access-policy"
POLICIES = (
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSViewPolicy",
)

# An ARN has slashes, and the server decodes them before it looks for the route.
for _path in ("access-entries", "access-entries/(?P<principalArn>.+)"):
    urls.url_paths[f"{{0}}/clusters/(?P<name>[^/]+)/{_path}$"] = EKSResponse.dispatch


def admit(
    cluster: EksCluster, principal_arn: str, *, policy_arn: str | None = None, **more: Any
) -> dict[str, Any]:
    """Write an entry; with a policy, for the whole cluster."""
    role = principal_arn.rpartition("/")[2]
    prefix = cluster.arn.replace(":cluster/", ":access-entry/")
    entry = {
        "clusterName": cluster.name,
        "principalArn": principal_arn,
        "kubernetesGroups": [],
        "accessEntryArn": f"{prefix}/role/{cluster.account}/{role}/{uuid.uuid4()}",
        "createdAt": now(),
        "modifiedAt": now(),
        "tags": {},
        "username": principal_arn,
        "type": "STANDARD",
        **more,
        "policies": {},
    }
    cluster.entries[principal_arn] = entry
    if policy_arn:
        entry["policies"][policy_arn] = _association(policy_arn, {"type": "cluster", "namespaces": []})
    return entry


def entries_are_on(call: Call) -> None:
    """InvalidRequestException: a cluster of old knows the ConfigMap alone."""
    mode = cluster_of(call).shown["accessConfig"]["authenticationMode"]
    if mode == "CONFIG_MAP":
        raise Refused(
            "InvalidRequestException",
            "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this "
            "operation.",
        )


def entry_is_new(call: Call) -> None:
    """ResourceInUseException: a principal has one entry in a cluster."""
    if call.params["principalArn"] in cluster_of(call).entries:
        raise Refused(
            "ResourceInUseException",
            "The specified access entry resource is already in use on this cluster.",
        )


def nodes_have_no_policy(call: Call) -> None:
    """InvalidRequestException: what nodes may do, their type says."""
    if _entry(call)["type"] in NODE_TYPES:
        raise Refused("InvalidRequestException", "You can not associate a policy to this type of entry.")


def policy_exists(call: Call) -> None:
    """InvalidParameterException for a policy that AWS does not have."""
    if call.params["policyArn"] not in {f"{POLICY_ARN}/{name}" for name in POLICIES}:
        raise Refused("InvalidParameterException", "The policyArn parameter format is not valid")


def _entry(call: Call) -> dict[str, Any]:
    arn = call.params["principalArn"]
    entry = cluster_of(call).entries.get(arn)
    if entry is None:
        raise Refused(
            "ResourceNotFoundException",
            f"The specified principalArn could not be found: {arn}",
        )
    return entry


def _shown(entry: Shown) -> Shown:
    return {key: value for key, value in entry.items() if key != "policies"}


def create(call: Call) -> Shown:
    """Let a principal in. Nodes get the names that their kubelets go by."""
    kind = call.params.get("type", "STANDARD")
    more: dict[str, Any] = {"type": kind, "tags": dict(call.params.get("tags", {}))}
    if kind in NODE_TYPES:
        more["username"] = "system:node:{{EC2PrivateDNSName}}"
        more["kubernetesGroups"] = ["system:nodes"]
    for name in ("username", "kubernetesGroups"):
        if name in call.params:
            more[name] = call.params[name]
    return {"accessEntry": _shown(admit(cluster_of(call), call.params["principalArn"], **more))}


def describe(call: Call) -> Shown:
    """One entry."""
    return {"accessEntry": _shown(_entry(call))}


def list_entries(call: Call) -> Shown:
    """The principals of all entries."""
    return {"accessEntries": list(cluster_of(call).entries)}


def change(call: Call) -> Shown:
    """Its name and groups in Kubernetes."""
    entry = _entry(call)
    for name in ("username", "kubernetesGroups"):
        if name in call.params:
            entry[name] = call.params[name]
    entry["modifiedAt"] = now()
    return {"accessEntry": _shown(entry)}


def delete(call: Call) -> Shown:
    """Let it in no longer."""
    cluster_of(call).entries.pop(_entry(call)["principalArn"])
    return {}


def _association(policy_arn: str, scope: Shown) -> Shown:
    return {"policyArn": policy_arn, "accessScope": scope, "associatedAt": now(), "modifiedAt": now()}


def associate(call: Call) -> Shown:
    """Say what the principal may do, in the whole cluster or in namespaces; the last call counts."""
    entry, policy_arn = _entry(call), call.params["policyArn"]
    scope = {"namespaces": [], **call.params["accessScope"]}
    entry["policies"][policy_arn] = _association(policy_arn, scope)
    return {
        "clusterName": entry["clusterName"],
        "principalArn": entry["principalArn"],
        "associatedAccessPolicy": entry["policies"][policy_arn],
    }


def disassociate(call: Call) -> Shown:
    """Take a policy back."""
    entry, policy_arn = _entry(call), call.params["policyArn"]
    if entry["policies"].pop(policy_arn, None) is None:
        raise Refused("ResourceNotFoundException", f"No policy {policy_arn} is associated with this entry")
    return {}


def list_policies(call: Call) -> Shown:
    """The policies of an entry."""
    entry = _entry(call)
    return {
        "clusterName": entry["clusterName"],
        "principalArn": entry["principalArn"],
        "associatedAccessPolicies": list(entry["policies"].values()),
    }


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("eks", "CreateAccessEntry"): (cluster_is_active, entries_are_on, entry_is_new),
    ("eks", "AssociateAccessPolicy"): (cluster_is_active, policy_exists, nodes_have_no_policy),
}
OPERATIONS: dict[Key, Operation] = {
    ("eks", "CreateAccessEntry"): create,
    ("eks", "DescribeAccessEntry"): describe,
    ("eks", "ListAccessEntries"): list_entries,
    ("eks", "UpdateAccessEntry"): change,
    ("eks", "DeleteAccessEntry"): delete,
    ("eks", "AssociateAccessPolicy"): associate,
    ("eks", "DisassociateAccessPolicy"): disassociate,
    ("eks", "ListAssociatedAccessPolicies"): list_policies,
}
