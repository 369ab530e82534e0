"""Who gets into an EKS cluster, and which roles its pods get."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from components.layer import Layer
from components.roles import Roles
from plan.eks import AccessEntryPlan, EksClusterPlan


def entries(
    layer: Layer, key: str, plan: EksClusterPlan, cluster_name: pulumi.Output[str], roles: Roles
) -> list[pulumi.Resource]:
    """The access entries. Whoever made the cluster, the fleet's execution role, is in already."""
    made: list[pulumi.Resource] = []
    for entry in plan.access:
        made += _entry(layer, f"{key}-{entry.key}", entry, cluster_name, roles)
    return made


def _entry(
    layer: Layer, suffix: str, plan: AccessEntryPlan, cluster_name: pulumi.Output[str], roles: Roles
) -> list[pulumi.Resource]:
    """An entry is for a role as it was when the entry was made: with a new role of that name comes a new entry."""
    role = roles.roles[plan.role] if plan.role else None
    entry = layer.child(
        aws.eks.AccessEntry,
        suffix,
        cluster_name=cluster_name,
        principal_arn=plan.principal_arn,
        type=plan.type,
        opts=pulumi.ResourceOptions(
            depends_on=[role] if role else None,
            replace_with=[role] if role else None,
            delete_before_replace=True,
        ),
    )
    if plan.policy_arn is None:
        return [entry]
    scope: dict[str, Any] = {"type": "cluster"}
    if plan.namespaces:
        scope = {"type": "namespace", "namespaces": list(plan.namespaces)}
    policy = layer.child(
        aws.eks.AccessPolicyAssociation,
        suffix,
        cluster_name=cluster_name,
        principal_arn=entry.principal_arn,
        policy_arn=plan.policy_arn,
        access_scope=scope,
        opts=pulumi.ResourceOptions(depends_on=[entry], delete_before_replace=True),
    )
    return [entry, policy]


def pod_identities(
    layer: Layer, key: str, plan: EksClusterPlan, cluster_name: pulumi.Output[str], roles: Roles
) -> list[pulumi.Resource]:
    """The roles of service accounts, which need not exist yet."""
    return [
        layer.child(
            aws.eks.PodIdentityAssociation,
            f"{key}-{item.key}",
            cluster_name=cluster_name,
            namespace=item.namespace,
            service_account=item.service_account,
            role_arn=roles.role_arns[item.role],
            opts=pulumi.ResourceOptions(depends_on=roles.ready[item.role], delete_before_replace=True),
        )
        for item in plan.pod_identities
    ]
