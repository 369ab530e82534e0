"""KMS keys: one that waits for its deletion cannot be used. Source: KMS Developer Guide, "Key states"."""

from __future__ import annotations

from moto.kms.models import kms_backends

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused

USES = (
    "Decrypt",
    "DisableKeyRotation",
    "EnableKeyRotation",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncrypt",
    "TagResource",
)


def is_usable(call: Call) -> None:
    """KMSInvalidStateException for a key that is pending deletion."""
    backend = kms_backends[call.account][call.region]
    named = call.params.get("KeyId")
    key = backend.keys.get(backend.any_id_to_key_id(named)) if named else None
    if key is not None and key.key_state == "PendingDeletion":
        raise Refused("KMSInvalidStateException", f"{key.arn} is pending deletion.")


REFUSALS: dict[Key, tuple[Refusal, ...]] = {("kms", operation): (is_usable,) for operation in USES}
OPERATIONS: dict[Key, Operation] = {}
