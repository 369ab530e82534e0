"""Faults on request: what a test or a person asks the running sandbox to do to AWS calls.

The daemon counts the calls and keeps the faults (`sandbox.aws.faults`); this is the way to it. Light to import:
it loads no AWS library.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from sandbox.errors import SandboxError, unknown

KINDS = {
    "throttle": "refused as the service refuses too many requests",
    "error": "refused with the given code",
    "hang": "not carried out before it is released",
    "hang-answer": "carried out, its answer held back until it is released",
    "drop": "not carried out; the connection is closed without an answer",
    "drop-answer": "carried out; the connection is closed without an answer",
}
"""Kind of fault -> what becomes of a call that it hits."""
ANY = "*"
EXPIRED = "ExpiredToken"
"""The code that each service answers in its own words when a session is over."""

_ANSWER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Fault:
    """What is to happen to which calls. Raises `SandboxError` for what makes no sense."""

    kind: str
    service: str
    """The service's name in botocore, "ec2"; "*" is any."""
    operation: str
    """The operation's name in AWS, "CreateSubnet"; "*" is any."""
    account: str | None = None
    """The caller's account, by name or id; None is any."""
    region: str | None = None
    nth: int = 1
    """The first of the matching calls, counted from when the fault is added, that is hit."""
    times: int = 1
    """How many matching calls in a row are hit."""
    code: str | None = None
    """An error's code; None is the service's own for an internal error. See also `EXPIRED`."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown("kind of fault", self.kind, KINDS)
        if self.nth < 1 or self.times < 1:
            raise SandboxError("nth and times of a fault are counted from 1")
        if self.code is not None and self.kind != "error":
            raise SandboxError(f"a fault of kind {self.kind} has no code; use the kind error")

    def __str__(self) -> str:
        place = "".join(f" in {name}" for name in (self.account, self.region) if name)
        code = f" {self.code}" if self.code else ""
        last = self.nth + self.times - 1
        calls = f"call {self.nth}" if self.times == 1 else f"calls {self.nth} to {last}"
        return f"{self.kind}{code} {self.service}.{self.operation}{place}, {calls}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ActiveFault:
    """A fault in the daemon, and what it has seen."""

    id: str
    fault: Fault
    calls: int
    """Matching calls so far."""
    hits: int
    """Calls that it hit so far."""
    holding: int
    """Calls that hang now."""


class Faults:
    """The faults of one running daemon."""

    def __init__(self, *, endpoint: str, token: str, accounts: Mapping[str, str]) -> None:
        self._address = urlsplit(endpoint).netloc
        self._token = token
        self._accounts = accounts

    def add(self, fault: Fault) -> str:
        """Switch a fault on; its id. Raises `SandboxError` for an unknown service, operation or account."""
        values = asdict(fault)
        if fault.account is not None:
            values["account"] = self._account_id(fault.account)
        return str(self._ask("add", fault=values))

    def list(self) -> tuple[ActiveFault, ...]:
        """The faults that were added since the start or the last `clear`, in that order."""
        return tuple(ActiveFault(**{**item, "fault": Fault(**item["fault"])}) for item in self._ask("list"))

    def clear(self) -> None:
        """Forget all faults; what hangs goes on."""
        self._ask("clear")

    def wait_for_hit(self, fault_id: str, *, timeout_s: float) -> None:
        """Return once the fault has hit a call: it hangs, was refused, or its connection is closed.

        Raises `SandboxError` when that does not happen in time, or there is no such fault.
        """
        self._ask("wait", timeout_s=timeout_s, id=fault_id)

    def release(self, fault_id: str) -> None:
        """Let the calls go on that this fault holds, and hold no more. Raises `SandboxError` for an unknown id."""
        self._ask("release", id=fault_id)

    def evaluate_alarms(self, *, ahead_s: float = 0.0) -> None:
        """Let CloudWatch evaluate all alarms as if so many seconds had passed, and tell whom their states concern.

        No alarm is evaluated for an earlier time again: what was seen so stays until the clock has caught up.
        """
        self._ask("alarms", ahead_s=ahead_s)

    def _account_id(self, account: str) -> str:
        if account in self._accounts.values():
            return account
        if account not in self._accounts:
            raise unknown("account", account, self._accounts)
        return self._accounts[account]

    def _ask(self, action: str, *, timeout_s: float = 0.0, **values: Any) -> Any:
        body = json.dumps(values | ({"timeout_s": timeout_s} if timeout_s else {}))
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        connection = HTTPConnection(self._address, timeout=timeout_s + _ANSWER_SECONDS)
        try:
            connection.request("POST", f"/{action}", body=body, headers=headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            raise SandboxError(
                f"the sandbox does not answer; look at: fleet sandbox status ({error})"
            ) from error
        finally:
            connection.close()
        if "error" in answer:
            raise SandboxError(answer["error"])
        return answer["result"]
