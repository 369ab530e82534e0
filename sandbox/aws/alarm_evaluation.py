"""Alarms look at their metrics when data arrives, when somebody asks for them, and otherwise not: no thread waits.

AWS evaluates each minute; here an alarm that is asked for is evaluated if its last evaluation is a minute old. The
period that is still under way counts. Alarms on metric math, percentiles and composite alarms keep their state.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from moto.cloudwatch.models import Alarm, CloudWatchBackend, MetricDatum, Statistics, cloudwatch_backends
from moto.core.utils import utcnow

from sandbox.aws import accounts, alarm_actions
from sandbox.aws.alarm_rules import AlarmRule, State, evaluate

CADENCE: Final = timedelta(minutes=1)
"""How often AWS evaluates an alarm."""

NEVER: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - moto's times have no zone

Identity = tuple[str, str, frozenset[tuple[str, str]]]
"""Namespace, name and dimensions: what tells metrics apart."""

_put_metric_data = CloudWatchBackend.put_metric_data


def evaluate_all(ahead: timedelta) -> None:
    """Evaluate every alarm as if it were later. No alarm is evaluated for an earlier time again."""
    at = utcnow() + ahead
    for account in accounts.known():
        for backend in cloudwatch_backends[account].values():
            for alarm in list(backend.alarms.values()):
                _evaluate(backend, alarm, at)


def evaluate_due(backend: CloudWatchBackend) -> None:
    """Evaluate the alarms of an account and region whose last evaluation is a minute old."""
    now = utcnow()
    for alarm in list(backend.alarms.values()):
        if now - _evaluated(alarm) >= CADENCE:
            _evaluate(backend, alarm, now)


def is_settled(alarm: Alarm) -> None:
    """Let a state that was set by hand stand until the next evaluation."""
    alarm.__dict__["evaluated"] = max(_evaluated(alarm), utcnow())


def keep_time(before: Alarm, after: Alarm) -> None:
    """A changed alarm is evaluated when the one that it replaces would have been."""
    after.__dict__["evaluated"] = _evaluated(before)


def _put_and_evaluate(backend: CloudWatchBackend, namespace: str, metric_data: list[dict[str, Any]]) -> None:
    """Moto's data, kept by metric as well; alarms on what came are evaluated."""
    before = len(backend.metric_data)
    _put_metric_data(backend, namespace, metric_data)
    came = set()
    for datum in backend.metric_data[before:]:
        identity = _identity(datum.namespace, datum.name, datum.dimensions)
        _series(backend)[identity].append(datum)
        came.add(identity)
    now = utcnow()
    for alarm in list(backend.alarms.values()):
        if _identity(alarm.namespace, alarm.metric_name, alarm.dimensions) in came:
            _evaluate(backend, alarm, max(now, _evaluated(alarm)))


CloudWatchBackend.put_metric_data = _put_and_evaluate


def _evaluate(backend: CloudWatchBackend, alarm: Alarm, at: datetime) -> None:
    if at < _evaluated(alarm):
        return
    alarm.__dict__["evaluated"] = at
    if not alarm.metric_name or not alarm.statistic:
        return
    rule = AlarmRule(
        periods=int(alarm.evaluation_periods),
        enough=int(alarm.datapoints_to_alarm or alarm.evaluation_periods),
        comparison=alarm.comparison_operator,
        threshold=float(alarm.threshold),
        missing=alarm.treat_missing_data or "missing",
    )
    values = list(_values(backend, alarm, rule.range_periods, at))
    before = State(alarm.state_value)
    after = evaluate(rule, values, before)
    if after is before:
        return
    alarm.update_state(_reason(alarm, values, after), _reason_data(alarm, values, at), after.value)
    alarm_actions.run(alarm, before, account=backend.account_id)


def _values(backend: CloudWatchBackend, alarm: Alarm, periods: int, at: datetime) -> Iterator[float | None]:
    """The statistic of each of the last periods, the oldest first; periods begin at multiples of their length."""
    length = int(alarm.period)
    newest = int(at.replace(tzinfo=UTC).timestamp()) // length
    found: dict[int, Statistics] = {}
    identity = _identity(alarm.namespace, alarm.metric_name, alarm.dimensions)
    for datum in _series(backend).get(identity, ()):
        stamped = datum.timestamp.replace(tzinfo=datum.timestamp.tzinfo or UTC)
        slot = int(stamped.timestamp()) // length
        if newest - periods < slot <= newest and alarm.unit in (None, datum.unit):
            found.setdefault(slot, Statistics([alarm.statistic], stamped)).metric_data.append(datum)
    for slot in range(newest - periods + 1, newest + 1):
        value = found[slot].get_statistics_for_type(alarm.statistic) if slot in found else None
        yield None if value is None else float(value)


def _reason(alarm: Alarm, values: Sequence[float | None], after: State) -> str:
    if after is State.INSUFFICIENT_DATA:
        return f"Insufficient Data: {alarm.evaluation_periods} datapoints were unknown."
    real = [value for value in values if value is not None][-int(alarm.evaluation_periods) :]
    if not real:
        return (
            f"Threshold Crossed: no datapoints were received and missing data is {alarm.treat_missing_data}."
        )
    return f"Threshold Crossed: datapoints {real} against {alarm.comparison_operator} {alarm.threshold}."


def _reason_data(alarm: Alarm, values: Sequence[float | None], at: datetime) -> str:
    return json.dumps(
        {
            "version": "1.0",
            "queryDate": at.isoformat(),
            "statistic": alarm.statistic,
            "period": int(alarm.period),
            "recentDatapoints": [value for value in values if value is not None],
            "threshold": float(alarm.threshold),
        }
    )


def _evaluated(alarm: Alarm) -> datetime:
    """When an alarm was last evaluated; a new one never was."""
    at: datetime = alarm.__dict__.get("evaluated", NEVER)
    return at


def _series(backend: CloudWatchBackend) -> defaultdict[Identity, list[MetricDatum]]:
    """The data of an account and region by metric: an alarm would else look through all of it."""
    found: defaultdict[Identity, list[MetricDatum]] = backend.__dict__.setdefault("series", defaultdict(list))
    return found


def _identity(namespace: str, name: str, dimensions: Sequence[Any]) -> Identity:
    return namespace, name, frozenset((item.name, item.value) for item in dimensions)
