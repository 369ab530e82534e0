"""EventBridge rules: a rate's unit agrees with its number. Source: EventBridge User Guide, "Rate expressions"."""

from __future__ import annotations

import re

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused

_RATE = re.compile(r"rate\((?:1 (?:minute|hour|day)|(?!1 )[1-9]\d* (?:minutes|hours|days))\)")


def rate_agrees(call: Call) -> None:
    """ValidationException for `rate(1 minutes)` and `rate(5 minute)`."""
    schedule = call.params.get("ScheduleExpression", "")
    if schedule.startswith("rate(") and not _RATE.fullmatch(schedule):
        raise Refused("ValidationException", "Parameter ScheduleExpression is not valid.")


REFUSALS: dict[Key, tuple[Refusal, ...]] = {("events", "PutRule"): (rate_agrees,)}
OPERATIONS: dict[Key, Operation] = {}
