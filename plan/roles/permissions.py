"""A permission with the reason for it; those that several roles have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plan import names
from plan.policies import Document, Statement, document
from plan.roles.scope import Scope

ANY = ("*",)
"""For actions that take no resource (Service Authorization Reference), and where the reason says so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """One statement of a role's policy and why the role needs it."""

    why: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ANY
    condition: Mapping[str, Mapping[str, Any]] | None = None


def policy(*permissions: Permission) -> Document:
    """The permissions as IAM writes them, which has no place for reasons."""
    return document(*map(_statement, permissions))


def _statement(permission: Permission) -> Statement:
    statement: Statement = {
        "Effect": "Allow",
        "Action": list(permission.actions),
        "Resource": list(permission.resources),
    }
    if permission.condition:
        statement["Condition"] = {name: dict(keys) for name, keys in permission.condition.items()}
    return statement


def pull_images() -> tuple[Permission, ...]:
    """Images of the fleet's registry, and those that EKS and SageMaker publish in accounts of their own."""
    return (
        Permission(why="logging in takes no resource", actions=("ecr:GetAuthorizationToken",)),
        Permission(
            why="pulling; the repositories of other accounts decide themselves whom they let in",
            actions=("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
            resources=("arn:aws:ecr:*:*:repository/*",),
        ),
    )


def encrypt_volumes(scope: Scope) -> tuple[Permission, ...]:
    """Who launches instances gives their volumes the site's key (EBS User Guide, "Permissions for encryption")."""
    through_ec2 = {"kms:ViaService": f"ec2.{scope.region}.amazonaws.com"}
    return (
        Permission(
            why="EC2 makes and opens the volume's data key in the launcher's name",
            actions=(
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
            ),
            resources=site_keys(scope),
            condition={"StringEquals": through_ec2, **is_site_key(scope)},
        ),
        Permission(
            why="the volume stays attached under a grant, which only EC2 may be given",
            actions=("kms:CreateGrant",),
            resources=site_keys(scope),
            condition={
                "StringEquals": through_ec2,
                "Bool": {"kms:GrantIsForAWSResource": "true"},
                **is_site_key(scope),
            },
        ),
    )


def site_keys(scope: Scope) -> tuple[str, ...]:
    """Keys of the site's account and region: nobody knows the id of the site's own before it exists."""
    return (scope.arn("kms", "key/*"),)


def is_site_key(scope: Scope) -> dict[str, dict[str, str]]:
    """The condition that the key is the site's: its alias is known beforehand."""
    return {"ForAnyValue:StringEquals": {"kms:ResourceAliases": names.key_alias(scope.site)}}
