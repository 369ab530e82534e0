"""Roles of an account: what organisations ask of every one of them, and how they are planned."""

from __future__ import annotations

from dataclasses import dataclass

from plan import names
from plan.policies import Document
from spec import Fleet


@dataclass(frozen=True, kw_only=True, slots=True)
class RolePlan:
    """An IAM role: its fixed name, who may assume it, what it may do, and the most that it ever may.

    `policy` has no statement for a role that has AWS's policies alone. With `has_instance_profile` there is a
    profile of the same name and path: EC2 takes roles in no other form.
    """

    name: str
    trust: Document
    policy: Document
    managed_policy_arns: tuple[str, ...] = ()
    has_instance_profile: bool = False
    path: str = "/"
    permissions_boundary_arn: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class IamAccount:
    """Where roles of an account live: the path that ARNs have, and the boundary that each role gets."""

    account_id: str
    path: str = "/"
    permissions_boundary_arn: str | None = None

    def role_arn(self, name: str, *, path: str | None = None) -> str:
        """ARN of a role that a stack makes here, known before the role exists."""
        return names.role_arn(self.account_id, name, path or self.path)

    def role(
        self,
        name: str,
        trust: Document,
        policy: Document,
        *,
        managed_policies: tuple[str, ...] = (),
        has_instance_profile: bool = False,
        path: str | None = None,
    ) -> RolePlan:
        """A role here; `path` for one whose path somebody else prescribes, `managed_policies` by AWS's names."""
        return RolePlan(
            name=name,
            trust=trust,
            policy=policy,
            managed_policy_arns=tuple(f"arn:aws:iam::aws:policy/{managed}" for managed in managed_policies),
            has_instance_profile=has_instance_profile,
            path=path or self.path,
            permissions_boundary_arn=self.permissions_boundary_arn,
        )


def iam_account(fleet: Fleet, account_id: str) -> IamAccount:
    """What fleet.yaml says about roles, for one account; the boundary is a policy of the account itself."""
    settings = fleet.settings.iam
    if settings is None:
        return IamAccount(account_id=account_id)
    boundary = settings.permissions_boundary
    return IamAccount(
        account_id=account_id,
        path=settings.path,
        permissions_boundary_arn=f"arn:aws:iam::{account_id}:policy/{boundary}" if boundary else None,
    )
