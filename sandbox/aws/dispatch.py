"""The one place where moto is extended: every AWS call passes through here.

A call is first checked by the refusals of its operation (what AWS refuses and moto accepts), then carried out by
our own operation if there is one (what moto lacks or gets wrong), else by moto's. Both are tables that the
modules of each theme fill; `install` puts the seam into moto once.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from moto.core import responses
from moto.core.exceptions import ServiceException
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import camelcase_to_underscores, get_service_model
from moto.s3.responses import S3Response
from werkzeug.exceptions import HTTPException

from sandbox.aws import strikes
from sandbox.aws.callers import Caller, account_of, caller_of
from sandbox.aws.errors import STATUSES, Refused
from sandbox.aws.faults import FaultTable, Place
from sandbox.aws.strikes import Answer


@dataclass(slots=True)
class Call:
    """One AWS API call on its way to moto."""

    response: BaseResponse
    service: str
    """The service's name in botocore: "ec2", "s3", "lambda"."""
    operation: str
    """The operation's name in botocore: "CreateVpc"."""
    caller: Caller
    _params: dict[str, Any] | None = field(default=None)

    @property
    def account(self) -> str:
        """The account that is called: the caller's own."""
        return self.caller.account

    @property
    def region(self) -> str:
        """The region that is called."""
        return str(self.response.region)

    @property
    def place(self) -> Place:
        """What faults tell calls apart by."""
        return Place(service=self.service, operation=self.operation, account=self.account, region=self.region)

    @property
    def secure_transport(self) -> bool:
        """Whether the call came in by the endpoint that stands for TLS."""
        return bool(self.response.normalized_request.environ.get(SECURE_TRANSPORT))

    @property
    def params(self) -> dict[str, Any]:
        """The call's parameters under the names that boto3 has for them."""
        if self._params is None:
            self._params = _parse(self.response, self.service, self.operation)
        return self._params

    def moto(self) -> Any:
        """Moto's own answer, before it is serialised."""
        answer = getattr(self.response, camelcase_to_underscores(self.operation))()
        return answer.result if isinstance(answer, ActionResult) else answer


SECURE_TRANSPORT = "sandbox.secure_transport"
"""The key of the WSGI environment that says how a request came in."""

Refusal: TypeAlias = Callable[[Call], None]
"""Raises `Refused`, or returns."""
Operation: TypeAlias = Callable[[Call], object]
"""Returns the result under botocore's names, as a mapping or as moto's objects; raises `Refused`."""
Key: TypeAlias = tuple[str, str]
"""(service, operation), as botocore names them; the operation "*" is any of the service's."""

_log = logging.getLogger("sandbox.aws")
MOTO_LOCK = threading.RLock()
"""Moto's backends are plain dictionaries: one call at a time touches them."""


@dataclass(frozen=True, slots=True)
class Tables:
    """What is added to moto, and the faults that calls meet before it."""

    refusals: Mapping[Key, tuple[Refusal, ...]]
    operations: Mapping[Key, Operation]
    faults: FaultTable

    def answer(self, moto_handler: Callable[..., Answer], response: BaseResponse, *args: Any) -> Answer:
        """Refuse a call, carry it out, or hand it to moto; whatever is raised becomes an answer."""
        try:
            with MOTO_LOCK:
                call = _call(response)
            strike = self.faults.meet(call.place)
            if strike is None:
                return self._carry_out(moto_handler, call, *args)
            return strikes.answer(
                strike, response, call.service, lambda: self._carry_out(moto_handler, call, *args)
            )
        except ServiceException as refused:
            return _answer(response, refused)
        except HTTPException as refused:
            return refused.code or 400, dict(refused.get_headers()), refused.description
        except NotImplementedError as missing:
            return _answer(response, Refused("NotImplemented", f"The sandbox does not have this: {missing}"))
        except Exception:  # noqa: BLE001 - the emulator's own faults reach a client as AWS's would
            _log.exception("%s failed", response.boto3_service_name)
            return _answer(response, Refused("InternalFailure", "The sandbox failed; its log says how."))

    def _carry_out(self, moto_handler: Callable[..., Answer], call: Call, *args: Any) -> Answer:
        with MOTO_LOCK:
            self._check(call)
            operation = self.operations.get((call.service, call.operation))
            if operation is None:
                return moto_handler(call.response, *args)
            return _answer(call.response, operation(call))

    def _check(self, call: Call) -> None:
        for operation in ("*", call.operation):
            for refuse in self.refusals.get((call.service, operation), ()):
                refuse(call)


_SEAMS = ((BaseResponse, "call_action"), (S3Response, "_bucket_response"), (S3Response, "_key_response"))
"""The methods of moto through which every call goes, once its request is read."""


def install(tables: Tables) -> None:
    """Put the seam into moto. To be called once in a process."""
    for owner, name in _SEAMS:
        setattr(owner, name, _through(tables, getattr(owner, name)))
    BaseResponse.get_current_account = account_of
    # Moto lists the methods of a service's class for each call: a quarter of a call's time.
    responses.method_names_from_class = functools.cache(responses.method_names_from_class)


def _through(tables: Tables, moto_handler: Callable[..., Answer]) -> Callable[..., Answer]:
    @functools.wraps(moto_handler)
    def handle(response: BaseResponse, *args: Any) -> Answer:
        return tables.answer(moto_handler, response, *args)

    return handle


def _call(response: BaseResponse) -> Call:
    service = response.boto3_service_name
    if service == "s3":
        operation = response._get_action_from_method_and_request_uri(response.normalized_request)
    else:
        operation = response._get_action()
    return Call(response, service, operation, caller_of(response, service, operation))


def _parse(response: BaseResponse, service: str, operation: str) -> dict[str, Any]:
    request, model = response.normalized_request, get_service_model(service)
    parser = PROTOCOL_PARSERS[determine_request_protocol(model, request.content_type)]
    parsed: dict[str, Any] = parser(model.operation_model(operation)).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": response.uri_match,
        }
    )
    return parsed


def _answer(response: BaseResponse, result: object) -> Answer:
    with MOTO_LOCK:
        status, headers, body = response.serialized(ActionResult(result))
        headers, body = response._enrich_response(headers, body)
    return _status(result, status), headers, body


def _status(result: object, modelled: int) -> int:
    told = result.status if isinstance(result, Refused) else None
    if told is not None:
        return told
    return STATUSES.get(result.code, modelled) if isinstance(result, ServiceException) else modelled
