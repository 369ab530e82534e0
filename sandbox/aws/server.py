"""The emulator's HTTP endpoints, on loopback."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from moto.moto_server import werkzeug_app
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from sandbox.aws import tables
from sandbox.aws.connection import Handler
from sandbox.aws.dispatch import SECURE_TRANSPORT, Tables, install
from sandbox.aws.faults import FaultTable
from sandbox.aws.replication.carrier import CARRIER

LOOPBACK = "127.0.0.1"
werkzeug_app.DISABLE_GLOBAL_CORS = True  # no browser calls this


class _Application(DomainDispatcherApplication):
    """Moto's dispatcher, which otherwise matches some 200 patterns for every request."""

    get_backend_for_host = functools.cache(DomainDispatcherApplication.get_backend_for_host)

    def infer_service_region_host(self, environ: dict[str, Any], path: str) -> str | None:
        """The host that a call is for, which a presigned URL says as a signed header does."""
        scope = parse_qs(environ.get("QUERY_STRING", "")).get("X-Amz-Credential")
        if scope and "HTTP_AUTHORIZATION" not in environ:
            environ = {**environ, "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={scope[0]}"}
        host: str | None = super().infer_service_region_host(environ, path)
        return host


class Emulator:
    """AWS on two ports: the endpoint that stands for TLS, and the one that does not."""

    def __init__(self) -> None:
        self.faults = FaultTable()
        CARRIER.faults = self.faults
        install(Tables(tables.refusals(), tables.operations(), self.faults))
        application = _Application(create_backend_app)
        self._servers = [_server(application, secure=True), _server(application, secure=False)]
        self.endpoint, self.plain_endpoint = (
            f"http://{LOOPBACK}:{server.server_port}" for server in self._servers
        )

    def start(self) -> None:
        """Answer from now on, in threads."""
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Take no more requests."""
        for server in self._servers:
            server.shutdown()
            server.server_close()


def _server(application: Callable[..., Iterable[bytes]], *, secure: bool) -> BaseWSGIServer:
    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ[SECURE_TRANSPORT] = secure
        return application(environ, start_response)

    return make_server(LOOPBACK, 0, answer, threaded=True, request_handler=Handler)
