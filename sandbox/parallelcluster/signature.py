"""AWS's signature version 4, checked: the same computation as the signer's, with the secret that its key has here."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from moto.iam.models import iam_backends

from sandbox.aws import accounts
from sandbox.aws.callers import PARTITION

SERVICE = "execute-api"
SKEW = timedelta(minutes=5)
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, ?"
    r"SignedHeaders=(?P<headers>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


class Unsigned(Exception):
    """API Gateway lets nobody in; the message is its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request as it came in: `url` is what was signed."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def access_key_of(request: Request, region: str) -> str:
    """The access key that signed this request for the API's region. Raises `Unsigned`."""
    match = _AUTHORIZATION.fullmatch(request.headers.get("Authorization", ""))
    if match is None:
        raise Unsigned("Missing Authentication Token")
    if (match["service"], match["region"]) != (SERVICE, region):
        raise Unsigned(f"Credential should be scoped to a valid region and to correct service: '{SERVICE}'. ")
    if match["signature"] is None or not _is_fresh(request):
        raise Unsigned("Signature expired")
    secret = _secret_of(match["key"])
    if secret is None:
        raise Unsigned("The security token included in the request is invalid.")
    if not hmac.compare_digest(_signature(request, match, secret), match["signature"]):
        raise Unsigned(
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
        )
    return match["key"]


def _signature(request: Request, match: re.Match[str], secret: str) -> str:
    """What the holder of the secret would have written, by botocore's own signer."""
    signed = AWSRequest(method=request.method, url=request.url, data=request.body)
    for name in match["headers"].split(";"):
        if name != "host":
            signed.headers[name] = request.headers.get(name, "")
    signed.context["timestamp"] = request.headers["X-Amz-Date"]
    signer: Any = SigV4Auth(ReadOnlyCredentials(match["key"], secret, None), SERVICE, match["region"])
    return str(signer.signature(signer.string_to_sign(signed, signer.canonical_request(signed)), signed))


def _is_fresh(request: Request) -> bool:
    try:
        at = datetime.strptime(request.headers.get("X-Amz-Date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs(datetime.now(UTC) - at) <= SKEW


def _secret_of(key: str) -> str | None:
    for account in accounts.known():
        found = iam_backends[account][PARTITION].access_keys.get(key)
        if found is not None:
            return str(found.secret_access_key)
    return None
