"""Presigned GetCallerIdentity: the signature is computed again, since others than its signer present it.

EKS's tokens are such URLs. The emulator takes other calls by their key alone, as whoever has one may read its secret;
here the signature binds the URL to a cluster's name, which is a header that only the signature covers.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.iam.models import iam_backends

from sandbox.aws.callers import PARTITION
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused

_SIGNATURE = "X-Amz-Signature"
_TIME = "%Y%m%dT%H%M%SZ"
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method."
)
LIFETIME = timedelta(minutes=15)
"""STS takes a presigned call for this long, whatever X-Amz-Expires says (aws-iam-authenticator, `pkg/token`)."""


def signature_is_genuine(call: Call) -> None:
    """SignatureDoesNotMatch for a presigned call that is too old, or that its signer did not sign so."""
    request = call.response.normalized_request
    given = request.args.get(_SIGNATURE)
    if given is None:
        return
    signed_at = datetime.strptime(request.args["X-Amz-Date"], _TIME).replace(tzinfo=UTC)
    if datetime.now(UTC) > signed_at + LIFETIME:
        raise Refused("SignatureDoesNotMatch", f"Signature expired: {request.args['X-Amz-Date']} is too old")
    if not hmac.compare_digest(given, _signature(call)):
        raise Refused("SignatureDoesNotMatch", _MISMATCH)


def _signature(call: Call) -> str:
    request = call.response.normalized_request
    key_id, _, region, service, _ = request.args["X-Amz-Credential"].split("/")
    secret = iam_backends[call.account][PARTITION].access_keys[key_id].secret_access_key
    signed = {*request.args.get("X-Amz-SignedHeaders", "").split(";")} - {"host"}
    said = request.query_string.decode().split("&")
    query = "&".join(item for item in said if not item.startswith(f"{_SIGNATURE}="))
    again = AWSRequest(
        method=request.method,
        url=f"https://{request.host}/?{query}",
        headers={name: request.headers.get(name, "") for name in signed},
    )
    again.context["timestamp"] = request.args["X-Amz-Date"]
    signer = SigV4Auth(Credentials(key_id, secret), service, region)
    text: str = signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again)
    return text


REFUSALS: dict[Key, tuple[Refusal, ...]] = {("sts", "GetCallerIdentity"): (signature_is_genuine,)}
OPERATIONS: dict[Key, Operation] = {}
