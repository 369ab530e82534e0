"""The key that encrypts the state bucket and the stacks' secrets."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from automation.bootstrap.desired import TAGS
from automation.bootstrap.step import MISSING, OK, Finding, Step, differs
from automation.errors import FleetError
from plan import names


def step(kms: Any, *, account: str, region: str) -> Step:
    """The key, its alias and its yearly rotation."""

    def check() -> Finding:
        key = describe(kms)
        if key is None:
            return MISSING
        if key["KeyState"] != "Enabled":
            return differs(f"is {key['KeyState']}")
        rotates = kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]
        return OK if rotates else differs("does not rotate")

    def apply() -> None:
        key = describe(kms) or _create(kms)
        if key["KeyState"] != "Enabled":
            # What the key encrypted is lost with it; a new one under the same alias would hide that.
            raise FleetError(
                f"the state key {key['KeyId']} is {key['KeyState']}",
                remedy="bring it back: aws kms cancel-key-deletion, then aws kms enable-key",
            )
        kms.enable_key_rotation(KeyId=key["KeyId"])

    return Step(
        account=account,
        region=region,
        what=f"KMS key {names.STATE_KEY_ALIAS}, rotated",
        check=check,
        apply=apply,
    )


def describe(kms: Any) -> dict[str, Any] | None:
    """The key behind the alias, or None."""
    try:
        key: dict[str, Any] = kms.describe_key(KeyId=names.STATE_KEY_ALIAS)["KeyMetadata"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        return None
    return key


def _create(kms: Any) -> dict[str, Any]:
    """A key under the default key policy: the account's IAM policies decide who may use it."""
    tags = [{"TagKey": name, "TagValue": value} for name, value in TAGS.items()]
    key: dict[str, Any] = kms.create_key(Description="State of the ml-clusters fleet", Tags=tags)[
        "KeyMetadata"
    ]
    kms.create_alias(AliasName=names.STATE_KEY_ALIAS, TargetKeyId=key["KeyId"])
    return key
