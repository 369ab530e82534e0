"""The API's address: who calls is checked here, what is asked is answered by AWS's own application in the worker."""

from __future__ import annotations

import base64
import json
import logging
import re
import socket
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from werkzeug.serving import make_server
from werkzeug.wrappers import Request as HttpRequest
from werkzeug.wrappers import Response

from sandbox.aws.callers import caller_with
from sandbox.aws.connection import Handler
from sandbox.aws.dispatch import MOTO_LOCK
from sandbox.aws.errors import Refused
from sandbox.aws.faults import FaultTable, Place
from sandbox.aws.identity import find_role, session_of
from sandbox.aws.server import LOOPBACK
from sandbox.aws.stack_model import stack_named
from sandbox.parallelcluster.api_stack import APIS, Installed
from sandbox.parallelcluster.cluster_stack import settle_fleet
from sandbox.parallelcluster.signature import Request, Unsigned, access_key_of

STAGE = "prod"
SESSION = timedelta(hours=1)

OPERATIONS: Mapping[tuple[str, str], str] = {
    ("GET", ""): "ListClusters",
    ("POST", ""): "CreateCluster",
    ("GET", "name"): "DescribeCluster",
    ("PUT", "name"): "UpdateCluster",
    ("DELETE", "name"): "DeleteCluster",
    ("GET", "computefleet"): "DescribeComputeFleet",
    ("PATCH", "computefleet"): "UpdateComputeFleet",
    ("GET", "instances"): "DescribeClusterInstances",
    ("DELETE", "instances"): "DeleteClusterInstances",
    ("GET", "stackevents"): "GetClusterStackEvents",
    ("GET", "logstreams"): "ListClusterLogStreams",
}
"""(method, what of a cluster) -> the operation's name in openapi.yaml: what faults are told by."""

_PATH = re.compile(r"/v3/clusters(?:/(?P<name>[^/]+)(?:/(?P<part>[a-z]+))?)?")
_NO_ANSWER = Response(status=500)
"""Nobody reads it: the connection is closed."""
_log = logging.getLogger("sandbox.parallelcluster")


class Worker(Protocol):
    """The process that has AWS's package."""

    def ask(self, what: str, **details: Any) -> Any:
        """Its answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    api: Installed
    request: HttpRequest
    path: str

    @property
    def operation(self) -> str:
        match = _PATH.fullmatch(self.path)
        if match is None:
            return "Other"
        part = match["part"] or ("name" if match["name"] else "")
        return OPERATIONS.get((self.request.method, part), "Other")

    @property
    def cluster(self) -> str:
        match = _PATH.fullmatch(self.path)
        return (match["name"] if match else "") or ""


class Front:
    """A server on loopback; each API that is installed has a path of its own."""

    def __init__(self, worker: Worker, endpoint: str, faults: FaultTable) -> None:
        self._worker = worker
        self._endpoint = endpoint
        self._faults = faults
        self._server = make_server(LOOPBACK, 0, self._application, threaded=True, request_handler=Handler)

    def start(self) -> None:
        """Answer from now on, in threads."""
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def address(self, api_id: str) -> str:
        """What stands for https://<id>.execute-api.<region>.amazonaws.com/prod."""
        return f"http://{LOOPBACK}:{self._server.server_port}/{api_id}/{STAGE}"

    def _application(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer: Iterable[bytes] = self._answer(HttpRequest(environ))(environ, start_response)
        return answer

    def _answer(self, request: HttpRequest) -> Response:
        api_id, _, path = request.path.removeprefix("/").partition(f"/{STAGE}")
        api = APIS.get(api_id)
        if api is None:
            return _json(403, message="Forbidden")
        asked = _Asked(api=api, request=request, path=path)
        try:
            _require_user(asked)
            return self._meet_faults(asked)
        except Unsigned as refused:
            return _json(403, message=str(refused))
        except Refused as refused:
            return _json(403, message=refused.message)
        except Exception:  # noqa: BLE001 - a client gets an answer, the log the traceback
            _log.exception("%s %s", request.method, path)
            return _json(500, message="Internal server error")

    def _meet_faults(self, asked: _Asked) -> Response:
        place = Place(
            service="parallelcluster",
            operation=asked.operation,
            account=asked.api.account,
            region=asked.api.region,
        )
        strike = self._faults.meet(place)
        if strike is None:
            return self._ask(asked)
        match strike.fault.kind:
            case "throttle":
                strike.hit()
                return _json(429, message="Too Many Requests")
            case "error":
                strike.hit()
                return _json(500, message=strike.fault.code or "Internal server error")
            case "hang":
                strike.hold()
                return self._ask(asked)
            case "hang-answer":
                answer = self._ask(asked)
                strike.hold()
                return answer
            case "drop-answer":
                self._ask(asked)
        connection: socket.socket = asked.request.environ["werkzeug.socket"]
        connection.shutdown(socket.SHUT_RDWR)
        strike.hit()
        return _NO_ANSWER

    def _ask(self, asked: _Asked) -> Response:
        """Let AWS's application answer, as the API's own role."""
        request, api = asked.request, asked.api
        with MOTO_LOCK:
            own = session_of(find_role(api.own_role_arn), "parallelcluster-api", SESSION)["Credentials"]
        answer = self._worker.ask(
            "api",
            method=request.method,
            path=asked.path,
            query=request.query_string.decode(),
            body=base64.b64encode(request.get_data()).decode(),
            region=api.region,
            endpoint=self._endpoint,
            credentials={
                "aws_access_key_id": own["AccessKeyId"],
                "aws_secret_access_key": own["SecretAccessKey"],
                "aws_session_token": own["SessionToken"],
            },
        )
        if asked.operation == "UpdateComputeFleet" and answer["status"] == 200:
            with MOTO_LOCK:
                settle_fleet(stack_named(api.account, api.region, asked.cluster))
        return Response(answer["body"], status=answer["status"], content_type=answer["content_type"])


def _require_user(asked: _Asked) -> None:
    """The signature must be right and its signer the API's user: the API's policy denies all others."""
    request, api = asked.request, asked.api
    signed = Request(method=request.method, url=request.url, headers=request.headers, body=request.get_data())
    with MOTO_LOCK:
        key = access_key_of(signed, api.region)
        caller = caller_with(key, request.headers.get("X-Amz-Security-Token"))
    if caller.principal_arn != api.user_role_arn:
        resource = (
            f"arn:aws:execute-api:{api.region}:********{api.account[-4:]}:{api.id}/{STAGE}/"
            f"{request.method}{asked.path}"
        )
        raise Unsigned(
            f"User: {caller.arn} is not authorized to perform: execute-api:Invoke on resource: {resource} "
            "with an explicit deny in a resource-based policy"
        )


def _json(status: int, **body: Any) -> Response:
    return Response(json.dumps(body), status=status, mimetype="application/json")
