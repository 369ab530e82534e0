"""The way to faults and alarms from outside: a small HTTP server on loopback for those who know the start's token.

It is no part of AWS: it has a port of its own, so nothing that a client of AWS sends can reach it.
"""

from __future__ import annotations

import dataclasses
import hmac
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from sandbox.aws import alarm_evaluation
from sandbox.aws.connection import Handler
from sandbox.aws.dispatch import MOTO_LOCK
from sandbox.aws.faults import FaultTable
from sandbox.aws.server import LOOPBACK
from sandbox.aws.strikes import require_known
from sandbox.errors import SandboxError
from sandbox.faults import Fault

Action = Callable[[Mapping[str, Any]], Any]
"""Takes the request's JSON object; its result is JSON again. Raises `SandboxError`."""


class Control:
    """Answers `POST /<action>`: {"result": ...}, or {"error": message} with status 400."""

    def __init__(self, faults: FaultTable, token: str) -> None:
        self._faults = faults
        self._token = token
        self._actions: dict[str, Action] = {
            "add": self._add,
            "list": lambda _: [dataclasses.asdict(fault) for fault in faults.list()],
            "clear": lambda _: faults.clear(),
            "wait": lambda asked: faults.wait_for_hit(asked["id"], timeout_s=asked["timeout_s"]),
            "release": lambda asked: faults.release(asked["id"]),
            "alarms": _evaluate_alarms,
        }
        self._server = make_server(LOOPBACK, 0, self._application, threaded=True, request_handler=Handler)
        self.endpoint = f"http://{LOOPBACK}:{self._server.server_port}"

    def start(self) -> None:
        """Answer from now on, in threads."""
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def _application(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer: Iterable[bytes] = self._answer(Request(environ))(environ, start_response)
        return answer

    def _answer(self, request: Request) -> Response:
        said = request.headers.get("Authorization", "")
        if not hmac.compare_digest(said.encode(), f"Bearer {self._token}".encode()):
            return _json(403, error="the sandbox's control endpoint needs the token of its home")
        action = self._actions.get(request.path.removeprefix("/"))
        if action is None or request.method != "POST":
            return _json(404, error=f"no such action; there are: POST /{', /'.join(self._actions)}")
        try:
            return _json(200, result=action(request.get_json()))
        except SandboxError as refused:
            return _json(400, error=str(refused))

    def _add(self, asked: Mapping[str, Any]) -> str:
        fault = Fault(**asked["fault"])
        require_known(fault)
        return self._faults.add(fault)


def _evaluate_alarms(asked: Mapping[str, Any]) -> None:
    with MOTO_LOCK:
        alarm_evaluation.evaluate_all(timedelta(seconds=asked["ahead_s"]))


def _json(status: int, **body: Any) -> Response:
    return Response(json.dumps(body), status=status, mimetype="application/json")
