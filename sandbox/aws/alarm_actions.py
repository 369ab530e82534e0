"""What an alarm does when its state changes: it publishes to SNS topics, if their policy and their key let it.

Actions that are no topic (EC2, Auto Scaling, Lambda) are not carried out. What fails is in the sandbox's log, as AWS
has it in the alarm's history alone. Source: CloudWatch User Guide, "Notifying users on alarm changes"; SNS
Developer Guide, "Enable compatibility between event sources from AWS services and encrypted topics".
"""

from __future__ import annotations

import functools
import json
import logging
from typing import Any

import boto3
from moto.cloudwatch.models import Alarm
from moto.sns.models import sns_backends

from sandbox.aws import accounts
from sandbox.aws.alarm_rules import State
from sandbox.aws.key_access import find_key
from sandbox.aws.policies import Request, Statement, Verdict, evaluate, service_principals, statements_of
from sandbox.aws.principals import KEY_POLICY

SERVICE = "cloudwatch.amazonaws.com"
KEY_USES = ("kms:Decrypt", "kms:GenerateDataKey")

_log = logging.getLogger("sandbox.aws.alarms")


def run(alarm: Alarm, before: State, *, account: str) -> None:
    """Carry the actions of the new state out. To be called under moto's lock."""
    if not alarm.actions_enabled:
        return
    wanted = {
        State.ALARM: alarm.alarm_actions,
        State.OK: alarm.ok_actions,
        State.INSUFFICIENT_DATA: alarm.insufficient_data_actions,
    }
    for arn in wanted[State(alarm.state_value)]:
        hindrance = _publish(alarm, before, account, arn)
        if hindrance:
            _log.warning("alarm %s could not notify %s: %s", alarm.name, arn, hindrance)


def _publish(alarm: Alarm, before: State, account: str, arn: str) -> str:
    """Why a topic was not told; empty when it was."""
    _, _, service, region, owner, name = (*arn.split(":", 5), *[""] * 6)[:6]
    if service != "sns":
        return "the sandbox carries out no such action"
    if region != alarm.region_name or owner not in accounts.known():
        return "a topic is in the alarm's region"
    topic = sns_backends[owner][region].topics.get(arn)
    if topic is None:
        return f"there is no topic {name}"
    about = {"aws:sourceaccount": account, "aws:sourcearn": str(alarm.alarm_arn)}
    if not _lets_in(statements_of(topic.policy), "sns:Publish", arn, owner, about):
        return "its policy does not let CloudWatch publish"
    if topic.kms_master_key_id and not _key_lets_in(topic.kms_master_key_id, arn, about):
        return "its key does not let CloudWatch in"
    region_name = _region_name(region)
    topic.publish(
        json.dumps(_message(alarm, before, account, region_name)),
        subject=f'{alarm.state_value}: "{alarm.name}" in {region_name}'[:100],
    )
    return ""


def _key_lets_in(named: str, topic_arn: str, about: dict[str, str]) -> bool:
    """SNS gives the topic's ARN as encryption context."""
    key = find_key(named)
    policy = KEY_POLICY.pinned(key) if key is not None and key.key_state == "Enabled" else None
    if policy is None:
        return False
    statements = statements_of(policy.text)
    context = {**about, "kms:encryptioncontext:aws:sns:topicarn": topic_arn}
    return all(_lets_in(statements, action, key.arn, key.account_id, context) for action in KEY_USES)


def _lets_in(
    statements: list[Statement], action: str, resource: str, owner: str, about: dict[str, str]
) -> bool:
    """Whether a resource's policy lets the service of alarms in; who is no service is not meant."""
    named = [
        {**item, "Principal": "*"}
        for item in statements
        if SERVICE in service_principals(item) or item["Effect"] == "Deny"
    ]
    request = Request(
        account=owner,
        principal_arn=SERVICE,
        caller_arn=SERVICE,
        principal_id=SERVICE,
        action=action,
        resource=resource,
        context={"aws:securetransport": "true", "aws:principalisawsservice": "true", **about},
    )
    return evaluate(named, request) is Verdict.ALLOWED


def _message(alarm: Alarm, before: State, account: str, region_name: str) -> dict[str, Any]:
    """The notification, as CloudWatch writes it."""
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": account,
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": alarm.state_updated_timestamp.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "Region": region_name,
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before.value,
        "Trigger": {
            "Namespace": alarm.namespace,
            "MetricName": alarm.metric_name,
            "Statistic": str(alarm.statistic).upper(),
            "Dimensions": [{"name": item.name, "value": item.value} for item in alarm.dimensions],
            "Period": int(alarm.period),
            "EvaluationPeriods": int(alarm.evaluation_periods),
            "ComparisonOperator": alarm.comparison_operator,
            "Threshold": float(alarm.threshold),
            "TreatMissingData": alarm.treat_missing_data or "missing",
        },
    }


@functools.cache
def _region_name(region: str) -> str:
    """What AWS calls a region in its messages: US East (N. Virginia)."""
    endpoints = boto3.Session()._session.get_data("endpoints")
    regions = endpoints["partitions"][0]["regions"]
    return str(regions.get(region, {}).get("description", region))
