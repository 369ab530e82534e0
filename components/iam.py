"""An IAM role as its plan says: the role, its policies, its instance profile."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components.layer import Layer
from plan.iam import RolePlan


def role(layer: Layer, suffix: str, plan: RolePlan) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
    """The role, and what must be there before it can be used."""
    made = layer.child(
        aws.iam.Role,
        suffix,
        name=plan.name,
        path=plan.path,
        permissions_boundary=plan.permissions_boundary_arn,
        assume_role_policy=json.dumps(plan.trust),
    )
    needed: list[pulumi.Resource] = [
        layer.child(
            aws.iam.RolePolicyAttachment, f"{suffix}-{arn.rpartition('/')[2]}", role=made.name, policy_arn=arn
        )
        for arn in plan.managed_policy_arns
    ]
    if plan.policy["Statement"]:
        policy = json.dumps(plan.policy)
        needed.append(layer.child(aws.iam.RolePolicy, suffix, role=made.name, policy=policy))
    if plan.has_instance_profile:
        profile = layer.child(
            aws.iam.InstanceProfile,
            suffix,
            name=plan.name,
            path=plan.path,
            role=made.name,
            # A role that is made again under its name is not in the profile any more.
            opts=pulumi.ResourceOptions(replace_with=[made]),
        )
        needed.append(profile)
    return made, needed
