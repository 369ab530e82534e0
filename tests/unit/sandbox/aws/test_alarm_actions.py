"""Alarms that fire: on data, when they are asked for and with time, and whom they tell."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import MAIN, SECONDARY, Cloud, policy

DAY_S = 86_400
ROOT = {"AWS": f"arn:aws:iam::{MAIN}:root"}
CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}


@dataclass(frozen=True)
class Watched:
    """A metric with one alarm, a topic, and a queue that hears what the topic says."""

    cloud: Cloud
    name: str
    topic: str
    queue: str

    @property
    def cloudwatch(self) -> Any:
        return self.cloud.client("cloudwatch")

    def alarm(self, **more: Any) -> None:
        self.cloudwatch.put_metric_alarm(
            AlarmName=self.name,
            Namespace=self.name,
            MetricName="Failures",
            Dimensions=[{"Name": "Rule", "Value": "a"}],
            **{
                "Statistic": "Sum",
                "ComparisonOperator": "GreaterThanThreshold",
                "Threshold": 0,
                "Period": 300,
                "EvaluationPeriods": 1,
                "TreatMissingData": "notBreaching",
                "AlarmActions": [self.topic],
                "OKActions": [self.topic],
                **more,
            },
        )

    def put(self, value: float, rule: str = "a") -> None:
        dimensions = [{"Name": "Rule", "Value": rule}]
        datum = {"MetricName": "Failures", "Dimensions": dimensions, "Value": value}
        self.cloudwatch.put_metric_data(Namespace=self.name, MetricData=[datum])

    def state(self) -> str:
        (alarm,) = self.cloudwatch.describe_alarms(AlarmNames=[self.name])["MetricAlarms"]
        return str(alarm["StateValue"])

    def told(self) -> list[dict[str, Any]]:
        """What the topic said since it was last asked."""
        sqs = self.cloud.client("sqs")
        answer = sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        found = []
        for item in answer.get("Messages", ()):
            sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=item["ReceiptHandle"])
            found.append(json.loads(json.loads(item["Body"])["Message"]))
        return found

    def states_told(self) -> list[str]:
        return [item["NewStateValue"] for item in self.told()]


def topic_policy(arn: str, account: str = MAIN) -> str:
    return policy(
        {
            "Principal": CLOUDWATCH,
            "Action": "sns:Publish",
            "Resource": arn,
            "Condition": {"StringEquals": {"aws:SourceAccount": account}},
        }
    )


@pytest.fixture
def watched(cloud: Cloud) -> Iterator[Watched]:
    name = f"alarm-{uuid.uuid4()}"
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    topic = sns.create_topic(Name=name)["TopicArn"]
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=topic_policy(topic))
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    yield Watched(cloud, name, topic, queue)
    cloud.client("cloudwatch").delete_alarms(AlarmNames=[name])
    sns.delete_topic(TopicArn=topic)
    sqs.delete_queue(QueueUrl=queue)


def test_an_alarm_fires_on_data_tells_its_topic_once_and_is_ok_again_with_time(watched: Watched) -> None:
    watched.alarm()
    assert watched.state() == "OK", "missing data is not breaching"
    assert watched.states_told() == ["OK"], "from INSUFFICIENT_DATA, in which an alarm is born"
    watched.put(1)
    (told,) = watched.told()
    assert {key: told[key] for key in ("AlarmName", "AWSAccountId", "OldStateValue", "NewStateValue")} == {
        "AlarmName": watched.name,
        "AWSAccountId": MAIN,
        "OldStateValue": "OK",
        "NewStateValue": "ALARM",
    }
    assert told["Region"] == "US East (N. Virginia)"
    assert told["Trigger"]["Dimensions"] == [{"name": "Rule", "value": "a"}]
    watched.put(1)
    assert watched.told() == [], "a state that stays tells nobody"
    watched.cloud.sandbox.faults.evaluate_alarms(ahead_s=DAY_S)
    assert watched.states_told() == ["OK"]
    assert watched.state() == "OK", "no alarm is evaluated for an earlier time again"


def test_data_of_other_dimensions_is_none_of_its_business(watched: Watched) -> None:
    watched.alarm()
    watched.put(1, rule="b")
    assert watched.state() == "OK"


def test_two_of_three_periods(watched: Watched) -> None:
    watched.alarm(EvaluationPeriods=3, DatapointsToAlarm=2)
    watched.put(1)
    assert watched.state() == "OK"
    watched.cloud.sandbox.faults.evaluate_alarms()
    assert watched.state() == "OK"


def test_without_data_an_alarm_that_misses_it_knows_nothing(watched: Watched) -> None:
    watched.alarm(TreatMissingData="missing")
    watched.put(0)
    assert watched.state() == "OK"
    watched.cloud.sandbox.faults.evaluate_alarms(ahead_s=DAY_S)
    assert watched.state() == "INSUFFICIENT_DATA"


def test_a_state_set_by_hand_stands_until_the_next_evaluation(watched: Watched) -> None:
    watched.alarm()
    watched.cloudwatch.set_alarm_state(AlarmName=watched.name, StateValue="ALARM", StateReason="a drill")
    assert watched.state() == "ALARM"
    watched.put(0)
    assert watched.state() == "OK"


def test_without_actions_nobody_is_told(watched: Watched) -> None:
    watched.alarm(ActionsEnabled=False)
    watched.put(1)
    assert (watched.state(), watched.told()) == ("ALARM", [])


def test_a_topic_that_does_not_let_the_alarms_account_in_hears_nothing(watched: Watched) -> None:
    text = topic_policy(watched.topic, SECONDARY)
    sns = watched.cloud.client("sns")
    sns.set_topic_attributes(TopicArn=watched.topic, AttributeName="Policy", AttributeValue=text)
    watched.alarm()
    watched.put(1)
    assert (watched.state(), watched.told()) == ("ALARM", [])


@pytest.mark.parametrize(
    ("actions", "heard"), [(["kms:Decrypt"], []), (["kms:Decrypt", "kms:GenerateDataKey*"], ["ALARM"])]
)
def test_the_key_of_a_topic_has_to_let_alarms_in(
    watched: Watched, actions: list[str], heard: list[str]
) -> None:
    context = {"kms:EncryptionContext:aws:sns:topicArn": watched.topic}
    text = policy(
        {"Principal": ROOT, "Action": "kms:*", "Resource": "*"},
        {
            "Principal": CLOUDWATCH,
            "Action": actions,
            "Resource": "*",
            "Condition": {"StringLike": context},
        },
    )
    key = watched.cloud.client("kms").create_key(Policy=text)["KeyMetadata"]["Arn"]
    sns = watched.cloud.client("sns")
    sns.set_topic_attributes(TopicArn=watched.topic, AttributeName="KmsMasterKeyId", AttributeValue=key)
    watched.alarm(OKActions=[])
    watched.put(1)
    assert (watched.state(), watched.states_told()) == ("ALARM", heard)
