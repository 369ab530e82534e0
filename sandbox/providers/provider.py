"""The stand-in for Pulumi's `aws` provider: what each RPC of the engine answers.

Requests become calls of pure functions and lifecycles, and their results answers again. One provider serves
any number of engines and provider instances; `peer` is the address that tells them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2

from sandbox.providers import engine_log
from sandbox.providers.attached import AttachedProvider
from sandbox.providers.aws import Credentials
from sandbox.providers.check import DEFAULTS_KEY, Request, check
from sandbox.providers.configuration import (
    Instance,
    configuration,
    configuration_failures,
    enter,
)
from sandbox.providers.diff import Difference, after, difference
from sandbox.providers.errors import ProviderError
from sandbox.providers.functions import invoke
from sandbox.providers.lifecycle import Lifecycle
from sandbox.providers.observe import expected_outputs, refreshed_inputs
from sandbox.providers.pace import Pace
from sandbox.providers.peers import Peers
from sandbox.providers.resource_type import ResourceType
from sandbox.providers.tables import RESOURCE_TYPES
from sandbox.providers.wire import UNKNOWN, Properties, from_struct, to_struct

VERSION: Final = "7.51.1"
"""The pulumi-aws release whose inputs the tables follow."""


class AwsProvider(AttachedProvider):
    """One method for each RPC, in Python's spelling; each takes the request and the peer's address."""

    version = VERSION

    def __init__(self, *, endpoint: str, credentials: Credentials, pace: Pace) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._credentials = credentials
        self._pace = pace
        self._instances: Peers[Instance | None] = Peers()

    def _config_failures(self, news: Properties) -> Mapping[str, str]:
        return configuration_failures(news)

    def configure(self, request: Any, peer: str) -> Any:
        """Enter the account that the configuration names; later calls of the peer work there."""
        wanted = configuration(from_struct(request.args))
        entered = enter(wanted, endpoint=self._endpoint, base=self._credentials) if wanted else None
        self._instances.put(peer, entered)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def check(self, request: Any, peer: str) -> Any:
        """Complete and refuse inputs."""
        instance = self._instances.get(peer)
        wanted = instance.configuration if instance else None
        checked = Request(
            name=_name(request.urn),
            news=from_struct(request.news),
            olds=from_struct(request.olds),
            seed=request.randomSeed,
            region=wanted.region if wanted else None,
            default_tags=wanted.default_tags if wanted else {},
        )
        inputs, failures = check(_kind(request.urn), checked)
        return provider_pb2.CheckResponse(
            inputs=to_struct(inputs),
            failures=[
                provider_pb2.CheckFailure(property=item.property, reason=item.reason) for item in failures
            ],
        )

    def diff(self, request: Any, _peer: str) -> Any:
        """Which properties change, which of them replace."""
        return _diff_response(_difference(request))

    def create(self, request: Any, peer: str) -> Any:
        """Make the resource, or say what is known of it before it is made."""
        kind, inputs = _kind(request.urn), _without_defaults(from_struct(request.properties))
        if request.preview:
            return provider_pb2.CreateResponse(properties=to_struct(expected_outputs(kind, inputs)))
        lifecycle = self._lifecycle(request.urn, peer, inputs)
        with self._pace.kept(kind.type):
            resource_id, outputs = lifecycle.create(inputs)
        return provider_pb2.CreateResponse(id=resource_id, properties=to_struct(outputs))

    def read(self, request: Any, peer: str) -> Any:
        """The resource as it is, for a refresh or an import; no id when it is gone."""
        kind, known = _kind(request.urn), from_struct(request.properties)
        found = self._lifecycle(request.urn, peer, known).read(request.id, known)
        if found is None:
            return provider_pb2.ReadResponse()
        resource_id, outputs = found
        inputs = refreshed_inputs(kind, from_struct(request.inputs), outputs)
        return provider_pb2.ReadResponse(
            id=resource_id, properties=to_struct(outputs), inputs=to_struct(inputs)
        )

    def update(self, request: Any, peer: str) -> Any:
        """Change the resource, or say what it will be."""
        olds = from_struct(request.olds)
        kind = _kind(request.urn)
        news = after(kind, olds, from_struct(request.old_inputs), from_struct(request.news))
        if request.preview:
            renewed = dict.fromkeys(kind.renewed, UNKNOWN)
            return provider_pb2.UpdateResponse(properties=to_struct({**news, **renewed}))
        changed = _difference(request).properties
        outputs = self._lifecycle(request.urn, peer, olds).update(request.id, olds, news, changed)
        return provider_pb2.UpdateResponse(properties=to_struct(outputs))

    def delete(self, request: Any, peer: str) -> Any:
        """Remove the resource."""
        kind, outputs = _kind(request.urn), from_struct(request.properties)
        lifecycle = self._lifecycle(request.urn, peer, outputs)
        with self._pace.kept(kind.type):
            lifecycle.delete(request.id, outputs)
        return Empty()

    def invoke(self, request: Any, peer: str) -> Any:
        """A function of the provider."""
        result = invoke(request.tok, self._instance(peer), from_struct(request.args))
        return provider_pb2.InvokeResponse(**{"return": to_struct(result)})

    def _instance(self, peer: str) -> Instance:
        instance = self._instances.get(peer)
        if instance is None:
            raise ProviderError("the provider's configuration is not known yet")
        return instance

    def _lifecycle(self, urn: str, peer: str, properties: Mapping[str, Any]) -> Lifecycle:
        instance = self._instance(peer)
        region = properties.get("region") or instance.configuration.region

        def retried(operation: str, retries: int) -> None:
            address = self._engines.get(peer)
            if address:
                engine_log.say(address, urn, f"{operation} succeeded; retries: {retries}")

        return Lifecycle(_kind(urn), instance, region, retried=retried)


def _kind(urn: str) -> ResourceType:
    token = urn.split("::", 3)[2].rsplit("$", 1)[-1]
    kind = RESOURCE_TYPES.get(token)
    if kind is None:
        raise ProviderError(f"the sandbox has no resource type {token}; a new one is an entry in its tables")
    return kind


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _without_defaults(inputs: Properties) -> Properties:
    return {name: value for name, value in inputs.items() if name != DEFAULTS_KEY}


def _difference(request: Any) -> Difference:
    return difference(
        _kind(request.urn),
        outputs=from_struct(request.olds),
        old_inputs=from_struct(request.old_inputs),
        news=from_struct(request.news),
        ignore=list(request.ignoreChanges),
    )


def _diff_response(found: Difference) -> Any:
    response = provider_pb2.DiffResponse
    detailed = {
        path: provider_pb2.PropertyDiff(
            kind=provider_pb2.PropertyDiff.Kind.Value(
                f"{change}_REPLACE" if found.replacing(path) else str(change)
            )
        )
        for path, change in found.paths.items()
    }
    return response(
        changes=response.DIFF_SOME if found.properties else response.DIFF_NONE,
        diffs=list(found.properties),
        replaces=list(found.replaces),
        deleteBeforeReplace=found.delete_before_replace,
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )
