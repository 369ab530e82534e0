"""What every stand-in does alike when an engine attaches to it."""

from __future__ import annotations

from typing import Any, ClassVar

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from sandbox.providers.peers import Peers


class AttachedProvider:
    """One method for each RPC, in Python's spelling; each takes the request and the peer's address."""

    version: ClassVar[str]
    """The release of the real provider that is followed."""

    def __init__(self) -> None:
        self._engines: Peers[str] = Peers()
        """Where each peer's engine listens, for what is told at a resource."""

    def handshake(self, request: Any, peer: str) -> Any:
        """Nothing beyond plain values is accepted: no secrets, outputs or resource references."""
        self._engines.put(peer, request.engine_address)
        return provider_pb2.ProviderHandshakeResponse()

    def attach(self, request: Any, peer: str) -> Any:
        """What an engine says that shakes no hands."""
        self._engines.put(peer, request.address)
        return Empty()

    def get_plugin_info(self, _request: Any, _peer: str) -> Any:
        """The version that the SDK asks for."""
        return plugin_pb2.PluginInfo(version=self.version)

    def cancel(self, _request: Any, _peer: str) -> Any:
        """What is under way finishes, for the engine that says it and for all others.

        The real provider does nothing either (pulumi-terraform-bridge, `Provider.Cancel`: "For TF, this is a
        no-op"): after a first Ctrl-C the engine waits for its open operations.
        """
        return Empty()
