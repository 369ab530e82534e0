"""What EKS refuses of access entries and their policies.

Source: EKS User Guide, "Create access entries" (principals, names, groups) and "Associate access policies with access
entries" (which types have policies); its error codes are those of botocore's model.
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.dispatch import Call, Key, Refusal
from sandbox.aws.eks_state import cluster_is_active, cluster_of
from sandbox.aws.errors import Refused
from sandbox.aws.principals import unique_id
from sandbox.kubernetes.access_policies import ARN_PREFIX, POLICIES

NODE_USERNAMES = {
    "EC2": "system:node:{{EC2PrivateDNSName}}",
    "EC2_LINUX": "system:node:{{EC2PrivateDNSName}}",
    "EC2_WINDOWS": "system:node:{{EC2PrivateDNSName}}",
    "FARGATE_LINUX": "system:node:{{SessionName}}",
    "HYBRID_LINUX": "system:node:{{SessionName}}",
    "HYPERPOD_LINUX": "system:node:{{SessionName}}",
}
"""The types of entries of nodes, and the names that EKS gives them."""
_TYPES = {"STANDARD", *NODE_USERNAMES}
_RESERVED = ("system:", "eks:", "aws:", "amazon:", "iam:")
_SESSION_NAMES = ("{{SessionName}}", "{{SessionNameRaw}}")
_OF_AUTO_MODE = f"{ARN_PREFIX}AmazonEKSAutoNodePolicy"
"""The one policy of node classes' roles (type EC2)."""


def entry_of(call: Call) -> dict[str, Any]:
    """The entry that a call names. Raises ResourceNotFoundException as AWS words it."""
    arn = call.params["principalArn"]
    entry: dict[str, Any] | None = cluster_of(call).entries.get(arn)
    if entry is None:
        raise Refused("ResourceNotFoundException", f"The specified principalArn could not be found: {arn}")
    return entry


def _entry_exists(call: Call) -> None:
    entry_of(call)


def entries_are_on(call: Call) -> None:
    """InvalidRequestException: a cluster of old knows the ConfigMap alone."""
    mode = cluster_of(call).shown["accessConfig"]["authenticationMode"]
    if mode == "CONFIG_MAP":
        raise Refused(
            "InvalidRequestException",
            "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this "
            "operation.",
        )


def principal_fits(call: Call) -> None:
    """InvalidParameterException: a role or user that exists and is no service-linked role; nodes: a role of here."""
    arn, kind = call.params["principalArn"], call.params.get("type", "STANDARD")
    resource = arn.rpartition(":")[2]
    if not resource.startswith(("role/", "user/")) or unique_id(arn) is None:
        raise _invalid("The specified principalArn is invalid: invalid principal.")
    if resource.startswith("role/aws-service-role/"):
        raise _invalid("The specified principalArn is invalid: service-linked roles are not supported.")
    if kind != "STANDARD" and (not resource.startswith("role/") or arn.split(":")[4] != call.account):
        raise _invalid(
            f"The specified principalArn is invalid: type {kind} needs a role of the cluster's account."
        )


def entry_is_new(call: Call) -> None:
    """ResourceInUseException: a principal has one entry in a cluster."""
    if call.params["principalArn"] in cluster_of(call).entries:
        raise Refused(
            "ResourceInUseException",
            "The specified access entry resource is already in use on this cluster.",
        )


def type_exists(call: Call) -> None:
    """InvalidParameterException for a type that EKS does not have."""
    kind = call.params.get("type", "STANDARD")
    if kind not in _TYPES:
        raise _invalid(f"The specified type {kind} is invalid: it is one of {', '.join(sorted(_TYPES))}.")


def names_fit(call: Call) -> None:
    """InvalidParameterException: EKS names nodes, and keeps some prefixes for itself and Kubernetes."""
    entry = cluster_of(call).entries.get(call.params["principalArn"], {})
    kind = entry.get("type") or call.params.get("type", "STANDARD")
    username, groups = call.params.get("username", ""), call.params.get("kubernetesGroups", [])
    if kind != "STANDARD" and (username or groups):
        raise _invalid(f"The username and the kubernetesGroups of type {kind} cannot be specified.")
    if username.startswith(_RESERVED):
        raise _invalid(f"The username must not begin with one of {', '.join(_RESERVED)}.")
    for part in _SESSION_NAMES:
        if part in username and ":" not in username.partition(part)[0]:
            raise _invalid(f"The username must have a colon before {part}.")
    if any(group.startswith(_RESERVED) for group in groups):
        raise _invalid(f"A kubernetesGroups name must not begin with one of {', '.join(_RESERVED)}.")


def type_has_policy(call: Call) -> None:
    """InvalidRequestException: what nodes may do, their type says."""
    kind = entry_of(call)["type"]
    if kind != "STANDARD" and (kind, call.params["policyArn"]) != ("EC2", _OF_AUTO_MODE):
        raise Refused("InvalidRequestException", "You can not associate a policy to this type of entry.")


def policy_exists(call: Call) -> None:
    """InvalidParameterException for a policy that AWS does not have, or keeps for service-linked roles."""
    if call.params["policyArn"] not in {f"{ARN_PREFIX}{name}" for name in POLICIES}:
        raise _invalid("The policyArn parameter format is not valid")


def scope_fits(call: Call) -> None:
    """InvalidParameterException: a scope of namespaces names some, that of the cluster none."""
    scope = call.params["accessScope"]
    kind, namespaces = scope.get("type"), scope.get("namespaces", [])
    if kind not in ("cluster", "namespace"):
        raise _invalid("The type of accessScope is one of cluster, namespace.")
    if (kind == "namespace") != bool(namespaces):
        raise _invalid(
            "The namespaces of accessScope are required when its type is namespace, and not allowed otherwise."
        )


def _invalid(message: str) -> Refused:
    return Refused("InvalidParameterException", message)


_OF_AN_ENTRY: tuple[Refusal, ...] = (entries_are_on, _entry_exists)
REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("eks", "CreateAccessEntry"): (
        cluster_is_active,
        entries_are_on,
        type_exists,
        principal_fits,
        entry_is_new,
        names_fit,
    ),
    ("eks", "UpdateAccessEntry"): (cluster_is_active, *_OF_AN_ENTRY, names_fit),
    ("eks", "AssociateAccessPolicy"): (
        cluster_is_active,
        *_OF_AN_ENTRY,
        policy_exists,
        type_has_policy,
        scope_fits,
    ),
    ("eks", "ListAccessEntries"): (entries_are_on,),
    **{
        ("eks", operation): _OF_AN_ENTRY
        for operation in (
            "DescribeAccessEntry",
            "DeleteAccessEntry",
            "DisassociateAccessPolicy",
            "ListAssociatedAccessPolicies",
        )
    },
}
