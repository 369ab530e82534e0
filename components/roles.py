"""The roles that a site's clusters work with."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.layer import Layer, LayerOptions
from plan.roles import RolesPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class RolesArgs:
    """What a site's roles are built from."""

    plan: RolesPlan


class Roles(Layer):
    """Roles for clusters and their nodes. Their ARNs are predicted by the plan, so nothing is promised."""

    role_arns: dict[str, pulumi.Output[str]]
    roles: dict[str, aws.iam.Role]
    ready: dict[str, list[pulumi.Resource]]
    """By role: whoever works with one depends on what makes it usable."""

    def __init__(self, name: str, args: RolesArgs, opts: LayerOptions | None = None) -> None:
        super().__init__(name, opts)
        self.role_arns, self.roles, self.ready = {}, {}, {}
        for key, plan in args.plan.roles.items():
            role, needed = iam.role(self, key, plan)
            self.role_arns[key], self.roles[key], self.ready[key] = role.arn, role, [role, *needed]
        self.register_outputs({"role_arns": self.role_arns})
