"""A small client of a Kubernetes API server: JSON in, JSON out, and watches."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
_CONNECT_S, _READ_S = 5, 60
_RETRIES = urllib3.Retry(total=2, connect=2, read=0, backoff_factor=0.1)
Object = dict[str, Any]


class ApiError(Exception):
    """What an API server refuses: its Status object."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(str(body.get("message") or f"HTTP {status}"))
        self.status = status
        """The HTTP status."""
        self.reason = str(body.get("reason", ""))
        """Kubernetes' own word: NotFound, AlreadyExists, Conflict, Forbidden, Unauthorized, Invalid, ..."""
        self.body = dict(body)


class ApiClient:
    """One principal on one API server: a client certificate, a bearer token, or nobody. Safe to share by threads."""

    def __init__(
        self,
        endpoint: str,
        ca_pem: str,
        *,
        certificate: tuple[Path, Path] | None = None,
        token: str | None = None,
    ) -> None:
        context = ssl.create_default_context(cadata=ca_pem)
        if certificate is not None:
            context.load_cert_chain(*certificate)
        self._endpoint = endpoint
        self._headers = {"Accept": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._pool = urllib3.PoolManager(maxsize=16, ssl_context=context, retries=_RETRIES)

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        params: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Object:
        """Call the API; `path` is that of the resource ("/api/v1/nodes"). Raises ApiError for what it refuses.

        Raises urllib3's HTTPError when the server cannot be reached.
        """
        query = f"?{urlencode(params)}" if params else ""
        response = self._pool.request(
            method,
            f"{self._endpoint}{path}{query}",
            body=None if body is None else json.dumps(body).encode(),
            headers={**self._headers, "Content-Type": content_type},
            timeout=urllib3.Timeout(connect=_CONNECT_S, read=_READ_S),
        )
        return _answer(response.status, response.data)

    def get(self, path: str, **params: str) -> Object:
        return self.request("GET", path, params=params)

    def text(self, path: str) -> str:
        """What is not JSON: /readyz, /metrics. Raises ApiError unless the status is 200."""
        response = self._pool.request(
            "GET",
            f"{self._endpoint}{path}",
            headers=self._headers,
            timeout=urllib3.Timeout(connect=_CONNECT_S, read=_READ_S),
            retries=False,
        )
        if response.status != 200:
            raise ApiError(response.status, {"message": response.data.decode(errors="replace")})
        return str(response.data.decode())

    def create(self, path: str, body: Object) -> Object:
        return self.request("POST", path, body)

    def apply(self, path: str, body: Object, *, manager: str) -> Object:
        """Server-side apply of an object at its own path; what others own in it is taken over."""
        params = {"fieldManager": manager, "force": "true"}
        return self.request("PATCH", path, body, params=params, content_type=APPLY)

    def patch(self, path: str, body: Object, *, content_type: str = STRATEGIC) -> Object:
        return self.request("PATCH", path, body, content_type=content_type)

    def delete(self, path: str, body: Object | None = None) -> Object:
        return self.request("DELETE", path, body or {})

    def watch(self, path: str, **params: str) -> Iterator[Object]:
        """The events of a watch until the server ends it. Raises ApiError, or urllib3's HTTPError when it breaks."""
        response = self._pool.request(
            "GET",
            f"{self._endpoint}{path}",
            fields={**params, "watch": "true"},
            headers=self._headers,
            preload_content=False,
            timeout=urllib3.Timeout(connect=_CONNECT_S, read=None),
        )
        try:
            if response.status != 200:
                _answer(response.status, response.read())
            for line in _lines(response):
                yield json.loads(line)
        finally:
            response.close()


def _answer(status: int, data: bytes) -> Object:
    try:
        body = json.loads(data)
    except ValueError:
        body = {"message": data.decode(errors="replace")}
    if status >= 400:
        raise ApiError(status, body if isinstance(body, dict) else {"message": str(body)})
    answer: Object = body
    return answer


def _lines(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    buffer = b""
    for chunk in response.stream(65536):
        *lines, buffer = (buffer + chunk).split(b"\n")
        yield from lines
