"""EBS: encryption by default, the key that it takes, and what becomes of a volume whose key cannot be used.

Source: EBS User Guide, "Enable encryption by default"; EC2 API Reference, CreateVolume (KmsKeyId: the key is looked at
after the answer, so a wrong one shows as a volume in state `error`); EC2 User Guide, "Troubleshoot instance
termination issues" (the codes of an instance that ends at once).
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.elastic_block_store import Volume
from moto.kms.models import kms_backends

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import backend_of
from sandbox.aws.errors import Refused
from sandbox.aws.key_access import can_encrypt
from sandbox.aws.keys import find

AWS_OWN = "alias/aws/ebs"
KEY_IN_WRONG_STATE = "Client.InvalidKMSKey.InvalidState"
KEY_CLOSED = "Client.InternalError"


class FailedVolume(Volume):
    """A volume that was not made, as it is seen for a while."""

    status = "error"


def create_volume(call: Call) -> Any:
    """Moto's volume, encrypted where it has to be; in state `error` if its key cannot be used."""
    volume = call.moto()
    if encrypt(call, volume):
        volume.__class__ = FailedVolume
    return volume


def encrypt(call: Call, volume: Any) -> str:
    """Encrypt a new volume, where that is the default whatever was asked for; the code of why its key cannot be used.

    Every identity of the account may use AWS's own key through EBS.
    """
    backend = backend_of(call)
    if backend.ebs_encryption_by_default and not volume.encrypted:
        volume.encrypted, volume.kms_key_id = True, _default_key(backend)
    if not volume.encrypted:
        return ""
    keys = kms_backends[call.account][call.region]
    key = find(keys, volume.kms_key_id)
    if key is None or key.key_state != "Enabled":
        return KEY_IN_WRONG_STATE
    if key is find(keys, AWS_OWN) or can_encrypt(call, key.arn, "ec2"):
        return ""
    return KEY_CLOSED


def get_default_key(call: Call) -> dict[str, str]:
    """The ARN of the key: AWS's own for EBS, unless another was chosen."""
    return {"KmsKeyId": _default_key(backend_of(call))}


def reset_default_key(call: Call) -> dict[str, str]:
    """AWS's own key for EBS again."""
    return {"KmsKeyId": backend_of(call)._create_default_encryption_key()}


def key_exists(call: Call) -> None:
    """The key may be named by its id, its alias or either's ARN, but has to be there."""
    named = call.params["KmsKeyId"]
    if find(kms_backends[call.account][call.region], named) is None:
        raise Refused("InvalidParameterValue", f"The KMS key '{named}' does not exist")


def _default_key(backend: Any) -> str:
    return str(backend.default_kms_key_id or backend._create_default_encryption_key())


REFUSALS: dict[Key, tuple[Refusal, ...]] = {("ec2", "ModifyEbsDefaultKmsKeyId"): (key_exists,)}
OPERATIONS: dict[Key, Operation] = {
    ("ec2", "CreateVolume"): create_volume,
    ("ec2", "GetEbsDefaultKmsKeyId"): get_default_key,
    ("ec2", "ResetEbsDefaultKmsKeyId"): reset_default_key,
}
