"""The engine's log: where a provider says what a user should see beside a resource."""

from __future__ import annotations

import logging
from typing import Final

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

_SECONDS: Final = 5.0
_LOG: Final = logging.getLogger(__name__)


def say(address: str, urn: str, message: str) -> None:
    """A line of severity info at a resource. An engine that has ended hears nothing, and that is no error."""
    request = engine_pb2.LogRequest(severity=engine_pb2.INFO, urn=urn, message=message)
    with grpc.insecure_channel(address) as channel:
        try:
            engine_pb2_grpc.EngineStub(channel).Log(request, timeout=_SECONDS)
        except grpc.RpcError as error:
            _LOG.info("an engine did not take %r: %s", message, error)
