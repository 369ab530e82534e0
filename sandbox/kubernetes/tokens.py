"""Tokens of `aws eks get-token`: a GetCallerIdentity that its bearer has signed, to be sent by whom it is shown to.

Source: aws-iam-authenticator, `pkg/token` (its "API Authorization from Outside a Cluster" and what `Verify` refuses).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

PREFIX: Final = "k8s-aws-v1."
CLUSTER_HEADER: Final = "x-k8s-aws-id"
LIFETIME: Final = timedelta(minutes=15)
"""How long a token counts from its signing on, whatever X-Amz-Expires says."""
SIGNED_FOR_S: Final = 60
"""The X-Amz-Expires that the AWS CLI gives."""
_MAX_EXPIRES_S: Final = 900
_PARAMETERS: Final = frozenset(
    {
        "action",
        "version",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-security-token",
        "x-amz-signature",
        "x-amz-signedheaders",
    }
)


class TokenError(Exception):
    """A token that is not one, is for another cluster, or is too old."""


@dataclass(frozen=True, slots=True)
class SignedCall:
    """The GetCallerIdentity inside a token: its query, and the host it was signed for."""

    host: str
    query: str


def make(cluster: str, region: str, keys: Mapping[str, str]) -> str:
    """The token of who has these keys (boto3's names: aws_access_key_id, ...) for the cluster of this name."""
    request = AWSRequest(
        method="GET",
        url=f"https://sts.{region}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
        headers={CLUSTER_HEADER: cluster},
    )
    signer = Credentials(
        keys["aws_access_key_id"], keys["aws_secret_access_key"], keys.get("aws_session_token")
    )
    SigV4QueryAuth(signer, "sts", region, expires=SIGNED_FOR_S).add_auth(request)
    return PREFIX + base64.urlsafe_b64encode(request.url.encode()).decode().rstrip("=")


def read(token: str, *, now: datetime) -> SignedCall:
    """The call in a token. Who signed it, and for which cluster, only STS can say. Raises TokenError."""
    if not token.startswith(PREFIX):
        raise TokenError(f"a token begins with {PREFIX}")
    encoded = token.removeprefix(PREFIX)
    try:
        url = urlsplit(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise TokenError(f"the token is not a URL in base64: {error}") from None
    named = parse_qsl(url.query, keep_blank_values=True)
    values = {name.lower(): value for name, value in named}
    if unexpected := values.keys() - _PARAMETERS:
        raise TokenError(f"the URL has parameters that it may not have: {', '.join(sorted(unexpected))}")
    if len(values) != len(named):
        raise TokenError("the URL says a parameter twice")
    if url.path not in ("", "/") or values.get("action") != "GetCallerIdentity":
        raise TokenError("the URL is not that of sts:GetCallerIdentity")
    if CLUSTER_HEADER not in values.get("x-amz-signedheaders", "").lower().split(";"):
        raise TokenError(f"the header {CLUSTER_HEADER} is not signed")
    _require_fresh(values, now)
    return SignedCall(host=url.netloc, query=url.query)


def _require_fresh(values: Mapping[str, str], now: datetime) -> None:
    expires = values.get("x-amz-expires", "")
    if not expires.isdigit() or int(expires) > _MAX_EXPIRES_S:
        raise TokenError(f"X-Amz-Expires is not a number of seconds up to {_MAX_EXPIRES_S}")
    try:
        signed_at = datetime.strptime(values.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise TokenError("X-Amz-Date is not a time") from None
    if now > signed_at + LIFETIME:
        raise TokenError(f"the token is older than {LIFETIME.seconds // 60} minutes")
