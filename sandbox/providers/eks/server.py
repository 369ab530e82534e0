"""The component provider's gRPC server: one event loop in a thread, for any number of engines at once.

The SDK keeps its settings in context variables, so that constructs of several engines do not mix; which engine a
construct belongs to is known by its connection.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from typing import Any, Final

import grpc
import pulumi
from google.protobuf.empty_pb2 import Empty
from pulumi.provider.provider import ConstructResult, Provider
from pulumi.provider.server import ProviderServicer
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.providers.peers import Peers

VERSION: Final = "4.4.0"
"""The pulumi-eks release whose inputs the component follows."""

_MESSAGE_BYTES: Final = 400 * 1024 * 1024
"""The engine's own limit (sdk/go/common/util/rpcutil)."""

_START_SECONDS: Final = 10.0


class _Components(Provider):
    """The package's components: the one that the fleet uses."""

    def __init__(self) -> None:
        super().__init__(VERSION)

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: Mapping[str, Any],
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Make a component and its children."""
        from sandbox.providers.eks import cluster  # it brings in Pulumi's resource packages

        if resource_type != cluster.TYPE:
            raise ValueError(f"the sandbox's eks provider has no {resource_type}; it has {cluster.TYPE}")
        made = cluster.Cluster(name, inputs, options or pulumi.ResourceOptions())
        return ConstructResult(urn=made.urn, state=made.state)


class _Servicer(ProviderServicer):
    """Constructs for the engine that attached on the same connection."""

    def __init__(self) -> None:
        super().__init__(_Components(), [], engine_address="")
        self._engines: Peers[str] = Peers()

    async def Handshake(self, request: Any, context: Any) -> Any:
        """Whatever a component passes on is taken: secrets, resources, outputs."""
        self._engines.put(context.peer(), request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=True, accept_outputs=True
        )

    async def Attach(self, request: Any, context: Any) -> Any:
        """What an engine says that shakes no hands."""
        self._engines.put(context.peer(), request.address)
        return Empty()

    async def Construct(self, request: Any, context: Any) -> Any:
        """Make the component. The address is read before the first pause, so the next construct may change it."""
        import sandbox.providers.eks.cluster  # noqa: F401 - before references are read: it makes their types known

        self.engine_address = self._engines.get(context.peer()) or ""
        return await super().Construct(request, context)

    async def CheckConfig(self, request: Any, context: Any) -> Any:
        """The package has no configuration."""
        return provider_pb2.CheckResponse(inputs=request.news)

    async def DiffConfig(self, request: Any, context: Any) -> Any:
        """The package has no configuration."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)


class EksServer:
    """A running server: its port on loopback, and the way to stop it."""

    def __init__(self) -> None:
        self.port = 0
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stopping: asyncio.Event
        threading.Thread(target=self._run, name="eks", daemon=True).start()
        if not self._started.wait(_START_SECONDS):
            raise RuntimeError("the sandbox's eks provider did not start")

    def stop(self) -> None:
        """End it; constructs under way are given up."""
        self._loop.call_soon_threadsafe(self._stopping.set)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._stopping = asyncio.Event()
        options = [("grpc.max_receive_message_length", _MESSAGE_BYTES), ("grpc.so_reuseport", 0)]
        server = grpc.aio.server(options=options)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(_Servicer(), server)
        self.port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        self._started.set()
        await self._stopping.wait()
        await server.stop(grace=None)
