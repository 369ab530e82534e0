"""The stand-in for Pulumi's `aws-native` provider: what each RPC of the engine answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2

from sandbox.providers.attached import AttachedProvider
from sandbox.providers.aws import Credentials
from sandbox.providers.aws_native import cluster
from sandbox.providers.aws_native.difference import Changes, changes
from sandbox.providers.aws_native.schema import Schema, load
from sandbox.providers.configuration import Instance, configuration, enter
from sandbox.providers.errors import PartlyCreatedError, ProviderError
from sandbox.providers.peers import Peers
from sandbox.providers.wire import UNKNOWN, Properties, from_struct, to_struct

VERSION: Final = "1.84.0"
"""The pulumi-aws-native release that the SDK is of."""

TYPES: Final = {"aws-native:sagemaker:Cluster": cluster.TYPE}
"""The types that the fleet uses; another one is a module beside `cluster`."""

_FOLLOWED: Final = frozenset({"region", "assumeRole", "allowedAccountIds", "defaultTags"})
_HARMLESS: Final = frozenset(
    {
        "version",
        "skipCredentialsValidation",
        "skipGetEc2Platforms",
        "skipMetadataApiCheck",
        "skipRegionValidation",
    }
)
_UNSET: Final = ("", "false", False)
_NAME: Final = "clusterName"
_NAME_CHARACTERS: Final = 7


class AwsNativeProvider(AttachedProvider):
    """One method for each RPC, in Python's spelling; each takes the request and the peer's address."""

    version = VERSION

    def __init__(self, *, endpoint: str, credentials: Credentials) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._credentials = credentials
        self._instances: Peers[Instance | None] = Peers()

    def _config_failures(self, news: Properties) -> Mapping[str, str]:
        reason = f"the sandbox's provider does not follow this; it follows {', '.join(sorted(_FOLLOWED))}"
        given = {name for name, value in news.items() if value not in _UNSET}
        return dict.fromkeys(sorted(given - _FOLLOWED - _HARMLESS), reason)

    def configure(self, request: Any, peer: str) -> Any:
        """Enter the account that the configuration names; later calls of the peer work there."""
        args = from_struct(request.args)
        role = args.pop("assumeRole", None)
        if role is not None:
            args["assumeRoles"] = UNKNOWN if role is UNKNOWN else json.dumps([json.loads(role)])
        wanted = configuration(args)
        entered = enter(wanted, endpoint=self._endpoint, base=self._credentials) if wanted else None
        self._instances.put(peer, entered)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def check(self, request: Any, peer: str) -> Any:
        """Complete inputs, with the provider's tags and a name, and hold them against CloudFormation's schema."""
        schema, news = _schema(request.urn), from_struct(request.news)
        olds = from_struct(request.olds)
        inputs = {**news, _NAME: news.get(_NAME) or olds.get(_NAME) or _name(request)}
        instance = self._instances.get(peer)
        if instance is not None:
            inputs = _tagged(inputs, instance.configuration.default_tags)
        failures = [
            provider_pb2.CheckFailure(property=fault.path, reason=fault.reason)
            for fault in schema.faults(inputs)
        ]
        return provider_pb2.CheckResponse(inputs=to_struct(inputs), failures=failures)

    def diff(self, request: Any, _peer: str) -> Any:
        """Which properties change, which of them replace."""
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        return _diff_response(
            changes(_schema(request.urn), old, new), keeps_name=old[_NAME] == new.get(_NAME)
        )

    def create(self, request: Any, peer: str) -> Any:
        """Make the resource, or say what is known of it before it is made."""
        schema, inputs = _schema(request.urn), from_struct(request.properties)
        if request.preview:
            unknown = {"id": UNKNOWN, **dict.fromkeys(_outputs(schema), UNKNOWN)}
            return provider_pb2.CreateResponse(properties=to_struct({**unknown, **inputs}))
        try:
            resource_id, found = cluster.create(self._ask(peer), schema.to_cloudformation(inputs))
        except PartlyCreatedError as error:
            outputs = _state(schema, inputs, error.outputs)
            raise PartlyCreatedError(str(error), resource_id=error.resource_id, outputs=outputs) from error
        return provider_pb2.CreateResponse(
            id=resource_id, properties=to_struct(_state(schema, inputs, found))
        )

    def read(self, request: Any, peer: str) -> Any:
        """The resource as it is, for a refresh or an import; no id when it is gone."""
        schema, inputs = _schema(request.urn), from_struct(request.inputs)
        found = cluster.read(self._ask(peer), request.id)
        if found is None:
            return provider_pb2.ReadResponse()
        state = _state(schema, inputs, found)
        wanted = inputs or {name: state[name] for name in schema.inputs if name in state}
        refreshed = {name: _as_asked(value, state.get(name)) for name, value in wanted.items()}
        return provider_pb2.ReadResponse(
            id=found["ClusterArn"],
            properties=to_struct({**state, **refreshed}),
            inputs=to_struct(refreshed),
        )

    def update(self, request: Any, peer: str) -> Any:
        """Change the resource, or say what it will be."""
        schema, news = _schema(request.urn), from_struct(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=to_struct({**from_struct(request.olds), **news}))
        old = schema.to_cloudformation(from_struct(request.old_inputs))
        found = cluster.update(self._ask(peer), request.id, old, schema.to_cloudformation(news))
        return provider_pb2.UpdateResponse(properties=to_struct(_state(schema, news, found)))

    def delete(self, request: Any, peer: str) -> Any:
        """Remove the resource."""
        cluster.delete(self._ask(peer), request.id)
        return Empty()

    def _ask(self, peer: str) -> cluster.Ask:
        instance = self._instances.get(peer)
        if instance is None:
            raise ProviderError("the provider's configuration is not known yet")
        region, clients = instance.configuration.region, instance.clients
        return lambda operation, params: clients.ask("sagemaker", region, operation, params)


def _schema(urn: str) -> Schema:
    token = urn.split("::", 3)[2].rsplit("$", 1)[-1]
    if token not in TYPES:
        raise ProviderError(f"the sandbox's aws-native has no {token}; it has {', '.join(TYPES)}")
    return load(TYPES[token])


def _name(request: Any) -> str:
    logical = request.urn.split("::", 3)[3]
    return f"{logical}-{hashlib.sha256(request.randomSeed).hexdigest()[:_NAME_CHARACTERS]}"


def _tagged(inputs: Properties, default_tags: Mapping[str, str]) -> Properties:
    """The provider's tags first, then the program's, which win."""
    own = inputs.get("tags", [])
    if own is UNKNOWN or any(tag is UNKNOWN or tag.get("key") is UNKNOWN for tag in own):
        return inputs
    merged = {**default_tags, **{tag["key"]: tag.get("value") for tag in own}}
    tags = [{"key": key, "value": value} for key, value in merged.items()]
    return {**inputs, "tags": tags} if tags else inputs


def _outputs(schema: Schema) -> list[str]:
    named = schema.to_sdk({steps[0]: None for steps in schema.read_only if len(steps) == 1})
    return list(named)


def _state(schema: Schema, inputs: Mapping[str, Any], found: Mapping[str, Any]) -> Properties:
    """The outputs: what was asked for as it was written, and what AWS says beside it."""
    told = schema.to_sdk(dict(found))
    known = {*schema.inputs, *_outputs(schema)}
    told = {name: value for name, value in told.items() if name in known}
    return {**told, **{name: _as_asked(value, told.get(name)) for name, value in inputs.items()}}


def _as_asked(asked: Any, found: Any) -> Any:
    """The found value in the shape of the asked one: the same members, and lists in the same order.

    What differs is as it was found, so that a refresh shows drift and nothing else.
    """
    if isinstance(asked, Mapping) and isinstance(found, Mapping):
        return {key: _as_asked(value, found.get(key)) for key, value in asked.items()}
    if isinstance(asked, list) and isinstance(found, list):
        return _in_order(asked, found)
    return found


def _in_order(asked: list[Any], found: list[Any]) -> list[Any]:
    left, ordered = list(found), []
    for item in asked:
        match = next((other for other in left if _identity(other) == _identity(item)), None)
        if match is not None:
            left.remove(match)
            ordered.append(_as_asked(item, match))
    return [*ordered, *left]


def _identity(item: Any) -> Any:
    """What an item of a list is known by."""
    if isinstance(item, Mapping):
        return next((item[key] for key in ("instanceGroupName", "key") if key in item), sorted(item))
    return item


def _diff_response(found: Changes, *, keeps_name: bool) -> Any:
    response = provider_pb2.DiffResponse
    detailed = {
        path: provider_pb2.PropertyDiff(
            kind=provider_pb2.PropertyDiff.Kind.Value(
                f"{change}_REPLACE" if path in found.replacing else str(change)
            )
        )
        for path, change in found.paths.items()
    }
    return response(
        changes=response.DIFF_SOME if found.paths else response.DIFF_NONE,
        diffs=list(found.properties),
        replaces=list(found.replaces),
        deleteBeforeReplace=bool(found.replaces) and keeps_name,
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )
