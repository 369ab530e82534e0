"""What every stand-in does alike when an engine attaches to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from sandbox.providers.peers import Peers
from sandbox.providers.wire import Properties, from_struct


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

    def check_config(self, request: Any, _peer: str) -> Any:
        """Configuration that the sandbox would silently not follow is refused."""
        found = self._config_failures(from_struct(request.news)).items()
        failures = [provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in found]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def diff_config(self, request: Any, _peer: str) -> Any:
        """Which settings change, and which of them make another provider."""
        olds, news = from_struct(request.olds), from_struct(request.news)
        changed = sorted(key for key in {*olds, *news} if olds.get(key) != news.get(key))
        kind = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=kind, diffs=changed, replaces=self._config_replaces(olds, news)
        )

    def _config_failures(self, news: Properties) -> Mapping[str, str]:
        """Setting -> why it is refused."""
        raise NotImplementedError

    def _config_replaces(self, _olds: Properties, _news: Properties) -> list[str]:
        """None: a provider is reconfigured, never replaced, since that would replace all its resources."""
        return []

    def cancel(self, _request: Any, _peer: str) -> Any:
        """What is under way finishes, for the engine that says it and for all others.

        The real provider does nothing either (pulumi-terraform-bridge, `Provider.Cancel`: "For TF, this is a
        no-op"): after a first Ctrl-C the engine waits for its open operations.
        """
        return Empty()
