"""The life of one object: server-side apply, dry runs for previews, waiting until it is ready or gone.

Facts of the real provider: pulumi-kubernetes 4.34, `provider/pkg/await/await.go`. Retries go on for as long as its do,
about: an object may be applied a moment before its namespace, or the definition of its kind, is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.kubernetes.client import ApiError
from sandbox.providers.errors import PartlyCreatedError, ProviderError
from sandbox.providers.kubernetes import objects
from sandbox.providers.kubernetes.cluster import Cluster, Resource
from sandbox.providers.kubernetes.objects import Identity, Kind
from sandbox.providers.kubernetes.readiness import unready
from sandbox.providers.wire import Properties, has_unknown

RETRY_AFTER_S: Final = (0.2, 0.4, 0.8, 1.6, 3.2)
POLL_SECONDS: Final = 0.2
TIMEOUT_SECONDS: Final = 600.0
_CONFLICT_HELP: Final = (
    "Server-Side Apply field conflict detected. Another field manager owns these fields; to take them over, set the "
    "annotation pulumi.com/patchForce or the provider's enablePatchForce"
)


class _NotYetError(Exception):
    """The cluster does not have the kind, or the namespace, that an object needs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Life:
    """What can be done with the object of one resource."""

    cluster: Cluster
    kind: Kind
    flags: Mapping[str, bool]
    timeout_s: float = TIMEOUT_SECONDS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def preview(self, inputs: Properties, *, manager: str, is_new: bool) -> Properties:
        """What applying would give. Raises ProviderError for what the API server refuses.

        The inputs themselves where that cannot be known: they are not complete, or what they need is not there yet.
        """
        if has_unknown(inputs) or objects.is_unnamed(inputs):
            return inputs
        try:
            live = self._apply(inputs, manager=manager, is_new=is_new, dry_run=True)
        except _NotYetError:
            return inputs
        except ApiError as error:
            if error.reason == "Forbidden" or (is_new and error.reason == "AlreadyExists"):
                return inputs  # as the real provider does: the up tells
            raise self._refused(inputs, error) from error
        shown = {key: value for key, value in live.items() if key != "status"}
        return objects.outputs_of(shown, manager=manager, api_version=self.kind.api_version)

    def create(self, inputs: Properties, *, manager: str) -> tuple[str, Properties]:
        """Make it and wait until it is ready: id and outputs. Raises PartlyCreatedError when that takes too long."""
        return self._carry_out(inputs, manager=manager, is_new=True)

    def update(self, inputs: Properties, *, manager: str) -> Properties:
        """Change it and wait until it is ready again."""
        return self._carry_out(inputs, manager=manager, is_new=False)[1]

    def read(self, identity: Identity) -> Properties | None:
        """The live object; None when it is gone, or its kind is."""
        resource = self.cluster.resource(self.kind)
        return self.cluster.get(resource, identity) if resource else None

    def refreshed_inputs(self, inputs: Properties, live: Properties, *, manager: str) -> Properties:
        """The inputs as a refresh finds them: themselves unless applying them would change the live object."""
        resource = self._resource()
        identity = objects.identity_of(inputs, namespaced=resource.namespaced)
        body = objects.body_of(self.kind, inputs)
        try:
            again = self.cluster.apply(resource, body, identity, manager=manager, force=True, dry_run=True)
        except ApiError:
            return dict(objects.projected(inputs, live))
        return inputs if objects.same_object(again, live) else dict(objects.projected(inputs, live))

    def delete(self, identity: Identity, outputs: Mapping[str, Any]) -> None:
        """Let it go and wait until it is gone; of what is somebody else's, only own nothing any more."""
        resource = self.cluster.resource(self.kind)
        if resource is None:
            return
        if self.kind.is_patch:
            self.cluster.disown(resource, identity, outputs[objects.MANAGER_KEY])
            return
        propagation = objects.annotation(outputs, objects.PROPAGATION) or "foreground"
        try:
            there = self.cluster.delete(resource, identity, propagation=propagation.capitalize())
        except ApiError as error:
            raise ProviderError(f"{self.kind.kind} {identity.id} could not be deleted: {error}") from error
        if there and objects.annotation(outputs, objects.SKIP_AWAIT) != "true":
            uid = outputs.get("metadata", {}).get("uid")
            self._wait_until_gone(resource, identity, uid)

    def _carry_out(self, inputs: Properties, *, manager: str, is_new: bool) -> tuple[str, Properties]:
        try:
            live = self._patiently(lambda: self._apply(inputs, manager=manager, is_new=is_new, dry_run=False))
        except ApiError as error:
            raise self._refused(inputs, error) from error
        resource = self._resource()
        identity = objects.identity_of(live, namespaced=resource.namespaced)
        if objects.annotation(inputs, objects.SKIP_AWAIT) != "true":
            live = self._wait_until_ready(resource, identity, live, manager)
        return identity.id, objects.outputs_of(live, manager=manager, api_version=self.kind.api_version)

    def _apply(self, inputs: Properties, *, manager: str, is_new: bool, dry_run: bool) -> Properties:
        """Apply once. Raises _NotYetError, or ApiError for what the API server refuses."""
        resource = self.cluster.resource(self.kind)
        if resource is None:
            raise _NotYetError
        body = objects.body_of(self.kind, inputs)
        identity = objects.identity_of(inputs, namespaced=resource.namespaced)
        force = objects.annotation(inputs, objects.FORCE) == "true" or self.flags["enablePatchForce"]
        try:
            if is_new and not self.kind.is_patch and not self.flags["upsertExistingObjects"]:
                created = self.cluster.create(resource, body, identity)
                if dry_run:
                    return created
            return self.cluster.apply(resource, body, identity, manager=manager, force=force, dry_run=dry_run)
        except ApiError as error:
            if error.reason == "NotFound":
                raise _NotYetError(str(error)) from error
            raise

    def _patiently(self, apply: Callable[[], Properties]) -> Properties:
        for seconds in RETRY_AFTER_S:
            try:
                return apply()
            except _NotYetError:
                self.sleep(seconds)
        try:
            return apply()
        except _NotYetError as error:
            raise ProviderError(str(error) or self._unknown_kind()) from None

    def _resource(self) -> Resource:
        resource = self.cluster.resource(self.kind)
        if resource is None:
            raise ProviderError(self._unknown_kind())
        return resource

    def _unknown_kind(self) -> str:
        return (
            f"no matches for kind {self.kind.kind!r} in version {self.kind.api_version!r}: the API server reported "
            "that the apiVersion for this resource does not exist. Verify that any required CRDs have been created"
        )

    def _refused(self, inputs: Properties, error: ApiError) -> ProviderError:
        """The API server's words, which name the field."""
        metadata = inputs.get("metadata", {})
        name = "/".join(filter(None, (metadata.get("namespace"), metadata.get("name"))))
        text = f"{_CONFLICT_HELP}: {error}" if error.reason == "Conflict" else str(error)
        return ProviderError(
            f"resource {self.kind.kind} {name} was not accepted by the Kubernetes API server: {text}"
        )

    def _wait_until_ready(
        self, resource: Resource, identity: Identity, live: Properties, manager: str
    ) -> Properties:
        deadline = self._deadline(live)
        while (lack := unready(live)) is not None:
            if self.clock() > deadline:
                raise PartlyCreatedError(
                    f"{self.kind.kind} {identity.id} was applied, but is not ready in time: {lack}",
                    resource_id=identity.id,
                    outputs=objects.outputs_of(live, manager=manager, api_version=self.kind.api_version),
                )
            self.sleep(POLL_SECONDS)
            found = self.cluster.get(resource, identity)
            if found is None:
                raise ProviderError(f"{self.kind.kind} {identity.id} was deleted while it was waited for")
            live = found
        return live

    def _wait_until_gone(self, resource: Resource, identity: Identity, uid: str | None) -> None:
        deadline = self._deadline({})
        while (live := self.cluster.get(resource, identity)) is not None:
            if uid is not None and live["metadata"]["uid"] != uid:
                return
            if self.clock() > deadline:
                kept = ", ".join(live["metadata"].get("finalizers", [])) or "nothing that it says"
                raise ProviderError(
                    f"{self.kind.kind} {identity.id} is told to go, but is still there; held by {kept}"
                )
            self.sleep(POLL_SECONDS)

    def _deadline(self, live: Mapping[str, Any]) -> float:
        told = objects.annotation(live, objects.TIMEOUT)
        return self.clock() + (float(told) if told and told.isdigit() else self.timeout_s)
