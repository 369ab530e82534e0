"""KMS keys: their states, their policies, and the time until they are gone.

Source: KMS Developer Guide, "Key states of KMS keys", and the pages of KMS API Reference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from moto.kms.models import kms_backends

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.identity import own_statements, request_of
from sandbox.aws.policies import Verdict, evaluate, statements_of
from sandbox.aws.values import constraint

USES = (
    "Decrypt",
    "DisableKeyRotation",
    "EnableKeyRotation",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncrypt",
)
"""Operations that need an enabled key."""
CHANGES = (
    "CreateAlias",
    "DisableKey",
    "EnableKey",
    "ScheduleKeyDeletion",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateKeyDescription",
)
"""Operations that a disabled key takes, and one that waits for its deletion does not."""
STATE_CHANGES = ("CancelKeyDeletion", "DisableKey", "EnableKey", "ScheduleKeyDeletion")
KEY_PARAMETERS = ("KeyId", "TargetKeyId", "DestinationKeyId")
SHORTEST_WINDOW_DAYS, LONGEST_WINDOW_DAYS = 7, 30
SHORTEST_ROTATION_DAYS, DEFAULT_ROTATION_DAYS, LONGEST_ROTATION_DAYS = 90, 365, 2560


def is_enabled(call: Call) -> None:
    """DisabledException."""
    for key in _keys(call):
        if not key.enabled and key.key_state == "Disabled":
            raise Refused("DisabledException", f"{key.arn} is disabled.")


def is_not_going(call: Call) -> None:
    """KMSInvalidStateException for a key that is pending deletion."""
    for key in _keys(call):
        if key.key_state == "PendingDeletion":
            raise Refused("KMSInvalidStateException", f"{key.arn} is pending deletion.")


def is_going(call: Call) -> None:
    """Only a deletion that was scheduled can be called off."""
    for key in _keys(call):
        if key.key_state != "PendingDeletion":
            raise Refused("KMSInvalidStateException", f"{key.arn} is not pending deletion.")


def window_fits(call: Call) -> None:
    """ScheduleKeyDeletion: 7 to 30 days."""
    days = call.params.get("PendingWindowInDays", LONGEST_WINDOW_DAYS)
    if not SHORTEST_WINDOW_DAYS <= days <= LONGEST_WINDOW_DAYS:
        must = f"be between {SHORTEST_WINDOW_DAYS} and {LONGEST_WINDOW_DAYS}"
        raise Refused("ValidationException", constraint("PendingWindowInDays", days, must))


def rotation_period_fits(call: Call) -> None:
    """EnableKeyRotation: 90 to 2560 days."""
    days = call.params.get("RotationPeriodInDays", DEFAULT_ROTATION_DAYS)
    if not SHORTEST_ROTATION_DAYS <= days <= LONGEST_ROTATION_DAYS:
        must = f"be between {SHORTEST_ROTATION_DAYS} and {LONGEST_ROTATION_DAYS}"
        raise Refused("ValidationException", constraint("RotationPeriodInDays", days, must))


def policy_can_be_changed(call: Call) -> None:
    """The lockout check of CreateKey and PutKeyPolicy: the caller must be able to change the policy once more."""
    text = call.params.get("Policy")
    if text is None or call.params.get("BypassPolicyLockoutSafetyCheck"):
        return
    arn = next((key.arn for key in _keys(call)), f"arn:aws:kms:{call.region}:{call.account}:key/new")
    request = request_of(call, "kms:PutKeyPolicy", arn, {})
    verdict = evaluate(statements_of(text), request)
    own = evaluate(own_statements(call.caller), request)
    if verdict is not Verdict.ALLOWED and (verdict, own) != (Verdict.DELEGATED, Verdict.ALLOWED):
        raise Refused(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
        )


def create_key(call: Call) -> Any:
    """Moto's key, with the defaults of CreateKey that moto leaves empty."""
    key_id = json.loads(call.moto())["KeyMetadata"]["KeyId"]
    key = kms_backends[call.account][call.region].keys[key_id]
    key.key_usage, key.multi_region = key.key_usage or "ENCRYPT_DECRYPT", bool(key.multi_region)
    return key.to_dict()


def change_state(call: Call) -> dict[str, Any]:
    """What moto does to a key's state, which it does for a bare id alone, and not for the key's ARN."""
    key = next(_keys(call), None)
    if key is None:
        refusal: dict[str, Any] = call.moto()
        return refusal
    backend = kms_backends[call.account][call.region]
    match call.operation:
        case "DisableKey":
            backend.disable_key(key.id)
        case "EnableKey":
            backend.enable_key(key.id)
        case "CancelKeyDeletion":
            backend.cancel_key_deletion(key.id)
            return {"KeyId": key.arn}
        case _:
            days = call.params.get("PendingWindowInDays", LONGEST_WINDOW_DAYS)
            date = backend.schedule_key_deletion(key.id, days)
            state = {"KeyState": key.key_state, "PendingWindowInDays": days}
            return {"KeyId": key.arn, "DeletionDate": date, **state}
    return {}


def enable_rotation(call: Call) -> dict[str, Any]:
    """Moto's rotation, with the period that moto does not keep."""
    call.moto()
    for key in _keys(call):
        key.rotation_days = call.params.get("RotationPeriodInDays", DEFAULT_ROTATION_DAYS)
    return {}


def rotation_status(call: Call) -> dict[str, Any]:
    """Whether a key rotates, and how often."""
    call.moto()  # refuses a key that is not there
    (key,) = _keys(call)
    status = {"KeyId": key.id, "KeyRotationEnabled": key.key_rotation_status}
    return {**status, "RotationPeriodInDays": key.rotation_days} if key.key_rotation_status else status


def find(backend: Any, name: str) -> Any:
    """Moto's key of an id, an alias or either's ARN; None if there is none (moto's own search then fails)."""
    name = backend.get_alias_name(name)
    is_alias = name.startswith("alias/")
    return backend.keys.get(backend.get_key_id_from_alias(name) if is_alias else backend.get_key_id(name))


def _keys(call: Call) -> Iterator[Any]:
    """The keys that a call names, or that encrypted what it brings."""
    backend = kms_backends[call.account][call.region]
    named = [find(backend, call.params[name]) for name in KEY_PARAMETERS if name in call.params]
    secret = call.params.get("CiphertextBlob", b"")  # moto's begins with the id of its key
    for key in tuple(backend.keys.values()):
        if key in named or secret.startswith(key.id.encode()):
            yield key


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    **{("kms", operation): (is_not_going, is_enabled) for operation in USES},
    **{("kms", operation): (is_not_going,) for operation in CHANGES},
    ("kms", "EnableKeyRotation"): (is_not_going, is_enabled, rotation_period_fits),
    ("kms", "ScheduleKeyDeletion"): (is_not_going, window_fits),
    ("kms", "CancelKeyDeletion"): (is_going,),
    ("kms", "CreateKey"): (policy_can_be_changed,),
    ("kms", "PutKeyPolicy"): (policy_can_be_changed,),
}
OPERATIONS: dict[Key, Operation] = {
    **dict.fromkeys([("kms", operation) for operation in STATE_CHANGES], change_state),
    ("kms", "CreateKey"): create_key,
    ("kms", "EnableKeyRotation"): enable_rotation,
    ("kms", "GetKeyRotationStatus"): rotation_status,
}
