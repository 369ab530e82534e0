"""Policies that name principals: each must exist when the policy is saved, and is meant by its unique id from then on.

So a role that is deleted and made again under the same name is not the one that the policy means, and the policy
then shows the id (AROA...) in place of the ARN. Source: IAM User Guide, "AWS JSON policy elements: Principal".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.models import Role, iam_backends
from moto.kms.models import Key as KmsKey
from moto.s3.models import FakeBucket

from sandbox.aws import accounts
from sandbox.aws.callers import PARTITION
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.policies import account_named_by, aws_principals, statements_of, unknown_operators

_PRINCIPAL_ARN = re.compile(r"arn:aws:(?:iam|sts)::(\d{12}):(role|user|assumed-role)/(.+)")


def unique_id(arn: str) -> str | None:
    """The unique id that the role or user of an ARN has now; None if there is none. A session's is its role's."""
    match = _PRINCIPAL_ARN.fullmatch(arn)
    if match is None or match[1] not in accounts.known():
        return None
    backend = iam_backends[match[1]][PARTITION]
    if match[2] == "assumed-role":
        name = match[3].partition("/")[0]
        return next((role.id for role in backend.roles.values() if role.name == name), None)
    owners = backend.roles if match[2] == "role" else backend.users
    return next((owner.id for owner in owners.values() if owner.arn == arn), None)


def exists(principal: str) -> bool:
    """Whether a policy may name this AWS principal."""
    if principal == "*":
        return True
    if account := account_named_by(principal):
        return account in accounts.known()
    return unique_id(principal) is not None or _has_id(principal)


def _has_id(principal: str) -> bool:
    backends = [iam_backends[account][PARTITION] for account in accounts.known()]
    return any(
        principal in backend.roles or any(user.id == principal for user in backend.users.values())
        for backend in backends
    )


@dataclass(frozen=True, slots=True)
class PinnedPolicy:
    """A policy with the unique ids that its principals had when it was saved (ARN -> id)."""

    text: str
    ids: Mapping[str, str]

    @classmethod
    def save(cls, text: str) -> PinnedPolicy:
        """Pin a policy whose principals exist."""
        try:
            statements = statements_of(text)
        except ValueError:
            return cls(text, {})
        named = {arn for statement in statements for arn in aws_principals(statement)}
        return cls(text, {arn: id_ for arn in named if (id_ := unique_id(arn))})

    def shown(self) -> str:
        """The policy's text as AWS shows it: ids in place of the principals that are gone."""
        gone = {arn: id_ for arn, id_ in self.ids.items() if unique_id(arn) != id_}
        if not gone:
            return self.text
        document = json.loads(self.text)
        for statement in _statements(document):
            named = statement.get("Principal", statement.get("NotPrincipal"))
            if isinstance(named, dict) and "AWS" in named:
                values = named["AWS"] if isinstance(named["AWS"], list) else [named["AWS"]]
                shown = [gone.get(value, value) for value in values]
                named["AWS"] = shown if isinstance(named["AWS"], list) else shown[0]
        return json.dumps(document)


def _statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    statements = document["Statement"]
    return statements if isinstance(statements, list) else [statements]


class PinnedAttribute:
    """A policy attribute of one of moto's classes, kept pinned: reads and writes stay those of plain text."""

    def __init__(self, name: str) -> None:
        self._name = f"_pinned_{name}"

    def __get__(self, owner: Any, owner_type: type) -> Any:
        if owner is None:
            return self
        policy = self.pinned(owner)
        if policy is None:
            return None
        return policy.shown().encode() if owner.__dict__[self._name][1] else policy.shown()

    def __set__(self, owner: Any, text: str | bytes | None) -> None:
        as_bytes = isinstance(text, bytes)
        policy = (
            None if text is None else PinnedPolicy.save(text.decode() if isinstance(text, bytes) else text)
        )
        owner.__dict__[self._name] = (policy, as_bytes)

    def pinned(self, owner: Any) -> PinnedPolicy | None:
        """The pinned policy of one of moto's objects."""
        policy: PinnedPolicy | None = owner.__dict__[self._name][0]
        return policy


TRUST_POLICY = PinnedAttribute("trust_policy")
BUCKET_POLICY = PinnedAttribute("bucket_policy")
KEY_POLICY = PinnedAttribute("key_policy")
Role.assume_role_policy_document = TRUST_POLICY
FakeBucket.policy = BUCKET_POLICY
KmsKey.policy = KEY_POLICY


def _checked(parameter: str, code: str, invalid_principal: str) -> Refusal:
    def refuse(call: Call) -> None:
        text = call.params.get(parameter)
        if text is None:
            return
        try:
            statements = statements_of(text)
        except ValueError:
            raise Refused(code, "This policy contains invalid Json") from None
        for statement in statements:
            for principal in aws_principals(statement):
                if not exists(principal):
                    raise Refused(code, invalid_principal.format(principal=principal))
            for name in unknown_operators(statement):
                raise Refused(code, f"Invalid Condition type : {name}")

    return refuse


_trust = 'Invalid principal in policy: "AWS":"{principal}"'
_key = "Policy contains a statement with one or more invalid principals."
_bucket = "Invalid principal in policy"
_file_system = "The policy is invalid: it names a principal that does not exist."
_repository = (
    "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Principal not found: {principal}'"
)

REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("iam", "CreateRole"): (_checked("AssumeRolePolicyDocument", "MalformedPolicyDocument", _trust),),
    ("iam", "UpdateAssumeRolePolicy"): (_checked("PolicyDocument", "MalformedPolicyDocument", _trust),),
    ("kms", "CreateKey"): (_checked("Policy", "MalformedPolicyDocumentException", _key),),
    ("kms", "PutKeyPolicy"): (_checked("Policy", "MalformedPolicyDocumentException", _key),),
    ("s3", "PutBucketPolicy"): (_checked("Policy", "MalformedPolicy", _bucket),),
    ("efs", "PutFileSystemPolicy"): (_checked("Policy", "InvalidPolicyException", _file_system),),
    ("ecr", "SetRepositoryPolicy"): (_checked("policyText", "InvalidParameterException", _repository),),
}
OPERATIONS: dict[Key, Operation] = {}
