"""CloudWatch alarms: what PutMetricAlarm takes, the states of an alarm, and that its tags end with it.

Source: CloudWatch API Reference, PutMetricAlarm and DeleteAlarms.
"""

from __future__ import annotations

from moto.cloudwatch.models import cloudwatch_backends

from sandbox.aws import alarm_evaluation
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.values import constraint, listed, one_of

MISSING_DATA = ("breaching", "notBreaching", "ignore", "missing")
HIGH_RESOLUTION_SECONDS = (10, 20, 30)
HOUR_SECONDS, DAY_SECONDS, WEEK_SECONDS = 3600, 86_400, 604_800


def missing_data_is_known(call: Call) -> None:
    """TreatMissingData is a text in the model, and one of four in the reference."""
    value = call.params.get("TreatMissingData")
    if value is not None and value not in MISSING_DATA:
        raise Refused("ValidationError", constraint("TreatMissingData", value, one_of(MISSING_DATA)))


def period_fits(call: Call) -> None:
    """A period is a multiple of a minute, or 10, 20 or 30 s; all periods of an alarm are a day, or a week of hours."""
    period = call.params.get("Period")
    if period is None:
        return
    if period % 60 and period not in HIGH_RESOLUTION_SECONDS:
        raise Refused("ValidationError", f"Period must be 10, 20, 30 or a multiple of 60, not {period}")
    longest = DAY_SECONDS if period < HOUR_SECONDS else WEEK_SECONDS
    if period * call.params["EvaluationPeriods"] > longest:
        raise Refused(
            "ValidationError",
            f"Metrics cannot be checked across more than {longest} s (EvaluationPeriods * Period)",
        )


def statistic_is_one(call: Call) -> None:
    """InvalidParameterCombination: an alarm on a metric has Statistic or ExtendedStatistic."""
    named = [name for name in ("Statistic", "ExtendedStatistic") if name in call.params]
    if "MetricName" in call.params and len(named) != 1:
        raise Refused(
            "InvalidParameterCombination", "Exactly one of Statistic and ExtendedStatistic must be specified"
        )


def alarms_exist(call: Call) -> None:
    """ResourceNotFound: with one wrong name no alarm is deleted."""
    alarms = cloudwatch_backends[call.account][call.region].alarms
    for name in call.params["AlarmNames"]:
        if name not in alarms:
            raise Refused("ResourceNotFound", f"Alarm {name} does not exist")


def put_metric_alarm(call: Call) -> object:
    """Moto's alarm; a new one has no data yet, and a changed one keeps its state."""
    alarms, name = cloudwatch_backends[call.account][call.region].alarms, call.params["AlarmName"]
    before = alarms.get(name)
    result = call.moto()
    alarms[name].state_value = "INSUFFICIENT_DATA" if before is None else before.state_value
    if before is not None:
        alarm_evaluation.keep_time(before, alarms[name])
    return result


def describe_alarms(call: Call) -> object:
    """Moto's alarms, after those whose time has come were evaluated."""
    alarm_evaluation.evaluate_due(cloudwatch_backends[call.account][call.region])
    return call.moto()


def set_alarm_state(call: Call) -> object:
    """Moto's state; it stands until the next evaluation."""
    result = call.moto()
    alarm_evaluation.is_settled(
        cloudwatch_backends[call.account][call.region].alarms[call.params["AlarmName"]]
    )
    return result


def delete_alarms(call: Call) -> object:
    """Moto's deletion; the alarms' tags go with them."""
    backend = cloudwatch_backends[call.account][call.region]
    for name in call.params["AlarmNames"]:
        backend.tagger.delete_all_tags_for_resource(backend.alarms[name].alarm_arn)
    return call.moto()


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("cloudwatch", "PutMetricAlarm"): (
        listed("ValidationError", "ComparisonOperator", "Statistic", "Unit"),
        missing_data_is_known,
        statistic_is_one,
        period_fits,
    ),
    ("cloudwatch", "DeleteAlarms"): (alarms_exist,),
}
OPERATIONS: dict[Key, Operation] = {
    ("cloudwatch", "PutMetricAlarm"): put_metric_alarm,
    ("cloudwatch", "DescribeAlarms"): describe_alarms,
    ("cloudwatch", "SetAlarmState"): set_alarm_state,
    ("cloudwatch", "DeleteAlarms"): delete_alarms,
}
