"""What a fault does to the call that it hits."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, TypeAlias

import botocore.session
from moto.core.responses import BaseResponse
from moto.core.utils import get_service_model

from sandbox.aws.errors import Refused, any_code, expired, internal_error, throttled
from sandbox.aws.faults import Strike
from sandbox.errors import unknown
from sandbox.faults import ANY, EXPIRED, Fault

Answer: TypeAlias = tuple[int, dict[str, Any], Any]
"""What moto's dispatch returns: status, headers, body."""

INTERNAL = {
    "s3": ("ReplicateObject",),
    "sagemaker": ("ProvisionCluster", "RunDeepHealthCheck"),
    "parallelcluster": (
        "ListClusters",
        "CreateCluster",
        "DescribeCluster",
        "UpdateCluster",
        "DeleteCluster",
        "DescribeComputeFleet",
        "UpdateComputeFleet",
        "DescribeClusterInstances",
        "DeleteClusterInstances",
        "GetClusterStackEvents",
        "ListClusterLogStreams",
        "CompleteCreate",
        "CompleteUpdate",
        "CompleteDelete",
    ),
}
"""What botocore has no model of, so that it can be hit like an operation: what a service does by itself, and
ParallelCluster's own API with the ends of its operations.
"""

_NO_ANSWER: Answer = (500, {}, b"")
"""Nobody reads it: the connection is closed."""


def require_known(fault: Fault) -> None:
    """Raise `SandboxError` when no AWS service, or not this one, has what the fault names."""
    if fault.service == ANY:
        return
    services = botocore.session.Session().get_available_services()
    if fault.service not in {*services, *INTERNAL}:
        raise unknown("service", fault.service, [*services, *INTERNAL])
    modelled = get_service_model(fault.service).operation_names if fault.service in services else ()
    operations = (*modelled, *INTERNAL.get(fault.service, ()))
    if fault.operation not in {ANY, *operations}:
        raise unknown(f"operation of {fault.service}", fault.operation, operations)


def answer(strike: Strike, response: BaseResponse, service: str, carry_out: Callable[[], Answer]) -> Answer:
    """Let the fault happen to a call. Raises `Refused` when it is to be refused, and what `carry_out` raises.

    To be called without moto's lock: what hangs here holds up nobody else.
    """
    match strike.fault.kind:
        case "throttle" | "error":
            strike.hit()
            raise _refusal(strike.fault, service)
        case "hang":
            strike.hold()
            return carry_out()
        case "hang-answer":
            try:
                return carry_out()
            finally:
                strike.hold()
        case "drop":
            _close(response)
            strike.hit()
            return _NO_ANSWER
        case _:
            carry_out()
            _close(response)
            strike.hit()
            return _NO_ANSWER


def _refusal(fault: Fault, service: str) -> Refused:
    if fault.kind == "throttle":
        return throttled(service)
    if fault.code == EXPIRED:
        return expired(service)
    if fault.code is None:
        return internal_error(service)
    return any_code(fault.code, f"The sandbox was asked for this error: {fault}.")


def _close(response: BaseResponse) -> None:
    """End the connection both ways: the client sees it closed, and the server writes to nobody."""
    connection: socket.socket = response.normalized_request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
