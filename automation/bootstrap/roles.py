"""Roles of an account: the fleet's own, and the service-linked ones that stacks would race to make."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from automation.bootstrap.desired import SERVICE_LINKED_ROLES, TAGS, Role
from automation.bootstrap.step import MISSING, OK, Finding, Step, differs


def step(iam: Any, role: Role, *, account: str) -> Step:
    """The role with its trust, session length and permissions."""

    def check() -> Finding:
        found = _get(iam, role.name)
        if found is None:
            return MISSING
        differences = [what for what, is_same in _comparison(iam, role, found).items() if not is_same]
        return differs(f"{', '.join(differences)} not as wanted") if differences else OK

    def apply() -> None:
        trust = json.dumps(role.trust)
        if _get(iam, role.name) is None:
            iam.create_role(
                RoleName=role.name,
                AssumeRolePolicyDocument=trust,
                Description=role.description,
                MaxSessionDuration=role.session_seconds,
                Tags=[{"Key": name, "Value": value} for name, value in TAGS.items()],
            )
        iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=trust)
        iam.update_role(
            RoleName=role.name, MaxSessionDuration=role.session_seconds, Description=role.description
        )
        for arn in role.managed_policy_arns:
            iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)
        for name, policy in role.inline_policies:
            iam.put_role_policy(RoleName=role.name, PolicyName=name, PolicyDocument=json.dumps(policy))

    return Step(account=account, region="global", what=f"role {role.name}", check=check, apply=apply)


def service_linked_steps(iam: Any, *, account: str) -> tuple[Step, ...]:
    """One step a service that needs its role before its first use."""
    return tuple(
        _service_linked(iam, service, name, reason, account=account)
        for service, (name, reason) in SERVICE_LINKED_ROLES.items()
    )


def _service_linked(iam: Any, service: str, name: str, reason: str, *, account: str) -> Step:
    def check() -> Finding:
        return MISSING if _get(iam, name) is None else OK

    def apply() -> None:
        iam.create_service_linked_role(AWSServiceName=service)

    return Step(account=account, region="global", what=f"role {name}, for {reason}", check=check, apply=apply)


def _get(iam: Any, name: str) -> dict[str, Any] | None:
    try:
        role: dict[str, Any] = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None
    return role


def _comparison(iam: Any, role: Role, found: dict[str, Any]) -> dict[str, bool]:
    """Each aspect of a role, and whether it is as wanted. Permissions beyond the wanted ones are not undone."""
    attached = iam.list_attached_role_policies(RoleName=role.name)["AttachedPolicies"]
    return {
        "trust": found["AssumeRolePolicyDocument"] == role.trust,
        "session length": found["MaxSessionDuration"] == role.session_seconds,
        "managed policies": {policy["PolicyArn"] for policy in attached} >= set(role.managed_policy_arns),
        "inline policies": all(
            _inline(iam, role.name, name) == policy for name, policy in role.inline_policies
        ),
    }


def _inline(iam: Any, role: str, policy: str) -> object:
    try:
        return iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        return None
