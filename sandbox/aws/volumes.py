"""EBS: encryption by default and the key that it takes. Source: EBS User Guide, "Enable encryption by default"."""

from __future__ import annotations

from typing import Any

from moto.kms.models import kms_backends

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import backend_of
from sandbox.aws.errors import Refused
from sandbox.aws.keys import find


def create_volume(call: Call) -> Any:
    """Moto's volume; where encryption is the default it is encrypted, whatever was asked for."""
    volume, backend = call.moto(), backend_of(call)
    if backend.ebs_encryption_by_default and not volume.encrypted:
        volume.encrypted, volume.kms_key_id = True, _default_key(backend)
    return volume


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
