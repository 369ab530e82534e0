"""KMS: keys, aliases, policies, rotation, states, and use of a key in one request and the next."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import ELSEWHERE, MAIN, SECONDARY, Cloud, message, policy, refusal

NO_KEY = "12345678-1234-1234-1234-123456789012"
CONTEXT = {"fleet": "ml-clusters"}


def allowing(principal: str, **changes: Any) -> str:
    statement = {"Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"}
    return policy({**statement, **changes})


@pytest.fixture(scope="module")
def kms(cloud: Cloud) -> Any:
    return cloud.client("kms")


@pytest.fixture
def key(kms: Any) -> str:
    """A new key's id."""
    return str(kms.create_key(Description="x")["KeyMetadata"]["KeyId"])


def state_of(kms: Any, key: str) -> str:
    return str(kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"])


def test_a_new_key(kms: Any) -> None:
    tags = [{"TagKey": "fleet", "TagValue": "ml-clusters"}]
    made = kms.create_key(Description="State", Tags=tags)["KeyMetadata"]
    key = made["KeyId"]
    assert {name: value for name, value in made.items() if name != "CreationDate"} == {
        "AWSAccountId": MAIN,
        "KeyId": key,
        "Arn": f"arn:aws:kms:us-east-1:{MAIN}:key/{key}",
        "Description": "State",
        "Enabled": True,
        "KeyState": "Enabled",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "Origin": "AWS_KMS",
        "MultiRegion": False,
    }
    described = kms.describe_key(KeyId=made["Arn"])["KeyMetadata"]
    assert described["CreationDate"] - made["CreationDate"] < timedelta(seconds=1)
    assert {**described, "CreationDate": made["CreationDate"]} == made
    assert kms.list_resource_tags(KeyId=key)["Tags"] == tags
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "team", "TagValue": "ml"}])
    kms.untag_resource(KeyId=key, TagKeys=["fleet"])
    assert kms.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "team", "TagValue": "ml"}]


def test_an_alias_stands_for_its_key(kms: Any, key: str) -> None:
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    arn = f"arn:aws:kms:us-east-1:{MAIN}:alias/mine"
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key)
    for name in ("alias/mine", arn):
        assert kms.describe_key(KeyId=name)["KeyMetadata"]["KeyId"] == key
    shown = {"AliasName": "alias/mine", "AliasArn": arn, "TargetKeyId": key}
    assert kms.list_aliases(KeyId=key)["Aliases"] == [shown]
    again = refusal(lambda: kms.create_alias(AliasName="alias/mine", TargetKeyId=other))
    assert again == "AlreadyExistsException"
    kms.update_alias(AliasName="alias/mine", TargetKeyId=other)
    assert kms.describe_key(KeyId="alias/mine")["KeyMetadata"]["KeyId"] == other
    kms.delete_alias(AliasName="alias/mine")
    assert kms.list_aliases(KeyId=other)["Aliases"] == []
    assert state_of(kms, other) == "Enabled"


def test_a_policy_is_read_as_it_was_written(kms: Any, key: str) -> None:
    def read() -> Any:
        return json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])

    assert read()["Statement"] == [
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{MAIN}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ]
    written = policy(
        {"Principal": {"AWS": f"arn:aws:iam::{MAIN}:root"}, "Action": "kms:*", "Resource": "*"},
        {"Principal": {"AWS": SECONDARY}, "Action": "kms:Decrypt", "Resource": "*"},
    )
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=written)
    assert read() == json.loads(written)
    assert kms.list_key_policies(KeyId=key)["PolicyNames"] == ["default"]


@pytest.mark.parametrize(
    "locked",
    [
        pytest.param(allowing(f"arn:aws:iam::{SECONDARY}:root"), id="another account"),
        pytest.param(allowing(f"arn:aws:iam::{MAIN}:root", Action="kms:Decrypt"), id="not this action"),
        pytest.param(
            policy(
                {"Principal": {"AWS": MAIN}, "Action": "kms:*", "Resource": "*"},
                {"Effect": "Deny", "Principal": "*", "Action": "kms:Put*", "Resource": "*"},
            ),
            id="denied",
        ),
    ],
)
def test_a_policy_does_not_lock_its_writer_out(kms: Any, key: str, locked: str) -> None:
    for call in (
        lambda: kms.put_key_policy(KeyId=key, PolicyName="default", Policy=locked),
        lambda: kms.create_key(Policy=locked),
    ):
        assert refusal(call) == "MalformedPolicyDocumentException"
        assert message(call) == (
            "The new key policy will not allow you to update the key policy in the future."
        )
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=locked, BypassPolicyLockoutSafetyCheck=True)
    assert json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]) == json.loads(locked)


def test_rotation(kms: Any, key: str) -> None:
    def rotates() -> bool:
        return bool(kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"])

    assert not rotates()
    kms.enable_key_rotation(KeyId=key)
    assert rotates()
    kms.disable_key_rotation(KeyId=key)
    assert not rotates()


def test_what_one_request_encrypts_the_next_decrypts(kms: Any, key: str) -> None:
    kms.create_alias(AliasName="alias/used", TargetKeyId=key)
    arn = f"arn:aws:kms:us-east-1:{MAIN}:key/{key}"
    encrypted = kms.encrypt(KeyId="alias/used", Plaintext=b"secret", EncryptionContext=CONTEXT)
    assert encrypted["KeyId"] == arn
    assert b"secret" not in encrypted["CiphertextBlob"]
    decrypted = kms.decrypt(CiphertextBlob=encrypted["CiphertextBlob"], EncryptionContext=CONTEXT)
    assert (decrypted["KeyId"], decrypted["Plaintext"]) == (arn, b"secret")
    data_key = kms.generate_data_key(KeyId="alias/used", KeySpec="AES_256")
    assert len(data_key["Plaintext"]) == 32
    assert kms.decrypt(CiphertextBlob=data_key["CiphertextBlob"])["Plaintext"] == data_key["Plaintext"]
    kms.delete_alias(AliasName="alias/used")
    assert kms.decrypt(CiphertextBlob=data_key["CiphertextBlob"])["Plaintext"] == data_key["Plaintext"]


def test_a_secret_needs_its_context(kms: Any, key: str) -> None:
    blob = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=CONTEXT)["CiphertextBlob"]
    assert refusal(lambda: kms.decrypt(CiphertextBlob=blob)) == "InvalidCiphertextException"


@pytest.mark.parametrize(("account", "region"), ELSEWHERE)
def test_a_secret_is_of_one_account_and_region(
    cloud: Cloud, kms: Any, key: str, account: str, region: str
) -> None:
    blob, other = (
        kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"],
        cloud.client("kms", account, region),
    )
    assert refusal(lambda: other.decrypt(CiphertextBlob=blob)) == "AccessDeniedException"


Use = Callable[[Any, str, bytes], object]
USES: dict[str, Use] = {
    "encrypt": lambda kms, key, _: kms.encrypt(KeyId=key, Plaintext=b"x"),
    "decrypt": lambda kms, _, blob: kms.decrypt(CiphertextBlob=blob),
    "data key": lambda kms, key, _: kms.generate_data_key(KeyId=key, KeySpec="AES_256"),
    "rotate": lambda kms, key, _: kms.enable_key_rotation(KeyId=key),
}
CHANGES: dict[str, Use] = {
    "alias": lambda kms, key, _: kms.create_alias(AliasName=f"alias/{key}", TargetKeyId=key),
    "tag": lambda kms, key, _: kms.tag_resource(KeyId=key, Tags=[{"TagKey": "a", "TagValue": "b"}]),
    "describe": lambda kms, key, _: kms.update_key_description(KeyId=key, Description="y"),
}


@pytest.mark.parametrize("use", USES)
def test_a_disabled_key_is_not_used(kms: Any, key: str, use: str) -> None:
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    kms.disable_key(KeyId=key)
    assert state_of(kms, key) == "Disabled"
    assert message(lambda: USES[use](kms, key, blob)) == (
        f"arn:aws:kms:us-east-1:{MAIN}:key/{key} is disabled."
    )
    assert refusal(lambda: USES[use](kms, key, blob)) == "DisabledException"
    kms.enable_key(KeyId=key)
    USES[use](kms, key, blob)


@pytest.mark.parametrize("change", CHANGES)
def test_a_disabled_key_may_be_changed(kms: Any, key: str, change: str) -> None:
    kms.disable_key(KeyId=key)
    CHANGES[change](kms, key, b"")


@pytest.mark.parametrize("use", [*USES, *CHANGES])
def test_a_key_that_waits_for_its_deletion_is_neither_used_nor_changed(kms: Any, key: str, use: str) -> None:
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    call = {**USES, **CHANGES}[use]
    assert message(lambda: call(kms, key, blob)) == (
        f"arn:aws:kms:us-east-1:{MAIN}:key/{key} is pending deletion."
    )
    assert refusal(lambda: call(kms, key, blob)) == "KMSInvalidStateException"


@pytest.mark.parametrize("days", [6, 31])
def test_a_deletion_waits_for_a_week_to_a_month(kms: Any, key: str, days: int) -> None:
    refused = refusal(lambda: kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=days))
    assert refused == "ValidationException"
    assert state_of(kms, key) == "Enabled"


def test_a_deletion_waits_and_can_be_called_off(kms: Any, key: str) -> None:
    assert refusal(lambda: kms.cancel_key_deletion(KeyId=key)) == "KMSInvalidStateException"
    deleted = kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert abs(deleted["DeletionDate"] - datetime.now(UTC) - timedelta(days=7)) < timedelta(minutes=1)
    assert state_of(kms, key) == "PendingDeletion"
    for call in (
        lambda: kms.schedule_key_deletion(KeyId=key),
        lambda: kms.enable_key(KeyId=key),
        lambda: kms.disable_key(KeyId=key),
    ):
        assert refusal(call) == "KMSInvalidStateException"
    kms.cancel_key_deletion(KeyId=key)
    assert state_of(kms, key) == "Disabled"
    kms.enable_key(KeyId=key)
    assert state_of(kms, key) == "Enabled"


REFUSED: list[tuple[str, Callable[[Any], object], str]] = [
    ("a key", lambda k: k.describe_key(KeyId=NO_KEY), "NotFoundException"),
    ("an alias", lambda k: k.describe_key(KeyId="alias/nothing"), "NotFoundException"),
    ("the end of an alias", lambda k: k.delete_alias(AliasName="alias/nothing"), "NotFoundException"),
    ("use by id", lambda k: k.encrypt(KeyId=NO_KEY, Plaintext=b"x"), "NotFoundException"),
    ("use by alias", lambda k: k.encrypt(KeyId="alias/nothing", Plaintext=b"x"), "NotFoundException"),
    (
        "an alias of no key",
        lambda k: k.create_alias(AliasName="alias/nothing", TargetKeyId=NO_KEY),
        "NotFoundException",
    ),
    ("a secret of nothing", lambda k: k.decrypt(CiphertextBlob=b"x"), "InvalidCiphertextException"),
]


@pytest.mark.parametrize(
    ("call", "code"), [pytest.param(call, code, id=name) for name, call, code in REFUSED]
)
def test_what_is_not_there(kms: Any, call: Callable[[Any], object], code: str) -> None:
    assert refusal(lambda: call(kms)) == code


def test_a_name_of_an_alias_begins_with_the_word(kms: Any, key: str) -> None:
    assert refusal(lambda: kms.create_alias(AliasName="x", TargetKeyId=key)) == "ValidationException"


def test_the_state_of_a_key_is_changed_by_its_arn_as_by_its_id(kms: Any, key: str) -> None:
    arn = kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    kms.disable_key(KeyId=arn)
    assert state_of(kms, key) == "Disabled"
    kms.enable_key(KeyId=arn)
    assert state_of(kms, key) == "Enabled"
    gone = kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    assert (gone["KeyId"], gone["KeyState"], gone["PendingWindowInDays"]) == (arn, "PendingDeletion", 7)
    assert gone["DeletionDate"] - datetime.now(UTC) > timedelta(days=6)
    assert kms.cancel_key_deletion(KeyId=arn)["KeyId"] == arn
    assert state_of(kms, key) == "Disabled"
    assert refusal(lambda: kms.disable_key(KeyId=arn.replace(key, NO_KEY))) == "NotFoundException"
