"""What a refusal raises, and the refusals that every service words in its own way."""

from __future__ import annotations

from moto.core.errors import COMMON_ERROR_CODES
from moto.core.exceptions import ServiceException
from moto.core.utils import get_service_model

STATUSES = {
    "AccessDenied": 403,
    "AccessDeniedException": 403,
    "AuthFailure": 401,
    "InsufficientInstanceCapacity": 500,
    "InternalError": 500,
    "InternalFailure": 500,
    "InternalServerError": 500,
    "InvalidAccessKeyId": 403,
    "InvalidClientTokenId": 403,
    "MissingAuthenticationToken": 403,
    "NotImplemented": 501,
    "RequestLimitExceeded": 503,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "SlowDown": 503,
    "Unavailable": 503,
    "UnrecognizedClientException": 400,
}
"""The HTTP statuses of codes that botocore's service models do not list; any other is 400."""
COMMON_ERROR_CODES.extend(STATUSES)  # moto warns of others that it has no model of

_Worded = tuple[str, int, str]
"""(code, HTTP status, message)."""

_THROTTLED: dict[str, _Worded] = {
    "ec2": ("RequestLimitExceeded", 503, "Request limit exceeded."),
    "s3": ("SlowDown", 503, "Please reduce your request rate."),
    "query": ("Throttling", 400, "Rate exceeded"),
    "rest-xml": ("Throttling", 400, "Rate exceeded"),
    "json": ("ThrottlingException", 400, "Rate exceeded"),
    "rest-json": ("ThrottlingException", 429, "Rate exceeded"),
}
"""By service, else by its protocol. EC2 API Reference, S3 "Error responses", "Common errors" of the others."""

_EXPIRED: dict[str, _Worded] = {
    "ec2": ("RequestExpired", 400, "Request has expired."),
    "s3": ("ExpiredToken", 400, "The provided token has expired."),
    "query": ("ExpiredToken", 403, "The security token included in the request is expired"),
    "rest-xml": ("ExpiredToken", 403, "The security token included in the request is expired"),
    "json": ("ExpiredTokenException", 400, "The security token included in the request is expired"),
    "rest-json": ("ExpiredTokenException", 403, "The security token included in the request is expired"),
}

_INTERNAL: dict[str, _Worded] = {
    "ec2": ("InternalError", 500, "An internal error has occurred."),
    "s3": ("InternalError", 500, "We encountered an internal error. Please try again."),
}
_OTHER_INTERNAL: _Worded = ("InternalFailure", 500, "The request processing has failed.")


class Refused(ServiceException):
    """What AWS answers when it refuses: an error code and its message."""

    status: int | None = None
    """The HTTP status where the code alone does not tell it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)


def throttled(service: str) -> Refused:
    """Too many requests, as this service says it: botocore and AWS's other SDKs try again."""
    return _worded(_THROTTLED, service)


def expired(service: str) -> Refused:
    """The session is over, as this service says it."""
    return _worded(_EXPIRED, service)


def internal_error(service: str) -> Refused:
    """The service's own failure, which SDKs try again."""
    return _refused(_INTERNAL.get(service, _OTHER_INTERNAL))


def any_code(code: str, message: str) -> Refused:
    """A refusal with a code that need not be in the service's model."""
    if code not in COMMON_ERROR_CODES:
        COMMON_ERROR_CODES.append(code)
    return Refused(code, message)


def _worded(table: dict[str, _Worded], service: str) -> Refused:
    protocol = get_service_model(service).metadata["protocol"]
    return _refused(table.get(service) or table.get(protocol) or table["json"])


def _refused(worded: _Worded) -> Refused:
    code, status, message = worded
    refused = any_code(code, message)
    refused.status = status
    return refused
