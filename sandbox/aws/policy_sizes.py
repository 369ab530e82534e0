"""How long IAM's policies may be: what AWS refuses and moto takes.

Source: IAM User Guide, "IAM and AWS STS quotas": white space does not count, the inline policies of an identity count
together, and the length of a trust policy is the default quota.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.iam.models import iam_backends

from sandbox.aws.callers import PARTITION
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused

MANAGED, TRUST = 6_144, 2_048
INLINE: Mapping[str, tuple[str, int]] = {
    "PutRolePolicy": ("Role", 10_240),
    "PutUserPolicy": ("User", 2_048),
    "PutGroupPolicy": ("Group", 5_120),
}
"""Operation -> whose policies they are, and how many characters all of them may have."""


def _length(document: Any) -> int:
    return sum(not character.isspace() for character in str(document))


def inline_fits(call: Call) -> None:
    """All inline policies of a role, user or group together."""
    kind, most = INLINE[call.operation]
    name = call.params[f"{kind}Name"]
    backend = iam_backends[call.account][PARTITION]
    owners = {"Role": backend.roles, "User": backend.users, "Group": backend.groups}[kind]
    owner = next((item for item in owners.values() if item.name == name), None)
    others = dict(owner.policies) if owner else {}
    others.pop(call.params["PolicyName"], None)
    if sum(map(_length, (*others.values(), call.params["PolicyDocument"]))) > most:
        raise Refused(
            "LimitExceeded", f"Maximum policy size of {most} bytes exceeded for {kind.lower()} {name}"
        )


def managed_fits(call: Call) -> None:
    """One version of a managed policy."""
    if _length(call.params["PolicyDocument"]) > MANAGED:
        raise Refused("LimitExceeded", f"Cannot exceed quota for PolicySize: {MANAGED}")


def trust_fits(call: Call) -> None:
    """The trust policy of a role."""
    document = call.params.get("AssumeRolePolicyDocument") or call.params.get("PolicyDocument")
    if _length(document) > TRUST:
        raise Refused("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {TRUST}")


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    **{("iam", operation): (inline_fits,) for operation in INLINE},
    **{("iam", operation): (managed_fits,) for operation in ("CreatePolicy", "CreatePolicyVersion")},
    **{("iam", operation): (trust_fits,) for operation in ("CreateRole", "UpdateAssumeRolePolicy")},
}
OPERATIONS: dict[Key, Operation] = {}
