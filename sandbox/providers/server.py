"""The gRPC server that engines attach to with PULUMI_DEBUG_PROVIDERS."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import grpc
from google.protobuf.message_factory import GetMessageClass
from pulumi.runtime.proto import provider_pb2, status_pb2

from sandbox.providers.attached import AttachedProvider
from sandbox.providers.aws import Credentials
from sandbox.providers.aws_native.provider import AwsNativeProvider
from sandbox.providers.eks import EksServer
from sandbox.providers.errors import PartlyCreatedError, ProviderError
from sandbox.providers.kubernetes import KubernetesProvider
from sandbox.providers.pace import Pace
from sandbox.providers.provider import AwsProvider
from sandbox.providers.wire import to_struct
from sandbox.state import Latency

_THREADS: Final = 256
"""Eight engines of 16 operations at once, all of which may wait for AWS, and room for as many reads."""

_MESSAGE_BYTES: Final = 400 * 1024 * 1024
"""The engine's own limit (sdk/go/common/util/rpcutil)."""

_SERVICE: Final = "pulumirpc.ResourceProvider"
_LOG: Final = logging.getLogger(__name__)

_Method = Callable[[Any, str], Any]


class ProviderServer:
    """A running server: its port on loopback, and the way to stop it."""

    def __init__(self, provider: AttachedProvider) -> None:
        options = [("grpc.max_receive_message_length", _MESSAGE_BYTES), ("grpc.so_reuseport", 0)]
        self._server = grpc.server(ThreadPoolExecutor(_THREADS, thread_name_prefix="aws"), options=options)
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(_SERVICE, _handlers(provider)),)
        )
        self.port: int = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def stop(self) -> None:
        """End it; calls under way are given up."""
        self._server.stop(grace=None).wait()


_RUNNING: Final[list[ProviderServer | EksServer]] = []
"""A server ends when nothing refers to it."""


def serve(*, endpoint: str, credentials: Mapping[str, str], latency: Latency) -> dict[str, int]:
    """Start the stand-in providers in threads of this process; their ports by package name.

    `endpoint` is the emulator's URL, `credentials` the keys of the base principal, under boto3's names
    (aws_access_key_id, aws_secret_access_key, aws_session_token), `latency` how long resources take. They run until
    the process ends.
    """
    base = Credentials(**credentials)
    providers: dict[str, AttachedProvider] = {
        "aws": AwsProvider(endpoint=endpoint, credentials=base, pace=Pace(latency)),
        "aws-native": AwsNativeProvider(endpoint=endpoint, credentials=base),
        "kubernetes": KubernetesProvider(endpoint=endpoint, credentials=base),
    }
    servers: dict[str, ProviderServer | EksServer] = {
        package: ProviderServer(provider) for package, provider in providers.items()
    }
    servers["eks"] = EksServer()
    _RUNNING.extend(servers.values())
    return {package: server.port for package, server in servers.items()}


def _handlers(provider: AttachedProvider) -> dict[str, Any]:
    """A handler for each RPC that the provider has a method for; the others are unimplemented."""
    methods = provider_pb2.DESCRIPTOR.services_by_name["ResourceProvider"].methods
    return {
        rpc.name: grpc.unary_unary_rpc_method_handler(
            _answering(rpc.name, getattr(provider, _snake_case(rpc.name))),
            request_deserializer=GetMessageClass(rpc.input_type).FromString,
            response_serializer=GetMessageClass(rpc.output_type).SerializeToString,
        )
        for rpc in methods
        if hasattr(provider, _snake_case(rpc.name))
    }


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _answering(name: str, method: _Method) -> Callable[[Any, Any], Any]:
    """The method with errors as the engine expects them; an unforeseen one also goes to the daemon's log."""

    def answer(request: Any, context: Any) -> Any:
        try:
            return method(request, context.peer())
        except PartlyCreatedError as error:
            context.set_trailing_metadata((("grpc-status-details-bin", _partial_state(error)),))
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except ProviderError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:  # noqa: BLE001 - an engine gets an answer, never a traceback
            _LOG.exception("%s of %s", name, getattr(request, "urn", "the provider"))
            summary = f"the sandbox's provider failed in {name}: {type(error).__name__}: {error}"
            context.abort(grpc.StatusCode.INTERNAL, summary)

    return answer


def _partial_state(error: PartlyCreatedError) -> bytes:
    failed = provider_pb2.ErrorResourceInitFailed(
        id=error.resource_id,
        properties=to_struct(error.outputs),
        reasons=[str(error)],
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(failed)
    serialized: bytes = status.SerializeToString()
    return serialized
