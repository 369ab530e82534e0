"""Objects of Kubernetes as resources of Pulumi: kinds, names, ids, what is shown of a live object. Pure.

Facts of the real provider: pulumi-kubernetes 4.34, `provider/pkg/provider/provider.go` and `provider/pkg/metadata`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.providers.wire import UNKNOWN, Properties

AUTONAMED: Final = "pulumi.com/autonamed"
FIELD_MANAGER: Final = "pulumi.com/patchFieldManager"
FORCE: Final = "pulumi.com/patchForce"
PROPAGATION: Final = "pulumi.com/deletionPropagationPolicy"
SKIP_AWAIT: Final = "pulumi.com/skipAwait"
TIMEOUT: Final = "pulumi.com/timeoutSeconds"
MANAGER_KEY: Final = "__fieldManager"
_INITIAL_KEY: Final = "__initialApiVersion"
DEFAULT_NAMESPACE: Final = "default"
_SUFFIX_DIGITS: Final = 8
_PATCH: Final = "Patch"
_SERVER_METADATA: Final = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
)
"""What the API server alone writes into `metadata`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a type token is about."""

    api_version: str
    kind: str
    is_patch: bool = False
    """A `*Patch` resource: some fields of an object that is somebody else's."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which object of its kind; no namespace for kinds that have none."""

    name: str
    namespace: str | None = None

    @property
    def id(self) -> str:
        """The resource's id, and what `pulumi import` takes."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @classmethod
    def of_id(cls, resource_id: str) -> Identity:
        """The object that an id names."""
        namespace, _, name = resource_id.rpartition("/")
        return cls(name, namespace or None)


def kind_of(urn: str, inputs: Mapping[str, Any]) -> Kind:
    """The kind of `kubernetes:<group>/<version>:<Kind>`; `core` is the group without a name."""
    place, _, name = token_of(urn).removeprefix("kubernetes:").rpartition(":")
    api_version = inputs.get("apiVersion") or place.removeprefix("core/")
    kind = inputs.get("kind")
    is_patch = name.endswith(_PATCH) and kind != name
    return Kind(str(api_version), str(kind or name.removesuffix(_PATCH)), is_patch)


def token_of(urn: str) -> str:
    """The type of a resource, without those of its parents."""
    return urn.split("::", 3)[2].rsplit("$", 1)[-1]


def annotation(inputs: Mapping[str, Any], name: str) -> str | None:
    """An annotation's value."""
    metadata = inputs.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    value = annotations.get(name) if isinstance(annotations, Mapping) else None
    return value if isinstance(value, str) else None


def named(
    news: Properties, olds: Mapping[str, Any], *, urn_name: str, seed: bytes, namespace: str | None
) -> Properties:
    """The inputs with a name: the given one, the one that was chosen before, or one chosen now; and a namespace.

    `namespace`: the provider's, None where it does not apply.
    """
    metadata = news.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        return news
    added: dict[str, Any] = {}
    if namespace and not metadata.get("namespace"):
        added["namespace"] = namespace
    if not metadata.get("name"):
        old = (olds.get("metadata") or {}).get("name") if annotation(olds, AUTONAMED) == "true" else None
        chosen = old or f"{urn_name}-{hashlib.sha256(seed).hexdigest()[:_SUFFIX_DIGITS]}"
        marks = {**(metadata.get("annotations") or {}), AUTONAMED: "true"}
        added |= {"name": chosen, "annotations": marks}
    return {**news, "metadata": {**metadata, **added}}


def identity_of(inputs: Mapping[str, Any], *, namespaced: bool) -> Identity:
    """Which object the inputs are about."""
    metadata = inputs["metadata"]
    namespace = (metadata.get("namespace") or DEFAULT_NAMESPACE) if namespaced else None
    return Identity(metadata["name"], namespace)


def body_of(kind: Kind, inputs: Mapping[str, Any]) -> Properties:
    """The object to apply: what the program says, without what only the API server writes."""
    return {**inputs, "apiVersion": kind.api_version, "kind": kind.kind}


def outputs_of(live: Mapping[str, Any], *, manager: str, api_version: str) -> Properties:
    """What is kept of a live object, with who applies it."""
    metadata = {key: value for key, value in live["metadata"].items() if key != "managedFields"}
    return {**live, "metadata": metadata, MANAGER_KEY: manager, _INITIAL_KEY: api_version}


def inputs_of(live: Mapping[str, Any]) -> Properties:
    """The inputs that would make this object: those of an import."""
    metadata = {key: value for key, value in live["metadata"].items() if key not in _SERVER_METADATA}
    return {**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata}


def projected(inputs: Any, live: Any) -> Any:
    """The live values of what the inputs set; what is gone is left out. A list of another length is all live."""
    if isinstance(inputs, Mapping) and isinstance(live, Mapping):
        return {key: projected(value, live[key]) for key, value in inputs.items() if key in live}
    if isinstance(inputs, list) and isinstance(live, list) and len(inputs) == len(live):
        return [projected(one, other) for one, other in zip(inputs, live, strict=True)]
    return live


def same_object(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two answers show the same, but for who wrote it and when."""

    def compared(live: Mapping[str, Any]) -> Properties:
        passing = ("managedFields", "resourceVersion", "generation")
        metadata = {key: value for key, value in live["metadata"].items() if key not in passing}
        return {**live, "metadata": metadata}

    return compared(one) == compared(other)


def is_unnamed(inputs: Mapping[str, Any]) -> bool:
    """Whether the object's name is not known yet."""
    metadata = inputs.get("metadata")
    return not isinstance(metadata, Mapping) or metadata.get("name") in (None, UNKNOWN)
