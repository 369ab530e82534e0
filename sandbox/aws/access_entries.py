"""EKS access entries and their policies: who is let in, and what EKS refuses of an entry (`access_rules`).

An entry means the principal that was there when it was made: one that is made again under the same ARN is another.
Source: EKS API Reference, CreateAccessEntry and AssociateAccessPolicy; EKS User Guide, "Create access entries".
"""

from __future__ import annotations

import uuid
from typing import Any

from moto.eks import urls
from moto.eks.models import eks_backends
from moto.eks.responses import EKSResponse

from sandbox.aws import accounts
from sandbox.aws.access_rules import NODE_USERNAMES, REFUSALS, entry_of
from sandbox.aws.dispatch import MOTO_LOCK, Call, Key, Operation
from sandbox.aws.eks_state import EksCluster, Shown, cluster_of, now
from sandbox.aws.errors import Refused
from sandbox.aws.principals import unique_id
from sandbox.kubernetes.access_policies import ARN_PREFIX, POLICIES, Association
from sandbox.kubernetes.model import ClusterKey
from sandbox.kubernetes.webhook import Admission

__all__ = ["OPERATIONS", "REFUSALS", "admission", "admit"]

_HIDDEN = ("policies", "principalId")
"""What an entry has and the API does not show with it."""

# An ARN has slashes, and the server decodes them before it looks for the route.
for _path in ("access-entries", "access-entries/(?P<principalArn>.+)"):
    urls.url_paths[f"{{0}}/clusters/(?P<name>[^/]+)/{_path}$"] = EKSResponse.dispatch
urls.url_paths["{0}/access-policies$"] = EKSResponse.dispatch


def admit(
    cluster: EksCluster, principal_arn: str, *, policy_arn: str | None = None, **more: Any
) -> dict[str, Any]:
    """Write an entry; with a policy, for the whole cluster."""
    account, _, resource = principal_arn.partition("::")[2].partition(":")
    kind, name = resource.partition("/")[0], resource.rpartition("/")[2]
    prefix = cluster.arn.replace(":cluster/", ":access-entry/")
    entry = {
        "clusterName": cluster.name,
        "principalArn": principal_arn,
        "kubernetesGroups": [],
        "accessEntryArn": f"{prefix}/{kind}/{account}/{name}/{uuid.uuid4()}",
        "createdAt": now(),
        "modifiedAt": now(),
        "tags": {},
        "username": _username(account, kind, name, principal_arn),
        "type": "STANDARD",
        **more,
        "policies": {},
        "principalId": unique_id(principal_arn),
    }
    cluster.entries[principal_arn] = entry
    if policy_arn:
        entry["policies"][policy_arn] = _association(policy_arn, {"type": "cluster"})
    return entry


def _username(account: str, kind: str, name: str, principal_arn: str) -> str:
    """What EKS calls a principal by itself: a role's sessions by their names, a user by its ARN."""
    if kind == "role":
        return f"arn:aws:sts::{account}:assumed-role/{name}/{{{{SessionName}}}}"
    return principal_arn


def admission(key: ClusterKey, principal_id: str) -> Admission | None:
    """What the entry of the principal with this unique id says; None: there is none."""
    if key.account_id not in accounts.known():
        return None
    with MOTO_LOCK:
        cluster = eks_backends[key.account_id][key.region].clusters.get(key.name)
        entries = cluster.entries.values() if cluster else ()
        entry = next((entry for entry in entries if entry["principalId"] == principal_id), None)
        if entry is None:
            return None
        return Admission(
            principal_arn=entry["principalArn"],
            username=entry["username"],
            groups=tuple(entry["kubernetesGroups"]),
            associations=tuple(
                Association(policy_arn=arn, namespaces=tuple(policy["accessScope"]["namespaces"]))
                for arn, policy in entry["policies"].items()
            ),
        )


def _shown(entry: Shown) -> Shown:
    return {key: value for key, value in entry.items() if key not in _HIDDEN}


def create(call: Call) -> Shown:
    """Let a principal in. Nodes get the names that their kubelets go by."""
    kind = call.params.get("type", "STANDARD")
    more: dict[str, Any] = {"type": kind, "tags": dict(call.params.get("tags", {}))}
    if kind in NODE_USERNAMES:
        more |= {"username": NODE_USERNAMES[kind], "kubernetesGroups": ["system:nodes"]}
    for name in ("username", "kubernetesGroups"):
        if name in call.params:
            more[name] = call.params[name]
    return {"accessEntry": _shown(admit(cluster_of(call), call.params["principalArn"], **more))}


def describe(call: Call) -> Shown:
    """One entry."""
    return {"accessEntry": _shown(entry_of(call))}


def list_entries(call: Call) -> Shown:
    """The principals of all entries, or of those with a policy."""
    policy_arn = call.params.get("associatedPolicyArn")
    entries = cluster_of(call).entries.items()
    return {
        "accessEntries": [arn for arn, entry in entries if not policy_arn or policy_arn in entry["policies"]]
    }


def change(call: Call) -> Shown:
    """Its name and groups in Kubernetes."""
    entry = entry_of(call)
    for name in ("username", "kubernetesGroups"):
        if name in call.params:
            entry[name] = call.params[name]
    entry["modifiedAt"] = now()
    return {"accessEntry": _shown(entry)}


def delete(call: Call) -> Shown:
    """Let it in no longer."""
    cluster_of(call).entries.pop(entry_of(call)["principalArn"])
    return {}


def _association(policy_arn: str, scope: Shown) -> Shown:
    return {
        "policyArn": policy_arn,
        "accessScope": {"namespaces": [], **scope},
        "associatedAt": now(),
        "modifiedAt": now(),
    }


def associate(call: Call) -> Shown:
    """Say what the principal may do, in the whole cluster or in namespaces; the last call counts."""
    entry, policy_arn = entry_of(call), call.params["policyArn"]
    made = _association(policy_arn, call.params["accessScope"])
    if before := entry["policies"].get(policy_arn):
        made["associatedAt"] = before["associatedAt"]
    entry["policies"][policy_arn] = made
    return {
        "clusterName": entry["clusterName"],
        "principalArn": entry["principalArn"],
        "associatedAccessPolicy": made,
    }


def disassociate(call: Call) -> Shown:
    """Take a policy back."""
    entry, policy_arn = entry_of(call), call.params["policyArn"]
    if entry["policies"].pop(policy_arn, None) is None:
        raise Refused("ResourceNotFoundException", f"No policy {policy_arn} is associated with this entry")
    return {}


def list_associated(call: Call) -> Shown:
    """The policies of an entry."""
    entry = entry_of(call)
    return {
        "clusterName": entry["clusterName"],
        "principalArn": entry["principalArn"],
        "associatedAccessPolicies": list(entry["policies"].values()),
    }


def list_policies(_call: Call) -> Shown:
    """The policies that an entry may have."""
    return {"accessPolicies": [{"name": name, "arn": f"{ARN_PREFIX}{name}"} for name in sorted(POLICIES)]}


OPERATIONS: dict[Key, Operation] = {
    ("eks", "CreateAccessEntry"): create,
    ("eks", "DescribeAccessEntry"): describe,
    ("eks", "ListAccessEntries"): list_entries,
    ("eks", "UpdateAccessEntry"): change,
    ("eks", "DeleteAccessEntry"): delete,
    ("eks", "AssociateAccessPolicy"): associate,
    ("eks", "DisassociateAccessPolicy"): disassociate,
    ("eks", "ListAssociatedAccessPolicies"): list_associated,
    ("eks", "ListAccessPolicies"): list_policies,
}
