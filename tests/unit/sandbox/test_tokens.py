"""Tokens of `aws eks get-token`: what is one, and what aws-iam-authenticator refuses of one."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest

from sandbox.kubernetes import tokens
from sandbox.kubernetes.tokens import PREFIX, SignedCall, TokenError

KEYS = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "secret"}
NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
GOOD = {
    "Action": "GetCallerIdentity",
    "Version": "2011-06-15",
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "AKIAEXAMPLE/20260102/us-east-1/sts/aws4_request",
    "X-Amz-Date": "20260102T115000Z",
    "X-Amz-Expires": "60",
    "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
    "X-Amz-Signature": "00",
}


def encoded(url: str) -> str:
    return PREFIX + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def signed(*, path: str = "/", **changes: str) -> str:
    """A token whose URL differs from a good one; underscores stand for hyphens."""
    values = {**GOOD, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return encoded(f"https://sts.us-east-1.amazonaws.com{path}?{urlencode(values)}")


def test_what_is_made_is_read() -> None:
    call = tokens.read(tokens.make("training", "us-west-2", KEYS), now=datetime.now(UTC))
    assert call.host == "sts.us-west-2.amazonaws.com"
    said = dict(parse_qsl(call.query))
    assert said["X-Amz-SignedHeaders"] == "host;x-k8s-aws-id"
    assert said["X-Amz-Expires"] == "60"


def test_a_good_url_is_its_host_and_query() -> None:
    assert tokens.read(signed(), now=NOW) == SignedCall("sts.us-east-1.amazonaws.com", urlencode(GOOD))


def test_a_token_counts_for_fifteen_minutes_from_its_signing() -> None:
    signed_at = datetime(2026, 1, 2, 11, 50, tzinfo=UTC)
    tokens.read(signed(), now=signed_at + timedelta(minutes=15))
    with pytest.raises(TokenError, match=r"^the token is older than 15 minutes$"):
        tokens.read(signed(), now=signed_at + timedelta(minutes=15, seconds=1))


@pytest.mark.parametrize(
    ("token", "refused"),
    [
        ("eyJhbGciOi", "a token begins with k8s-aws-v1."),
        (signed(path="/other"), "the URL is not that of sts:GetCallerIdentity"),
        (signed(Action="AssumeRole"), "the URL is not that of sts:GetCallerIdentity"),
        (signed(X_Amz_SignedHeaders="host"), "the header x-k8s-aws-id is not signed"),
        (signed(RoleArn="x"), "the URL has parameters that it may not have: rolearn"),
        (signed(action="x"), "the URL says a parameter twice"),
        (signed(X_Amz_Expires="901"), "X-Amz-Expires is not a number of seconds up to 900"),
        (signed(X_Amz_Date="today"), "X-Amz-Date is not a time"),
    ],
)
def test_what_the_authenticator_refuses_is_refused(token: str, refused: str) -> None:
    with pytest.raises(TokenError) as error:
        tokens.read(token, now=NOW)
    assert str(error.value) == refused
