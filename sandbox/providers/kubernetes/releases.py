"""`kubernetes:helm.sh/v3:Release`: recorded, not installed. Charts of other people cannot be fetched in the sandbox.

A release is kept with its chart and values, and says so at the resource and in its outputs (RECORDED_KEY), so that a
report can count it. What follows the real provider (4.34, `provider/pkg/provider/helm_release.go`): names, ids, what
replaces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from pulumi.runtime.proto import provider_pb2

from sandbox.providers.kubernetes.objects import DEFAULT_NAMESPACE, Identity, token_of
from sandbox.providers.wire import Properties, to_struct

RELEASE: Final = "kubernetes:helm.sh/v3:Release"
RECORDED_KEY: Final = "__recorded"
RECORDED: Final = "recorded: chart not reachable in the sandbox"
REPLACING: Final = ("name", "namespace")
_CHOSEN_KEY: Final = "__autonamed"
_SUFFIX_DIGITS: Final = 8


def is_release(urn: str) -> bool:
    """Whether a resource is a release."""
    return token_of(urn) == RELEASE


def named(news: Properties, olds: Mapping[str, Any], *, urn_name: str, seed: bytes) -> Properties:
    """The inputs with a name and a namespace."""
    inputs = {"namespace": DEFAULT_NAMESPACE, **news}
    if inputs.get("name"):
        return inputs
    old = olds.get("name") if olds.get(_CHOSEN_KEY) else None
    suffix = hashlib.sha256(seed).hexdigest()[:_SUFFIX_DIGITS]
    return {**inputs, "name": old or f"{urn_name}-{suffix}", _CHOSEN_KEY: True}


def diff_response(olds: Mapping[str, Any], news: Mapping[str, Any]) -> Any:
    """Which inputs change; another name or namespace is another release."""
    changed = sorted(key for key in {*olds, *news} if olds.get(key) != news.get(key))
    replaces = [key for key in changed if key in REPLACING]
    response = provider_pb2.DiffResponse
    return response(
        changes=response.DIFF_SOME if changed else response.DIFF_NONE,
        diffs=changed,
        replaces=replaces,
        deleteBeforeReplace=bool(replaces) and not news.get(_CHOSEN_KEY),
    )


def create(inputs: Properties, *, preview: bool) -> Any:
    """Keep it."""
    identity = Identity(str(inputs["name"]), str(inputs["namespace"]))
    resource_id = "" if preview else identity.id
    return provider_pb2.CreateResponse(id=resource_id, properties=to_struct(_outputs(inputs)))


def update(news: Properties) -> Any:
    """Keep what it is now."""
    return provider_pb2.UpdateResponse(properties=to_struct(_outputs(news)))


def _outputs(inputs: Properties) -> Properties:
    status = {
        "chart": inputs.get("chart"),
        "name": inputs["name"],
        "namespace": inputs["namespace"],
        "revision": 1,
        "status": "deployed",
        "version": inputs.get("version"),
    }
    return {**inputs, "status": status, RECORDED_KEY: RECORDED}
