"""EBS: encryption by default and its key, per account and region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import ELSEWHERE, MAIN, Cloud, policy, refusal

CLOSED = policy(
    {
        "Principal": {"AWS": f"arn:aws:iam::{MAIN}:root"},
        "Action": ["kms:Describe*", "kms:Put*", "kms:Enable*", "kms:Disable*"],
        "Resource": "*",
    }
)
"""Who administers the key may not use it."""


@pytest.fixture
def ec2(cloud: Cloud) -> Iterator[Any]:
    ec2 = cloud.client("ec2")
    yield ec2
    ec2.disable_ebs_encryption_by_default()
    ec2.reset_ebs_default_kms_key_id()


def default_key(ec2: Any) -> str:
    return str(ec2.get_ebs_default_kms_key_id()["KmsKeyId"])


def encrypts(ec2: Any) -> bool:
    return bool(ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"])


def volume(ec2: Any, **more: Any) -> tuple[bool, str | None]:
    """Whether a new volume is encrypted, and by which key."""
    made = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, **more)["VolumeId"]
    (read,) = ec2.describe_volumes(VolumeIds=[made])["Volumes"]
    ec2.delete_volume(VolumeId=made)
    return read["Encrypted"], read.get("KmsKeyId")


def test_volumes_are_encrypted_when_that_is_the_default(ec2: Any) -> None:
    assert not encrypts(ec2)
    assert volume(ec2) == (False, None)
    assert ec2.enable_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
    assert encrypts(ec2)
    assert volume(ec2) == (True, default_key(ec2))
    assert volume(ec2, Encrypted=False) == (True, default_key(ec2))
    assert ec2.disable_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False
    assert volume(ec2) == (False, None)


def test_the_default_key_is_awss_own_until_another_is_chosen(cloud: Cloud, ec2: Any) -> None:
    kms = cloud.client("kms")
    own = default_key(ec2)
    assert kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"] == own
    chosen = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/volumes", TargetKeyId=chosen["KeyId"])
    ec2.enable_ebs_encryption_by_default()
    for name in (chosen["KeyId"], chosen["Arn"], "alias/volumes"):
        assert ec2.modify_ebs_default_kms_key_id(KmsKeyId=name)["KmsKeyId"] == chosen["Arn"]
        assert default_key(ec2) == chosen["Arn"]
        assert volume(ec2) == (True, chosen["Arn"])
        assert ec2.reset_ebs_default_kms_key_id()["KmsKeyId"] == own
        assert volume(ec2) == (True, own)


@pytest.mark.parametrize("name", ["alias/nothing", "12345678-1234-1234-1234-123456789012"])
def test_a_key_that_is_not_there(ec2: Any, name: str) -> None:
    before = default_key(ec2)
    refused = refusal(lambda: ec2.modify_ebs_default_kms_key_id(KmsKeyId=name))
    assert refused == "InvalidParameterValue"
    assert default_key(ec2) == before


def test_another_account_or_region_has_its_own_default(cloud: Cloud, ec2: Any) -> None:
    ec2.enable_ebs_encryption_by_default()
    others = [cloud.client("ec2", account, region) for account, region in ELSEWHERE]
    assert [encrypts(other) for other in others] == [False, False]
    assert len({default_key(client) for client in (ec2, *others)}) == 3


@pytest.fixture
def key(cloud: Cloud) -> str:
    return str(cloud.client("kms").create_key()["KeyMetadata"]["Arn"])


def volume_state(ec2: Any, key: str) -> str:
    made = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, Encrypted=True, KmsKeyId=key)["VolumeId"]
    (read,) = ec2.describe_volumes(VolumeIds=[made])["Volumes"]
    return str(read["State"])


def launch(ec2: Any, **disk: Any) -> tuple[str, str | None]:
    """The state of a new instance and the code of its reason."""
    (image, *_) = ec2.describe_images(Owners=["amazon"])["Images"]
    mapping = {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8, **disk}}
    (made,) = ec2.run_instances(
        ImageId=image["ImageId"], MinCount=1, MaxCount=1, BlockDeviceMappings=[mapping]
    )["Instances"]
    (found,) = ec2.describe_instances(InstanceIds=[made["InstanceId"]])["Reservations"]
    (instance,) = found["Instances"]
    return instance["State"]["Name"], instance.get("StateReason", {}).get("Code")


def test_a_key_that_is_open_encrypts_a_volume(ec2: Any, key: str) -> None:
    assert volume_state(ec2, key) == "available"
    state, _ = launch(ec2, Encrypted=True, KmsKeyId=key)
    assert state == "running"


def test_a_key_that_is_closed_to_the_caller_ends_volume_and_instance(
    cloud: Cloud, ec2: Any, key: str
) -> None:
    cloud.client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=CLOSED)
    assert volume_state(ec2, key) == "error"
    assert launch(ec2, Encrypted=True, KmsKeyId=key) == ("terminated", "Client.InternalError")


def test_a_disabled_key_ends_them_too_and_also_as_the_default(cloud: Cloud, ec2: Any, key: str) -> None:
    kms = cloud.client("kms")
    ec2.enable_ebs_encryption_by_default()
    ec2.modify_ebs_default_kms_key_id(KmsKeyId=key)
    assert launch(ec2)[0] == "running"
    kms.disable_key(KeyId=key)
    assert volume_state(ec2, key) == "error"
    assert launch(ec2) == ("terminated", "Client.InvalidKMSKey.InvalidState")
    kms.enable_key(KeyId=key)
    assert launch(ec2)[0] == "running"
