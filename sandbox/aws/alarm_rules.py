"""Which state an alarm is in, given what its metric said: M of N periods, and what is made of periods without data.

Pure. Source: CloudWatch User Guide, "Alarm evaluation" and "Configuring how CloudWatch alarms treat missing data".
"""

from __future__ import annotations

import enum
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final


class State(enum.StrEnum):
    """The three states of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}

LOOKED_BACK = 2
"""So many periods beyond the evaluation periods are looked at, so that late data does not count as missing: the
guide's examples show five for an alarm of three, and say that the number is not fixed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmRule:
    """What an alarm holds against its metric: `enough` breaching values of the `periods` newest make an alarm."""

    periods: int
    enough: int
    comparison: str
    threshold: float
    missing: str

    @property
    def range_periods(self) -> int:
        """How many periods are looked at, the newest included."""
        return self.periods + LOOKED_BACK


def evaluate(rule: AlarmRule, values: Sequence[float | None], now: State) -> State:
    """The state after these periods, the oldest first; None is a period without data; `now`: the state before."""
    real = [value for value in values if value is not None][-rule.periods :]
    breaching = sum(_breaches(rule, value) for value in real)
    unknown = rule.periods - len(real)
    if rule.missing == "breaching":
        breaching += unknown
    if breaching >= rule.enough:
        return State.ALARM
    is_open = unknown > 0 and breaching == len(real) and rule.missing in ("missing", "ignore")
    return _undecided(rule, values, now) if is_open else State.OK


def _undecided(rule: AlarmRule, values: Sequence[float | None], now: State) -> State:
    """What there is breaches, and is too little for an alarm by itself."""
    if rule.missing == "ignore":
        return now
    if all(value is None for value in values):
        return State.INSUFFICIENT_DATA
    return State.ALARM if _age(values) >= rule.enough else now


def _breaches(rule: AlarmRule, value: float) -> bool:
    return COMPARE[rule.comparison](value, rule.threshold)


def _age(values: Sequence[float | None]) -> int:
    """How many periods ago the oldest value was, the newest period being 1: an alarm is not called before its time."""
    return len(values) - next(index for index, value in enumerate(values) if value is not None)
