"""A `kubernetes` provider that can be configured and nothing else: the published component always makes one.

It stands in until the sandbox has a provider that applies; a resource of it would be refused as unimplemented.
"""

from __future__ import annotations

from typing import Any, Final

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2

VERSION: Final = "4.34.2"


class KubernetesProvider:
    """One method for each RPC that the engine needs to make a provider resource."""

    def handshake(self, _request: Any, _peer: str) -> Any:
        """Plain values only."""
        return provider_pb2.ProviderHandshakeResponse()

    def attach(self, _request: Any, _peer: str) -> Any:
        """Nothing is said to the engine."""
        return Empty()

    def get_plugin_info(self, _request: Any, _peer: str) -> Any:
        """The version that the SDK asks for."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def check_config(self, request: Any, _peer: str) -> Any:
        """Any kubeconfig."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def diff_config(self, request: Any, _peer: str) -> Any:
        """Another kubeconfig is another way to the same cluster."""
        kinds = provider_pb2.DiffResponse
        changed = request.olds != request.news
        return kinds(changes=kinds.DIFF_SOME if changed else kinds.DIFF_NONE)

    def configure(self, _request: Any, _peer: str) -> Any:
        """Nothing is done with it."""
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def cancel(self, _request: Any, _peer: str) -> Any:
        """Nothing is under way."""
        return Empty()
