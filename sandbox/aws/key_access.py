"""Who may use a KMS key, of the own account or another one: key policies, identity policies and grants.

Cryptography and grants are checked; administration of a key is moto's, within its account. Services of the emulator
that encrypt under a key ask `may_use` themselves, with `kms:viaservice` in the context. ReEncrypt is not checked.
Source: KMS Developer Guide, "Troubleshooting key access" (the order of evaluation) and "Using grants".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.kms.models import kms_backends

from sandbox.aws import accounts
from sandbox.aws.callers import Caller
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.identity import asked_by, own_statements
from sandbox.aws.keys import find
from sandbox.aws.policies import Context, Request, Verdict, evaluate, statements_of
from sandbox.aws.principals import KEY_POLICY

USES = ("CreateGrant", "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext")
CONTEXT = "kms:encryptioncontext:"
_FOR_STORAGE = ("CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext")
NEEDED = {
    "ec2": _FOR_STORAGE,
    "ecr": ("CreateGrant", "DescribeKey", "RetireGrant"),
    "elasticfilesystem": _FOR_STORAGE,
    "fsx": _FOR_STORAGE,
}
"""What who creates something encrypted must be allowed to do with the key, through the service. Source: ECR User
Guide, "Encryption at rest"; EBS User Guide, "Requirements for Amazon EBS encryption"; EFS User Guide and FSx for
Lustre User Guide, the required permissions of key policies."""


def find_key(arn: str) -> Any:
    """Moto's key with this ARN, of whatever account; None if there is none, or it is not an ARN."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[4] not in accounts.known():
        return None
    return find(kms_backends[parts[4]][parts[3]], arn)


def may_use(caller: Caller, action: str, key: Any, context: Context) -> bool:
    """Whether `caller` may do `action` (`kms:Decrypt`) with moto's `key`, given condition keys in lower case."""
    about_key: Context = {"kms:calleraccount": caller.account, "kms:resourcealiases": tuple(_aliases(key))}
    request = asked_by(caller, action, key.arn, {**about_key, **context})
    pinned = KEY_POLICY.pinned(key)
    by_key = evaluate(statements_of(pinned.text), request, pinned.ids) if pinned else Verdict.SILENT
    own = evaluate(own_statements(caller), request)
    if Verdict.DENIED in (by_key, own):
        return False
    if any(_grants(grant, request) for grant in key.grants.values()):
        return True
    if by_key is Verdict.ALLOWED and caller.account == key.account_id:
        return True
    return by_key is not Verdict.SILENT and own is Verdict.ALLOWED


def can_encrypt(call: Call, named: str, service: str) -> bool:
    """Whether a service may encrypt what this call creates under the key that is named: one of the call's account and
    region, enabled, that the caller may use through the service.
    """
    key = find(kms_backends[call.account][call.region], named)
    if key is None or key.key_state != "Enabled":
        return False
    via = {
        "kms:viaservice": f"{service}.{call.region}.amazonaws.com",
        "kms:grantisforawsresource": "true",
    }
    return all(may_use(call.caller, f"kms:{action}", key, via) for action in NEEDED[service])


def _grants(grant: Any, request: Request) -> bool:
    """Whether a grant is for this principal, this operation and this encryption context."""
    constraints: Mapping[str, Mapping[str, str]] = grant.constraints or {}
    given = {
        name.removeprefix(CONTEXT): value
        for name, value in request.context.items()
        if name.startswith(CONTEXT)
    }
    equals = _lower(constraints.get("EncryptionContextEquals"))
    subset = _lower(constraints.get("EncryptionContextSubset"))
    return (
        grant.grantee_principal in (request.principal_arn, request.caller_arn)
        and request.action.removeprefix("kms:") in grant.operations
        and (equals is None or equals == given)
        and (subset is None or subset.items() <= given.items())
    )


def _lower(pairs: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if pairs is None else {name.lower(): value for name, value in pairs.items()}


def _aliases(key: Any) -> Iterator[str]:
    backend = kms_backends[key.account_id][key.region]
    return (alias.alias_name for alias in backend.list_aliases(key_id=key.id))


def _used(call: Call) -> Any:
    """Moto's key that a call names, or that encrypted what it brings."""
    name, secret = call.params.get("KeyId"), call.params.get("CiphertextBlob", b"")
    if name is not None:
        return (
            find_key(name) if name.startswith("arn:") else find(kms_backends[call.account][call.region], name)
        )
    keys = (key for account in accounts.known() for key in kms_backends[account][call.region].keys.values())
    return next((key for key in keys if secret.startswith(key.id.encode())), None)  # moto's blobs begin so


def _is_allowed(call: Call) -> None:
    """AccessDeniedException, worded as KMS words it."""
    key = _used(call)
    if key is None:
        return
    action = f"kms:{call.operation}"
    context = {
        f"{CONTEXT}{name.lower()}": value for name, value in call.params.get("EncryptionContext", {}).items()
    }
    if not may_use(call.caller, action, key, context):
        raise Refused(
            "AccessDeniedException",
            f"User: {call.caller.arn} is not authorized to perform: {action} on resource: {key.arn} because no "
            f"identity-based policy, resource-based policy or grant allows the {action} action",
        )


def _enter_account(call: Call) -> None:
    """Let moto carry the call out in the account of the key: it looks in the caller's only."""
    key = _used(call)
    if key is not None:
        call.response.current_account = key.account_id


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("kms", operation): (_is_allowed, _enter_account) for operation in USES
}
OPERATIONS: dict[Key, Operation] = {}
