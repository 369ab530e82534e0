"""The tables of the CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data", row by row."""

from __future__ import annotations

import pytest

from sandbox.aws.alarm_rules import COMPARE, AlarmRule, State, evaluate

OK, ALARM, NONE = State.OK, State.ALARM, State.INSUFFICIENT_DATA
VALUES = {"0": 0.0, "X": 2.0, "-": None}
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
RETAINED = "retained"

THREE_OF_THREE = (
    ("0-X-X", (OK, OK, OK, OK)),
    ("----0", (OK, OK, OK, OK)),
    ("-----", (NONE, RETAINED, ALARM, OK)),
    ("0XX-X", (ALARM, ALARM, ALARM, ALARM)),
    ("--X--", (ALARM, RETAINED, ALARM, OK)),
)
TWO_OF_THREE = (
    ("0-X-X", (ALARM, ALARM, ALARM, ALARM)),
    ("00X0X", (ALARM, ALARM, ALARM, ALARM)),
    ("0-X--", (OK, OK, ALARM, OK)),
    ("----0", (OK, OK, ALARM, OK)),
    ("----X", (RETAINED, RETAINED, ALARM, OK)),
)
ROWS = [
    (enough, periods, treatment, state)
    for enough, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
    for periods, states in table
    for treatment, state in zip(TREATMENTS, states, strict=True)
]


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize(("enough", "periods", "treatment", "state"), ROWS)
def test_a_row_of_the_guide(
    enough: int, periods: str, treatment: str, state: State | str, before: State
) -> None:
    rule = AlarmRule(
        periods=3, enough=enough, comparison="GreaterThanThreshold", threshold=1.0, missing=treatment
    )
    assert rule.range_periods == len(periods)
    found = evaluate(rule, [VALUES[item] for item in periods], before)
    assert found is (before if state == RETAINED else state)


def test_one_breaching_value_is_enough_for_an_alarm_of_one_period() -> None:
    for missing in TREATMENTS:
        rule = AlarmRule(
            periods=1, enough=1, comparison="LessThanThreshold", threshold=500.0, missing=missing
        )
        assert evaluate(rule, (None, None, 499.0), OK) is ALARM
        assert evaluate(rule, (None, 499.0, 500.0), ALARM) is OK


@pytest.mark.parametrize(
    ("comparison", "breaches"),
    [
        ("GreaterThanOrEqualToThreshold", (False, True, True)),
        ("GreaterThanThreshold", (False, False, True)),
        ("LessThanThreshold", (True, False, False)),
        ("LessThanOrEqualToThreshold", (True, True, False)),
    ],
)
def test_the_threshold_itself_breaches_where_the_operator_says_so(
    comparison: str, breaches: tuple[bool, ...]
) -> None:
    assert tuple(COMPARE[comparison](value, 1.0) for value in (0.0, 1.0, 2.0)) == breaches
