"""What an organisation asks of every role that a stack makes."""

from __future__ import annotations

from pydantic import Field

from spec.fields import IamPath, PolicyName, Spec


class Iam(Spec):
    """Options for organisations whose service control policies refuse other roles."""

    permissions_boundary: PolicyName | None = Field(
        default=None,
        description="Name, with its path if it has one, of the policy that bounds every role; each account has its "
        "own policy of this name.",
    )
    path: IamPath = Field(
        default="/",
        description="Path of every role, such as /ml/. Roles of ParallelCluster are in /parallelcluster/ all the "
        "same: its API passes no others. Changing it replaces the roles.",
    )
