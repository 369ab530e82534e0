"""Errors as the real provider words them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError


class ProviderError(Exception):
    """What the engine shows to the user: one text, no traceback."""


class AwsError(ProviderError):
    """A request that AWS, or botocore before it, refused; `code` is AWS's error code."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class PartlyCreatedError(ProviderError):
    """The resource exists but is not as it should be: the engine keeps its id and outputs."""

    def __init__(self, message: str, *, resource_id: str, outputs: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.resource_id = resource_id
        self.outputs = outputs


def from_client_error(error: ClientError, service_id: str) -> AwsError:
    """The message that AWS's own SDK for Go, which the real provider is built on, gives."""
    metadata = error.response.get("ResponseMetadata", {})
    code = error.response["Error"].get("Code", "")
    message = error.response["Error"].get("Message", "")
    tries = (
        f"exceeded maximum number of attempts, {metadata['RetryAttempts'] + 1}, "
        if metadata.get("MaxAttemptsReached")
        else ""
    )
    return AwsError(
        f"operation error {service_id}: {error.operation_name}, {tries}https response error "
        f"StatusCode: {metadata.get('HTTPStatusCode')}, RequestID: {metadata.get('RequestId', '')}, "
        f"api error {code}: {message}",
        code=code,
    )


def from_botocore_error(error: Exception, service_id: str, operation: str) -> AwsError:
    """A request that was never sent (a wrong parameter), never answered, or answered with no AWS answer."""
    return AwsError(f"operation error {service_id}: {operation}, {error}")


def refused_items(answer: Mapping[str, Any], service_id: str, operation: str) -> AwsError | None:
    """The error inside an answer that says success: batch operations report each item's failure."""
    for item in answer.get("Unsuccessful") or ():
        error = item.get("Error", {})
        return _item_error(service_id, operation, error.get("Code", ""), error.get("Message", ""))
    for item in answer.get("FailedEntries") or ():
        return _item_error(service_id, operation, item.get("ErrorCode", ""), item.get("ErrorMessage", ""))
    return None


def _item_error(service_id: str, operation: str, code: str, message: str) -> AwsError:
    return AwsError(f"operation error {service_id}: {operation}, api error {code}: {message}", code=code)
