from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import MAIN, SECONDARY, Cloud, refusal

PUBLIC_ACCESS_BLOCK = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
NEW = "ml-clusters-new"
SSE_S3 = {
    "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]
}


@pytest.fixture
def new(cloud: Cloud) -> Iterator[Any]:
    """S3 with a bucket that nobody has changed."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=NEW)
    yield s3
    s3.delete_bucket(Bucket=NEW)


def encryption(s3: Any) -> Any:
    return s3.get_bucket_encryption(Bucket=NEW)["ServerSideEncryptionConfiguration"]


def test_a_new_bucket_is_closed_encrypted_and_its_owners(new: Any) -> None:
    block = new.get_public_access_block(Bucket=NEW)["PublicAccessBlockConfiguration"]
    assert block == PUBLIC_ACCESS_BLOCK
    ownership = new.get_bucket_ownership_controls(Bucket=NEW)["OwnershipControls"]
    assert ownership == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert encryption(new) == SSE_S3
    assert "Status" not in new.get_bucket_versioning(Bucket=NEW)
    for read, code in (
        (new.get_bucket_policy, "NoSuchBucketPolicy"),
        (new.get_bucket_lifecycle_configuration, "NoSuchLifecycleConfiguration"),
        (new.get_bucket_tagging, "NoSuchTagSet"),
    ):
        assert refusal(partial(read, Bucket=NEW)) == code


def test_an_object_is_encrypted_as_its_bucket_says(new: Any) -> None:
    put = new.put_object(Bucket=NEW, Key="a", Body=b"x")
    assert put["ServerSideEncryption"] == "AES256"
    assert new.head_object(Bucket=NEW, Key="a")["ServerSideEncryption"] == "AES256"
    new.delete_object(Bucket=NEW, Key="a")


def test_no_bucket_is_without_encryption(new: Any) -> None:
    by_kms = {
        "Rules": [
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
        ]
    }
    new.put_bucket_encryption(Bucket=NEW, ServerSideEncryptionConfiguration=by_kms)
    assert encryption(new) == by_kms
    new.delete_bucket_encryption(Bucket=NEW)
    assert encryption(new) == SSE_S3


def test_what_a_bucket_is_closed_by_can_be_taken_away(new: Any) -> None:
    new.delete_public_access_block(Bucket=NEW)
    new.delete_bucket_ownership_controls(Bucket=NEW)
    unset = refusal(lambda: new.get_public_access_block(Bucket=NEW))
    assert unset == "NoSuchPublicAccessBlockConfiguration"
    unset = refusal(lambda: new.get_bucket_ownership_controls(Bucket=NEW))
    assert unset == "OwnershipControlsNotFoundError"


def test_a_bucket_whose_owner_owns_all_takes_no_acl(new: Any) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: new.put_bucket_acl(Bucket=NEW, ACL="private"),
        lambda: new.put_object(Bucket=NEW, Key="a", ACL="public-read"),
    ]
    for call in calls:
        assert refusal(call) == "AccessControlListNotSupported"
    new.put_object(Bucket=NEW, Key="a", ACL="bucket-owner-full-control")
    owners = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    new.put_bucket_ownership_controls(Bucket=NEW, OwnershipControls=owners)
    for call in calls:
        call()
    new.delete_object(Bucket=NEW, Key="a")


def test_lifecycle_rules_are_read_as_they_were_put(new: Any) -> None:
    def rules() -> Any:
        return new.get_bucket_lifecycle_configuration(Bucket=NEW)["Rules"]

    def put(*wanted: dict[str, Any]) -> None:
        configuration = {"Rules": list(wanted)}
        new.put_bucket_lifecycle_configuration(Bucket=NEW, LifecycleConfiguration=configuration)

    old = {
        "ID": "old",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 50},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }
    cold = {
        "ID": "cold",
        "Status": "Disabled",
        "Filter": {"And": {"Prefix": "data/", "Tags": [{"Key": "a", "Value": "b"}]}},
        "Transitions": [{"Days": 30, "StorageClass": "GLACIER_IR"}],
        "NoncurrentVersionTransitions": [
            {"NoncurrentDays": 30, "StorageClass": "GLACIER", "NewerNoncurrentVersions": 3}
        ],
    }
    put(old, cold)
    assert rules() == [old, cold]
    put(cold)
    assert rules() == [cold]
    without = {**old, "NoncurrentVersionExpiration": {"NewerNoncurrentVersions": 50}}
    assert refusal(lambda: put(without)) == "MalformedXML"
    assert rules() == [cold]
    new.delete_bucket_lifecycle(Bucket=NEW)
    assert refusal(rules) == "NoSuchLifecycleConfiguration"


def test_lifecycle_rules_of_a_bucket_that_is_not_there(new: Any) -> None:
    refused = refusal(lambda: new.get_bucket_lifecycle_configuration(Bucket="ml-clusters-none"))
    assert refused == "NoSuchBucket"


def test_what_bootstrap_sets_is_read_back(new: Any) -> None:
    new.put_bucket_versioning(Bucket=NEW, VersioningConfiguration={"Status": "Enabled"})
    new.put_public_access_block(Bucket=NEW, PublicAccessBlockConfiguration=PUBLIC_ACCESS_BLOCK)
    ownership = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    new.put_bucket_ownership_controls(Bucket=NEW, OwnershipControls=ownership)
    new.put_bucket_tagging(Bucket=NEW, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    rule = {
        "ID": "old",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
    }
    new.put_bucket_lifecycle_configuration(Bucket=NEW, LifecycleConfiguration={"Rules": [rule]})
    assert new.get_bucket_versioning(Bucket=NEW)["Status"] == "Enabled"
    block = new.get_public_access_block(Bucket=NEW)["PublicAccessBlockConfiguration"]
    assert block == PUBLIC_ACCESS_BLOCK
    assert new.get_bucket_ownership_controls(Bucket=NEW)["OwnershipControls"] == ownership
    assert new.get_bucket_tagging(Bucket=NEW)["TagSet"] == [{"Key": "a", "Value": "b"}]
    assert new.get_bucket_lifecycle_configuration(Bucket=NEW)["Rules"] == [rule]


def test_public_access_is_blocked_by_account(cloud: Cloud) -> None:
    main, secondary = cloud.client("s3control"), cloud.client("s3control", "secondary")
    main.put_public_access_block(AccountId=MAIN, PublicAccessBlockConfiguration=PUBLIC_ACCESS_BLOCK)
    read = main.get_public_access_block(AccountId=MAIN)["PublicAccessBlockConfiguration"]
    assert read == PUBLIC_ACCESS_BLOCK
    unset = refusal(lambda: secondary.get_public_access_block(AccountId=SECONDARY))
    assert unset == "NoSuchPublicAccessBlockConfiguration"
