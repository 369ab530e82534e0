"""KMS: who may use a key of the own account, of another one, and by a grant."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import MAIN, SECONDARY, Cloud, policy, refusal, trust

ROOT, OTHER_ROOT = f"arn:aws:iam::{MAIN}:root", f"arn:aws:iam::{SECONDARY}:root"
CONTEXT = {"Team": "ml"}
DENIED = "AccessDeniedException"


@pytest.fixture(scope="module")
def carrier(cloud: Cloud) -> Any:
    """KMS as a role of the secondary account that may use any key."""
    iam = cloud.client("iam", "secondary")
    iam.create_role(RoleName="carrier", AssumeRolePolicyDocument=trust(SECONDARY))
    document = policy({"Action": ["kms:Encrypt", "kms:Decrypt"], "Resource": "*"})
    iam.put_role_policy(RoleName="carrier", PolicyName="keys", PolicyDocument=document)
    arn = f"arn:aws:iam::{SECONDARY}:role/carrier"
    answer = cloud.client("sts", "secondary").assume_role(RoleArn=arn, RoleSessionName="test")
    return cloud.as_session("kms", answer["Credentials"])


def key_of(cloud: Cloud, *statements: dict[str, Any]) -> str:
    """The ARN of a key of the main account, which its administrators manage, with these statements besides."""
    manage = {"Principal": {"AWS": ROOT}, "Action": ["kms:PutKeyPolicy", "kms:CreateGrant"], "Resource": "*"}
    made = cloud.client("kms").create_key(Policy=policy(manage, *statements))
    return str(made["KeyMetadata"]["Arn"])


def encrypt(kms: Any, key: str) -> str:
    return refusal(lambda: kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=CONTEXT))[:21]


def test_a_key_that_delegates_no_use_is_used_by_no_administrator(cloud: Cloud) -> None:
    assert encrypt(cloud.client("kms"), key_of(cloud)) == DENIED


def test_another_account_needs_the_key_s_policy(cloud: Cloud, carrier: Any) -> None:
    admitting = {"Principal": {"AWS": OTHER_ROOT}, "Action": "kms:Encrypt", "Resource": "*"}
    assert encrypt(carrier, key_of(cloud)) == DENIED
    assert encrypt(carrier, key_of(cloud, admitting)).startswith("accepted")


def test_another_account_needs_its_own_policy_too(cloud: Cloud, carrier: Any) -> None:
    key = key_of(cloud, {"Principal": {"AWS": OTHER_ROOT}, "Action": "kms:*", "Resource": "*"})
    assert encrypt(carrier, key).startswith("accepted")
    assert refusal(lambda: carrier.generate_data_key(KeyId=key, KeySpec="AES_256")) == DENIED


@pytest.mark.parametrize(("role", "answer"), [("carrier", "accepted"), ("other", DENIED)])
def test_a_delegation_is_narrowed_by_the_principal_s_arn(
    cloud: Cloud, carrier: Any, role: str, answer: str
) -> None:
    narrowed = {
        "Principal": {"AWS": OTHER_ROOT},
        "Action": "kms:Encrypt",
        "Resource": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{SECONDARY}:role/{role}"}},
    }
    assert encrypt(carrier, key_of(cloud, narrowed)).startswith(answer)


def test_what_one_account_encrypts_another_decrypts_where_it_may(cloud: Cloud, carrier: Any) -> None:
    both = {
        "Principal": {"AWS": [ROOT, OTHER_ROOT]},
        "Action": ["kms:Encrypt", "kms:Decrypt"],
        "Resource": "*",
    }
    kms, key = cloud.client("kms"), key_of(cloud, both)
    blob = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=CONTEXT)["CiphertextBlob"]
    opened = carrier.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)
    assert (opened["KeyId"], opened["Plaintext"]) == (key, b"x")


def test_a_use_by_alias_is_told_from_one_that_the_policy_does_not_name(cloud: Cloud) -> None:
    kms = cloud.client("kms")
    named = {
        "Principal": {"AWS": ROOT},
        "Action": ["kms:Encrypt", "kms:CreateAlias"],
        "Resource": "*",
        "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/named"}},
    }
    key = key_of(cloud, named)
    kms.create_alias(AliasName="alias/first", TargetKeyId=key)
    assert encrypt(kms, key) == DENIED
    kms.create_alias(AliasName="alias/named", TargetKeyId=key)
    assert encrypt(kms, key).startswith("accepted")


def test_a_grant_is_for_its_principal_its_operations_and_its_context(cloud: Cloud, carrier: Any) -> None:
    kms, key = cloud.client("kms"), key_of(cloud)
    granted = kms.create_grant(
        KeyId=key,
        GranteePrincipal=f"arn:aws:iam::{SECONDARY}:role/carrier",
        Operations=["Encrypt"],
        Constraints={"EncryptionContextSubset": CONTEXT},
    )
    assert encrypt(carrier, key).startswith("accepted")
    assert refusal(lambda: carrier.encrypt(KeyId=key, Plaintext=b"x")) == DENIED
    assert refusal(lambda: carrier.generate_data_key(KeyId=key, KeySpec="AES_256")) == DENIED
    kms.revoke_grant(KeyId=key, GrantId=granted["GrantId"])
    assert encrypt(carrier, key) == DENIED


def through(service: str, *actions: str) -> dict[str, Any]:
    return {
        "Principal": {"AWS": ROOT},
        "Action": list(actions),
        "Resource": "*",
        "Condition": {"StringEquals": {"kms:ViaService": f"{service}.us-east-1.amazonaws.com"}},
    }


STORAGE = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*")


@pytest.mark.parametrize(
    ("statements", "answer"),
    [
        ((through("elasticfilesystem", *STORAGE),), "accepted"),
        ((through("fsx", *STORAGE),), "BadRequest"),
        ((through("elasticfilesystem", STORAGE[0], *STORAGE[2:]),), "BadRequest"),
        ((), "BadRequest"),
    ],
    ids=["through the service", "through another", "without one of them", "not at all"],
)
def test_a_file_system_asks_the_policy_of_its_key(
    cloud: Cloud, statements: tuple[dict[str, Any], ...], answer: str
) -> None:
    key = key_of(cloud, *statements)
    made = refusal(lambda: cloud.client("efs").create_file_system(Encrypted=True, KmsKeyId=key))
    assert made.startswith(answer)


@pytest.mark.parametrize(
    ("service", "answer"), [("ecr", "accepted"), ("fsx", "KmsException")], ids=["ecr", "another service"]
)
def test_a_repository_asks_the_policy_of_its_key(cloud: Cloud, service: str, answer: str) -> None:
    key = key_of(cloud, through(service, "kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"))
    encryption = {"encryptionType": "KMS", "kmsKey": key}
    made = refusal(
        lambda: cloud.client("ecr").create_repository(
            repositoryName=f"from-{service}", encryptionConfiguration=encryption
        )
    )
    assert made.startswith(answer)
