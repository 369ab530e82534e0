"""CloudWatch alarms and the metrics that they read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import MAIN, Cloud, refusal

NAME = "private-use1-az1-free-addresses"
ARN = f"arn:aws:cloudwatch:us-east-1:{MAIN}:alarm:{NAME}"
TAGS = [{"Key": "fleet:urn", "Value": "x"}]
ALARM = {
    "AlarmName": NAME,
    "AlarmDescription": "runs out of addresses",
    "Namespace": "MlClusters/Network",
    "MetricName": "AvailableIpAddressCount",
    "Dimensions": [{"Name": "SubnetId", "Value": "subnet-1"}],
    "Statistic": "Minimum",
    "ComparisonOperator": "LessThanThreshold",
    "Threshold": 500,
    "Period": 300,
    "EvaluationPeriods": 1,
    "TreatMissingData": "missing",
}


@pytest.fixture(scope="module")
def cloudwatch(cloud: Cloud) -> Any:
    return cloud.client("cloudwatch")


def alarms(cloudwatch: Any) -> list[dict[str, Any]]:
    times = ("AlarmConfigurationUpdatedTimestamp", "StateUpdatedTimestamp")
    found = cloudwatch.describe_alarms(AlarmNames=[NAME])["MetricAlarms"]
    return [{key: value for key, value in alarm.items() if key not in times} for alarm in found]


def test_an_alarm_from_its_creation_to_its_end(cloudwatch: Any) -> None:
    shown = {
        **ALARM,
        "AlarmArn": ARN,
        "Threshold": 500.0,
        "ActionsEnabled": True,
        "AlarmActions": [],
        "OKActions": [],
        "InsufficientDataActions": [],
        "Metrics": [],
        "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Unchecked: Initial alarm creation",
        "StateReasonData": "{}",
    }
    cloudwatch.put_metric_alarm(**ALARM, Tags=TAGS)
    assert alarms(cloudwatch) == [shown]
    cloudwatch.put_metric_alarm(**{**ALARM, "Threshold": 400, "EvaluationPeriods": 3})
    assert alarms(cloudwatch) == [{**shown, "Threshold": 400.0, "EvaluationPeriods": 3}]
    assert cloudwatch.list_tags_for_resource(ResourceARN=ARN)["Tags"] == TAGS
    cloudwatch.tag_resource(ResourceARN=ARN, Tags=[{"Key": "team", "Value": "ml"}])
    cloudwatch.untag_resource(ResourceARN=ARN, TagKeys=["fleet:urn"])
    tags = cloudwatch.list_tags_for_resource(ResourceARN=ARN)["Tags"]
    assert tags == [{"Key": "team", "Value": "ml"}]
    cloudwatch.delete_alarms(AlarmNames=[NAME])
    assert alarms(cloudwatch) == []
    assert cloudwatch.list_tags_for_resource(ResourceARN=ARN)["Tags"] == []
    assert refusal(lambda: cloudwatch.delete_alarms(AlarmNames=[NAME])) == "ResourceNotFound"


def test_a_changed_alarm_keeps_its_state(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**ALARM)
    cloudwatch.set_alarm_state(AlarmName=NAME, StateValue="ALARM", StateReason="a test")
    cloudwatch.put_metric_alarm(**{**ALARM, "Threshold": 400})
    assert [alarm["StateValue"] for alarm in alarms(cloudwatch)] == ["ALARM"]
    cloudwatch.delete_alarms(AlarmNames=[NAME])


def test_with_one_wrong_name_no_alarm_is_deleted(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**ALARM)
    both = [NAME, "nothing"]
    assert refusal(lambda: cloudwatch.delete_alarms(AlarmNames=both)) == "ResourceNotFound"
    assert [alarm["AlarmName"] for alarm in alarms(cloudwatch)] == [NAME]
    cloudwatch.delete_alarms(AlarmNames=[NAME])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ComparisonOperator": "LessThan"}, "ValidationError"),
        ({"Statistic": "Min"}, "ValidationError"),
        ({"Unit": "Addresses"}, "ValidationError"),
        ({"TreatMissingData": "notbreaching"}, "ValidationError"),
        ({"Period": 45}, "ValidationError"),
        ({"Period": 300, "EvaluationPeriods": 289}, "ValidationError"),
        ({"Period": 3600, "EvaluationPeriods": 169}, "ValidationError"),
        ({"ExtendedStatistic": "p99"}, "InvalidParameterCombination"),
    ],
)
def test_it_refuses_what_aws_refuses(cloudwatch: Any, changes: dict[str, Any], code: str) -> None:
    assert refusal(lambda: cloudwatch.put_metric_alarm(**{**ALARM, **changes})) == code
    assert alarms(cloudwatch) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"Period": 10},
        {"Period": 300, "EvaluationPeriods": 288},
        {"Period": 3600, "EvaluationPeriods": 168},
        {"TreatMissingData": "notBreaching"},
    ],
)
def test_it_takes_what_aws_takes(cloudwatch: Any, changes: dict[str, Any]) -> None:
    cloudwatch.put_metric_alarm(**{**ALARM, **changes})
    (alarm,) = alarms(cloudwatch)
    cloudwatch.delete_alarms(AlarmNames=[NAME])
    assert {key: alarm[key] for key in changes} == changes
