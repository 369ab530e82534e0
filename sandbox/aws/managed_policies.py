"""AWS's own managed policies, read from moto's list when one is first named.

Loading all of them into every account costs moto 1,400 objects an account and partition; the fleet names a few.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend, iam_backends

from sandbox.aws.callers import PARTITION
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused

ARN_PREFIX = "arn:aws:iam::aws:policy"
SERVICE_ROLE_POLICIES = f"{ARN_PREFIX}/aws-service-role/"


def load(backend: IAMBackend, arn: str) -> None:
    """Let AWS's policy `arn` exist in an account, if AWS has it."""
    if not arn.startswith(ARN_PREFIX) or arn in backend.managed_policies:
        return
    for name, data in _policies().items():
        if f"{ARN_PREFIX}{data['Path']}{name}" == arn:
            policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
            backend.managed_policies[arn] = policy
            backend.aws_managed_policies.append(policy)


@functools.cache
def _policies() -> dict[str, Any]:
    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return policies


def _load_named(call: Call) -> None:
    load(iam_backends[call.account][PARTITION], call.params["PolicyArn"])


def is_attachable(call: Call) -> None:
    """IAM API Reference, PolicyNotAttachable: policies of service-linked roles belong to AWS's roles alone."""
    if call.params["PolicyArn"].startswith(SERVICE_ROLE_POLICIES):
        raise Refused("PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.")


def boundary_exists(call: Call) -> None:
    """A permissions boundary is a managed policy that is there."""
    arn = call.params.get("PermissionsBoundary")
    if arn is None:
        return
    backend = iam_backends[call.account][PARTITION]
    load(backend, arn)
    if arn not in backend.managed_policies:
        raise Refused("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.")


_ATTACHING = ("AttachRolePolicy", "AttachUserPolicy", "AttachGroupPolicy")
REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    **{("iam", operation): (is_attachable, _load_named) for operation in _ATTACHING},
    **{("iam", operation): (_load_named,) for operation in ("GetPolicy", "GetPolicyVersion")},
    **{("iam", operation): (boundary_exists,) for operation in ("CreateRole", "PutRolePermissionsBoundary")},
}
OPERATIONS: dict[Key, Operation] = {}
