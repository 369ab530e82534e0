from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from urllib3 import PoolManager

from tests.unit.sandbox.aws.cloud import MAIN, OPERATOR, SECONDARY, Cloud, message, policy, refusal

BUCKET = f"ml-clusters-state-{MAIN}"
ARN = f"arn:aws:s3:::{BUCKET}"
BOTH = [ARN, f"{ARN}/*"]
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": BOTH,
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
KMS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:PutObject",
    "Resource": f"{ARN}/*",
    "Condition": {
        "Null": {"s3:x-amz-server-side-encryption": "false"},
        "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
    },
}


@pytest.fixture(scope="module")
def s3(cloud: Cloud) -> Iterator[Any]:
    """The main account's S3, with one object in the bucket."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="a/b", Body=b"x")
    yield s3
    s3.delete_bucket_policy(Bucket=BUCKET)


CALLS = {
    "put": lambda s3: s3.put_object(Bucket=BUCKET, Key="new", Body=b"x"),
    "get": lambda s3: s3.get_object(Bucket=BUCKET, Key="a/b"),
    "list": lambda s3: s3.list_objects_v2(Bucket=BUCKET),
    "versions": lambda s3: s3.list_object_versions(Bucket=BUCKET),
    "delete": lambda s3: s3.delete_object(Bucket=BUCKET, Key="nothing"),
    "delete many": lambda s3: s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "nothing"}]}),
    "read policy": lambda s3: s3.get_bucket_policy(Bucket=BUCKET),
    "encrypt": lambda s3: s3.get_bucket_encryption(Bucket=BUCKET),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_policy_of_tls_only_lets_tls_through_and_nothing_else(s3: Any, cloud: Cloud, call: str) -> None:
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(TLS_ONLY))
    s3.put_bucket_encryption(
        Bucket=BUCKET,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
            ]
        },
    )
    CALLS[call](s3)
    assert refusal(lambda: CALLS[call](cloud.client("s3", plain=True))) == "AccessDenied"


@pytest.mark.parametrize(
    ("statements", "call", "answer"),
    [
        pytest.param([], "get", "AccessDenied", id="no policy"),
        pytest.param([{"Principal": {"AWS": SECONDARY}}], "get", "allowed", id="its account"),
        pytest.param([{"Principal": {"AWS": MAIN}}], "get", "AccessDenied", id="another account"),
        pytest.param(
            [{"Principal": {"AWS": SECONDARY}, "Action": "s3:ListBucket"}], "list", "allowed", id="to list"
        ),
        pytest.param(
            [{"Principal": {"AWS": SECONDARY}, "Action": "s3:ListBucket"}], "get", "AccessDenied", id="only"
        ),
        pytest.param(
            [
                {"Principal": {"AWS": SECONDARY}},
                {"Principal": "*", "Effect": "Deny", "Action": "s3:GetObject"},
            ],
            "get",
            "AccessDenied",
            id="denied",
        ),
        pytest.param(
            [{"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": SECONDARY}}}],
            "get",
            "allowed",
            id="a condition that holds",
        ),
        pytest.param(
            [{"Principal": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}}],
            "get",
            "AccessDenied",
            id="a condition that does not hold",
        ),
    ],
)
def test_another_account_needs_the_policy(
    s3: Any, cloud: Cloud, statements: list[dict[str, Any]], call: str, answer: str
) -> None:
    s3.delete_bucket_policy(Bucket=BUCKET)
    if statements:
        full = [{"Action": "s3:*", "Resource": BOTH, **statement} for statement in statements]
        s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(*full))
    other = cloud.client("s3", "secondary")
    answered = refusal(lambda: CALLS[call](other))
    assert answered == answer or (answer == "allowed" and answered.startswith("accepted"))


def test_conditions_read_the_request(s3: Any) -> None:
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(KMS_ONLY))
    assert (
        refusal(lambda: s3.put_object(Bucket=BUCKET, Key="k", ServerSideEncryption="AES256"))
        == "AccessDenied"
    )
    s3.put_object(Bucket=BUCKET, Key="k", ServerSideEncryption="aws:kms")
    s3.put_object(Bucket=BUCKET, Key="k")


def test_the_words_of_a_denial(s3: Any) -> None:
    denied = {
        "Effect": "Deny",
        "Principal": {"AWS": f"arn:aws:iam::{MAIN}:user/admin"},
        "Resource": f"{ARN}/secret",
    }
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy({**denied, "Action": "s3:PutObject"}))
    assert message(lambda: s3.put_object(Bucket=BUCKET, Key="secret")) == (
        f"User: arn:aws:iam::{MAIN}:user/admin is not authorized to perform: s3:PutObject on resource: "
        f'"{ARN}/secret" with an explicit deny in a resource-based policy'
    )


def test_a_role_is_named_by_its_arn(s3: Any, cloud: Cloud) -> None:
    denied = {
        "Effect": "Deny",
        "Principal": {"AWS": OPERATOR},
        "Action": "s3:GetObject",
        "Resource": f"{ARN}/*",
    }
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(denied))
    assert refusal(lambda: CALLS["get"](cloud.client("s3", None))) == "AccessDenied"
    CALLS["get"](s3)


def test_nobody_in_particular_needs_a_signed_url(s3: Any) -> None:
    s3.delete_bucket_policy(Bucket=BUCKET)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "a/b"})
    with PoolManager() as http:
        signed, unsigned = (http.request("GET", address) for address in (url, url.partition("?")[0]))
    assert (signed.status, signed.data) == (200, b"x")
    assert unsigned.status == 403


def test_names_are_of_all_accounts(s3: Any, cloud: Cloud) -> None:
    other = cloud.client("s3", "secondary")
    assert refusal(lambda: other.create_bucket(Bucket=BUCKET)) == "BucketAlreadyExists"
    assert BUCKET not in [bucket["Name"] for bucket in other.list_buckets()["Buckets"]]


def test_conditional_writes(s3: Any) -> None:
    s3.delete_bucket_policy(Bucket=BUCKET)
    first = s3.put_object(Bucket=BUCKET, Key="lock", Body=b"1", IfNoneMatch="*")["ETag"]

    def again(**match: str) -> Any:
        return s3.put_object(Bucket=BUCKET, Key="lock", Body=b"2", **match)

    assert refusal(lambda: again(IfNoneMatch="*")) == "PreconditionFailed"
    again(IfMatch=first)
    assert refusal(lambda: again(IfMatch=first)) == "PreconditionFailed"
    assert refusal(lambda: s3.delete_object(Bucket=BUCKET, Key="lock", IfMatch=first)) == "PreconditionFailed"
