"""What each RPC of the engine answers for Kubernetes: requests become calls of an object's life, and answers again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2

from sandbox.providers import engine_log
from sandbox.providers.attached import AttachedProvider
from sandbox.providers.aws import Clients, Credentials
from sandbox.providers.errors import AwsError, ProviderError
from sandbox.providers.kubernetes import objects, releases
from sandbox.providers.kubernetes.cluster import Cluster, UnreachableError
from sandbox.providers.kubernetes.configuration import (
    Configuration,
    configuration,
    configuration_failures,
    replacing,
)
from sandbox.providers.kubernetes.kubeconfig import Ticket
from sandbox.providers.kubernetes.lifecycle import TIMEOUT_SECONDS, Life
from sandbox.providers.kubernetes.objects import Identity, Kind
from sandbox.providers.kubernetes.replacements import difference
from sandbox.providers.peers import Peers
from sandbox.providers.wire import Properties, from_struct, to_struct

VERSION: Final = "4.34.2"
"""The pulumi-kubernetes release whose behaviour is followed."""
_MANAGER_PREFIX: Final = "pulumi-kubernetes-"
_SESSION_NAME: Final = "pulumi-sandbox"
_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class _Instance:
    """A configured provider and its cluster."""

    configuration: Configuration
    cluster: Cluster


class KubernetesProvider(AttachedProvider):
    """One method for each RPC, in Python's spelling; each takes the request and the peer's address."""

    version = VERSION

    def __init__(self, *, endpoint: str, credentials: Credentials) -> None:
        """`endpoint` is the emulator's, `credentials` those of the base principal, who assumes kubeconfigs' roles."""
        super().__init__()
        self._endpoint, self._credentials = endpoint, credentials
        self._instances: Peers[_Instance | None] = Peers()

    def _config_failures(self, news: Properties) -> Mapping[str, str]:
        return configuration_failures(news)

    def _config_replaces(self, olds: Properties, news: Properties) -> list[str]:
        """Another cluster replaces the provider, and with it all that is in the cluster."""
        return replacing(olds, news)

    def configure(self, request: Any, peer: str) -> Any:
        """Know the cluster; it is asked when the first object is."""
        wanted = configuration(from_struct(request.args))
        made = _Instance(wanted, Cluster(wanted.access, self._keys)) if wanted else None
        self._instances.put(peer, made)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def check(self, request: Any, peer: str) -> Any:
        """Name the object."""
        news, olds, urn = from_struct(request.news), from_struct(request.olds), request.urn
        if releases.is_release(urn):
            named = releases.named(news, olds, urn_name=_name(urn), seed=request.randomSeed)
            return provider_pb2.CheckResponse(inputs=to_struct(named))
        kind = objects.kind_of(urn, news)
        if kind.is_patch and not (news.get("metadata") or {}).get("name"):
            raise ProviderError("patch resources require the `.metadata.name` field to be set")
        if (news.get("metadata") or {}).get("generateName"):
            raise ProviderError(
                "the `.metadata.generateName` field is not supported in Server-Side Apply mode"
            )
        inputs = objects.named(
            news,
            olds,
            urn_name=_name(urn),
            seed=request.randomSeed,
            namespace=self._namespace_for(kind, peer),
        )
        return provider_pb2.CheckResponse(inputs=to_struct(inputs))

    def diff(self, request: Any, peer: str) -> Any:
        """Which properties change, which of them replace."""
        olds, news = from_struct(request.old_inputs), from_struct(request.news)
        if releases.is_release(request.urn):
            return releases.diff_response(olds, news)
        instance = self._instances.get(peer)
        flags = instance.configuration.flags if instance else {}
        found = difference(objects.kind_of(request.urn, news), olds=olds, news=news, flags=flags)
        response = provider_pb2.DiffResponse
        return response(
            changes=response.DIFF_SOME if found.paths else response.DIFF_NONE,
            diffs=list(dict.fromkeys(path.partition(".")[0] for path in found.paths)),
            replaces=list(found.replaces),
            deleteBeforeReplace=found.delete_before_replace,
            detailedDiff={
                path: provider_pb2.PropertyDiff(
                    kind=provider_pb2.PropertyDiff.Kind.Value(
                        f"{change}_REPLACE" if path in found.replaces else str(change)
                    ),
                    inputDiff=True,
                )
                for path, change in found.paths.items()
            },
            hasDetailedDiff=True,
        )

    def create(self, request: Any, peer: str) -> Any:
        """Make the object, or say what the API server would make of it."""
        inputs = from_struct(request.properties)
        if releases.is_release(request.urn):
            if not request.preview and (address := self._engines.get(peer)):
                engine_log.say(address, request.urn, releases.RECORDED)
            return releases.create(inputs, preview=request.preview)
        life = self._life(request, peer, inputs)
        manager = objects.annotation(inputs, objects.FIELD_MANAGER) or _MANAGER_PREFIX + secrets.token_hex(4)
        if request.preview:
            shown = life.preview(inputs, manager=manager, is_new=True)
            return provider_pb2.CreateResponse(properties=to_struct(shown))
        resource_id, outputs = life.create(inputs, manager=manager)
        return provider_pb2.CreateResponse(id=resource_id, properties=to_struct(outputs))

    def read(self, request: Any, peer: str) -> Any:
        """The object as it is, for a refresh or an import; no id when it is gone."""
        inputs, known = from_struct(request.inputs), from_struct(request.properties)
        if releases.is_release(request.urn):
            return provider_pb2.ReadResponse(
                id=request.id, inputs=request.inputs, properties=request.properties
            )
        life = self._life(request, peer, inputs or known)
        live = life.read(Identity.of_id(request.id))
        if live is None:
            return provider_pb2.ReadResponse()
        manager = known.get(objects.MANAGER_KEY) or _MANAGER_PREFIX + secrets.token_hex(4)
        found = life.refreshed_inputs(inputs, live, manager=manager) if inputs else objects.inputs_of(live)
        outputs = objects.outputs_of(live, manager=manager, api_version=life.kind.api_version)
        return provider_pb2.ReadResponse(
            id=request.id, inputs=to_struct(found), properties=to_struct(outputs)
        )

    def update(self, request: Any, peer: str) -> Any:
        """Change the object, or say what the API server would make of the change."""
        news, olds = from_struct(request.news), from_struct(request.olds)
        if releases.is_release(request.urn):
            return releases.update(news)
        life = self._life(request, peer, news)
        manager = objects.annotation(news, objects.FIELD_MANAGER) or olds[objects.MANAGER_KEY]
        if request.preview:
            shown = life.preview(news, manager=manager, is_new=False)
            return provider_pb2.UpdateResponse(properties=to_struct({**olds, **shown}))
        return provider_pb2.UpdateResponse(properties=to_struct(life.update(news, manager=manager)))

    def delete(self, request: Any, peer: str) -> Any:
        """Remove the object and wait until it is gone."""
        outputs = from_struct(request.properties)
        if releases.is_release(request.urn):
            return Empty()
        try:
            self._life(request, peer, outputs).delete(Identity.of_id(request.id), outputs)
        except UnreachableError as error:
            if not self._instance(peer).configuration["deleteUnreachable"]:
                raise ProviderError(
                    f"{error}. If the cluster was deleted, set deleteUnreachable on the provider to remove its "
                    "objects from the state"
                ) from None
        return Empty()

    def invoke(self, request: Any, _peer: str) -> Any:
        """Charts and manifests are not rendered by the provider here."""
        raise ProviderError(f"the sandbox's kubernetes provider has no function {request.tok}")

    def _instance(self, peer: str) -> _Instance:
        instance = self._instances.get(peer)
        if instance is None:
            raise ProviderError("the provider's configuration is not known yet")
        return instance

    def _life(self, request: Any, peer: str, inputs: Mapping[str, Any]) -> Life:
        instance = self._instance(peer)
        return Life(
            cluster=instance.cluster,
            kind=objects.kind_of(request.urn, inputs),
            flags=instance.configuration.flags,
            timeout_s=getattr(request, "timeout", 0) or TIMEOUT_SECONDS,
        )

    def _namespace_for(self, kind: Kind, peer: str) -> str | None:
        """The provider's namespace; an unknown kind is taken for one that has namespaces, as the real one does."""
        instance = self._instances.get(peer)
        if instance is None or not instance.configuration.namespace:
            return None
        resource = instance.cluster.resource(kind)
        return instance.configuration.namespace if resource is None or resource.namespaced else None

    def _keys(self, ticket: Ticket) -> Mapping[str, str]:
        """The keys that sign a token: of the ticket's role, else of the base principal."""
        if ticket.role_arn is None:
            return _named_keys(self._credentials)
        clients = Clients(self._endpoint, self._credentials, attempts=_ATTEMPTS)
        params: Properties = {"RoleArn": ticket.role_arn, "RoleSessionName": _SESSION_NAME}
        try:
            keys = clients.ask("sts", ticket.region, "AssumeRole", params)["Credentials"]
        except AwsError as error:
            raise ProviderError(f"getting credentials for {ticket.cluster}: {error}") from error
        return {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }


def _named_keys(credentials: Credentials) -> Mapping[str, str]:
    keys = {
        "aws_access_key_id": credentials.aws_access_key_id,
        "aws_secret_access_key": credentials.aws_secret_access_key,
    }
    token = credentials.aws_session_token
    return {**keys, "aws_session_token": token} if token else keys


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]
