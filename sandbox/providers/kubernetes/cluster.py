"""One cluster as a provider instance sees it: its API by discovery, calls as its principal, errors in words."""

from __future__ import annotations

import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import urllib3

from sandbox.kubernetes import tokens
from sandbox.kubernetes.client import APPLY, ApiClient, ApiError
from sandbox.providers.errors import ProviderError
from sandbox.providers.kubernetes.kubeconfig import Access, Ticket
from sandbox.providers.kubernetes.objects import Identity, Kind

TOKEN_SECONDS: Final = 600.0
"""A token counts for 15 minutes; a call may take some."""
_UNAUTHORIZED: Final = 401
_NOT_FOUND: Final = 404
JSON_PATCH: Final = "application/json-patch+json"
Object = dict[str, Any]
Keys = Callable[[Ticket], Mapping[str, str]]
"""The keys (boto3's names) of the principal of a ticket. Raises ProviderError."""


class UnreachableError(ProviderError):
    """No API server answers, or it does not know who asks."""


@dataclass(frozen=True, slots=True)
class Resource:
    """How a kind is called on the wire."""

    folder: str
    """/api/v1, or /apis/<group>/<version>."""
    plural: str
    namespaced: bool

    def collection(self, namespace: str | None) -> str:
        """The path of all objects of the kind in a namespace."""
        middle = f"/namespaces/{namespace}" if self.namespaced else ""
        return f"{self.folder}{middle}/{self.plural}"


class Cluster:
    """Safe to share by threads."""

    def __init__(self, access: Access, keys: Keys, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._access, self._keys, self._clock = access, keys, clock
        self._lock = threading.Lock()
        self._client: ApiClient | None = None
        self._renew_at = 0.0
        self._resources: dict[tuple[str, str], Resource] = {}

    def resource(self, kind: Kind) -> Resource | None:
        """How the cluster calls a kind; None when it has none such (yet)."""
        key = (kind.api_version, kind.kind)
        if key not in self._resources:
            folder = f"/apis/{kind.api_version}" if "/" in kind.api_version else f"/api/{kind.api_version}"
            try:
                found = self.call("GET", folder)["resources"]
            except ApiError as error:
                if error.status == _NOT_FOUND:
                    return None
                raise
            self._resources |= {
                (kind.api_version, item["kind"]): Resource(folder, item["name"], item["namespaced"])
                for item in found
                if "/" not in item["name"]
            }
        return self._resources.get(key)

    def get(self, resource: Resource, identity: Identity) -> Object | None:
        """The object as it is; None when there is none."""
        try:
            return self.call("GET", _path(resource, identity))
        except ApiError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def create(self, resource: Resource, body: Object, identity: Identity) -> Object:
        """What creating it would give: nothing is written. Raises ApiError for what is refused."""
        return self.call("POST", resource.collection(identity.namespace), body, {"dryRun": "All"})

    def apply(
        self,
        resource: Resource,
        body: Object,
        identity: Identity,
        *,
        manager: str,
        force: bool,
        dry_run: bool = False,
    ) -> Object:
        """Server-side apply. Raises ApiError for what is refused, conflicts with other managers among it."""
        params = {"fieldManager": manager, "force": str(force).lower()}
        if dry_run:
            params["dryRun"] = "All"
        return self.call("PATCH", _path(resource, identity), body, params, APPLY)

    def disown(self, resource: Resource, identity: Identity, manager: str) -> None:
        """Leave an object as it is, and own nothing in it any more."""
        live = self.get(resource, identity)
        owners = live["metadata"].get("managedFields", []) if live else []
        for index, owner in enumerate(owners):
            if owner["manager"] == manager and owner["operation"] == "Apply":
                path = f"/metadata/managedFields/{index}"
                steps = [
                    {"op": "test", "path": f"{path}/manager", "value": manager},
                    {"op": "remove", "path": path},
                ]
                self.call("PATCH", _path(resource, identity), steps, None, JSON_PATCH)

    def delete(self, resource: Resource, identity: Identity, *, propagation: str) -> bool:
        """Tell it to go; whether it was there."""
        try:
            self.call("DELETE", _path(resource, identity), {"propagationPolicy": propagation})
        except ApiError as error:
            if error.status == _NOT_FOUND:
                return False
            raise
        return True

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        params: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Object:
        """One request as the principal. Raises ApiError, or UnreachableError when nobody answers who knows it."""
        try:
            client = self._client_now()
            return client.request(method, path, body, params=params, content_type=content_type)
        except ApiError as error:
            if error.status == _UNAUTHORIZED:
                raise UnreachableError(self._unauthorized()) from None
            raise
        except urllib3.exceptions.HTTPError as error:
            raise UnreachableError(
                f"configured Kubernetes cluster is unreachable: {self._access.endpoint}: {error}"
            ) from None

    def _unauthorized(self) -> str:
        told = (
            "configured Kubernetes cluster is unreachable: the server has asked for the client to provide "
            "credentials (Unauthorized)"
        )
        ticket = self._access.ticket
        if ticket is None:
            return told
        return f"{told}; {ticket.role_arn or 'the base principal'} needs an access entry in {ticket.cluster}"

    def _client_now(self) -> ApiClient:
        with self._lock:
            if self._client is None or (self._access.ticket and self._clock() >= self._renew_at):
                self._client = self._make()
                self._renew_at = self._clock() + TOKEN_SECONDS
            return self._client

    def _make(self) -> ApiClient:
        access = self._access
        token = access.token
        if access.ticket is not None:
            keys = self._keys(access.ticket)
            token = tokens.make(access.ticket.cluster, access.ticket.region, keys)
        try:
            if access.certificate is None:
                return ApiClient(access.endpoint, access.ca_pem, token=token)
            return _with_certificate(access, access.certificate)
        except ssl.SSLError as error:
            raise ProviderError(f"the kubeconfig's certificates cannot be used: {error}") from None


def _with_certificate(access: Access, certificate: tuple[str, str]) -> ApiClient:
    """Python's TLS reads certificates from files only."""
    with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:
        paths = Path(folder) / "client.crt", Path(folder) / "client.key"
        for path, text in zip(paths, certificate, strict=True):
            path.touch(mode=0o600)
            path.write_text(text)
        return ApiClient(access.endpoint, access.ca_pem, certificate=paths)


def _path(resource: Resource, identity: Identity) -> str:
    return f"{resource.collection(identity.namespace)}/{quote(identity.name, safe=':')}"
