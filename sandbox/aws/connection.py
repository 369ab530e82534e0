"""HTTP connections that stay open: one connection for a client's many calls, as AWS has it.

Werkzeug's development server closes each after its answer, since it does not know how much of a request the
application has read. Here a request is read to its end before it is answered.
"""

from __future__ import annotations

import io
import logging
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler

IDLE_SECONDS = 300
"""How long a connection waits for its next request."""
_BODILESS = (204, 304)
_log = logging.getLogger("sandbox.aws")


class Handler(MotoRequestHandler):
    """Answers the requests of one connection. Logs errors only: a request line may carry a signature."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        if type == "error":
            _log.error(message, *args)

    def run_wsgi(self) -> None:
        """Read a request, let the application answer it, send the answer."""
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        environ = self.make_environ()
        if environ.get("wsgi.input_terminated"):
            self.close_connection = True  # what follows the last chunk is left unread
        else:
            length = int(environ.get("CONTENT_LENGTH") or 0)
            environ["wsgi.input"] = io.BytesIO(self.rfile.read(length))
        try:
            self._send(*self._answer(environ))
        except Exception as error:
            self.close_connection = True  # half an answer may be sent
            if not isinstance(error, OSError):  # OSError: the client has gone
                raise

    def _answer(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        started: list[Any] = []

        def start_response(*status_and_headers: Any) -> None:
            started[:] = status_and_headers

        chunks = self.server.app(environ, start_response)
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        return started[0], started[1], body

    def _send(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        code = int(status.partition(" ")[0])
        answers_head = self.command == "HEAD"
        self.send_response_only(code, status.partition(" ")[2])
        self.send_header("Date", self.date_time_string())
        for name, value in headers:
            if answers_head or name.lower() not in ("content-length", "connection"):
                self.send_header(name, value)
        if not answers_head and code not in _BODILESS:
            self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if not answers_head and code not in _BODILESS:
            self.wfile.write(body)
