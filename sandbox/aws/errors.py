"""What a refusal raises."""

from __future__ import annotations

from moto.core.errors import COMMON_ERROR_CODES
from moto.core.exceptions import ServiceException

STATUSES = {
    "AccessDenied": 403,
    "AccessDeniedException": 403,
    "AuthFailure": 401,
    "ExpiredToken": 403,
    "InternalFailure": 500,
    "InvalidAccessKeyId": 403,
    "InvalidClientTokenId": 403,
    "MissingAuthenticationToken": 403,
    "NotImplemented": 501,
    "UnrecognizedClientException": 400,
}
"""The HTTP statuses of codes that botocore's service models do not list; any other is 400."""
COMMON_ERROR_CODES.extend(STATUSES)  # moto warns of others that it has no model of


class Refused(ServiceException):
    """What AWS answers when it refuses: an error code and its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
