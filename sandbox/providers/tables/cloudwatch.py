"""CloudWatch: log groups and alarms."""

from __future__ import annotations

from typing import Final

from sandbox.providers.forms import NAME_VALUE, UNORDERED
from sandbox.providers.resource_type import (
    Read,
    ResourceType,
    Tagging,
    call,
    call_matching,
    fixed,
    local,
    updated,
)
from sandbox.providers.tables.tagging import arn_tags

_LOG_GROUP_ARN: Final = "arn:${partition}:logs:${region}:${account}:log-group:${name}"

_LOG_GROUP: Final = ResourceType(
    type="aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    noun="CloudWatch Logs Log Group",
    cloudformation="AWS::Logs::LogGroup",
    properties={
        "name": fixed(answer="logGroupName", cloudformation="LogGroupName"),
        "logGroupClass": fixed(
            chosen=True, differs="ForceNew of aws_cloudwatch_log_group: no API changes a class"
        ),
        "kmsKeyId": updated(
            call("AssociateKmsKey", logGroupName="$id", kmsKeyId="$kmsKeyId").only_if("kmsKeyId"),
            call("DisassociateKmsKey", logGroupName="$id").unless_set("kmsKeyId"),
        ),
        "retentionInDays": updated(
            call("PutRetentionPolicy", logGroupName="$id", retentionInDays="$retentionInDays").only_if(
                "retentionInDays"
            ),
            call("DeleteRetentionPolicy", logGroupName="$id").unless_set("retentionInDays"),
            default=0,
            initial=0,
            answer="retentionInDays || `0`",
        ),
        "skipDestroy": local(default=False),
    },
    autoname="name",
    create=call_matching("CreateLogGroup", logGroupName="$name"),
    id="${name}",
    reads=(
        Read(
            call("DescribeLogGroups", logGroupNamePrefix="$name"),
            "logGroups[?logGroupName=='${name}'] | [0]",
        ),
    ),
    delete=(call("DeleteLogGroup", logGroupName="$id").unless_set("skipDestroy"),),
    gone_codes=("ResourceNotFoundException",),
    computed={"arn": _LOG_GROUP_ARN},
    tags=Tagging(
        create_params={"tags": "$tags.map"},
        put=call("TagResource", resourceArn=_LOG_GROUP_ARN, tags="$tags.map"),
        remove=call("UntagResource", resourceArn=_LOG_GROUP_ARN, tagKeys="$tags.keys"),
        read=Read(call("ListTagsForResource", resourceArn=_LOG_GROUP_ARN), "{Tags: tags}"),
    ),
)

_PUT_ALARM: Final = call_matching("PutMetricAlarm", AlarmName="$name")
_ALARM_ARN: Final = "arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}"

_METRIC_ALARM: Final = ResourceType(
    type="aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    noun="CloudWatch Metric Alarm",
    cloudformation="AWS::CloudWatch::Alarm",
    properties={
        "name": fixed(answer="AlarmName", cloudformation="AlarmName"),
        "alarmDescription": updated(_PUT_ALARM),
        "comparisonOperator": updated(_PUT_ALARM),
        "evaluationPeriods": updated(_PUT_ALARM),
        "datapointsToAlarm": updated(_PUT_ALARM),
        "metricName": updated(_PUT_ALARM),
        "namespace": updated(_PUT_ALARM),
        "dimensions": updated(_PUT_ALARM, form=NAME_VALUE),
        "period": updated(_PUT_ALARM),
        "statistic": updated(_PUT_ALARM),
        "extendedStatistic": updated(_PUT_ALARM),
        "threshold": updated(_PUT_ALARM),
        "unit": updated(_PUT_ALARM),
        "treatMissingData": updated(_PUT_ALARM, default="missing"),
        "actionsEnabled": updated(_PUT_ALARM, default=True),
        "alarmActions": updated(_PUT_ALARM, form=UNORDERED),
        "okActions": updated(_PUT_ALARM, form=UNORDERED),
        "insufficientDataActions": updated(_PUT_ALARM, form=UNORDERED),
    },
    autoname="name",
    create=_PUT_ALARM,
    id="${name}",
    reads=(Read(call("DescribeAlarms", AlarmNames=["$id"]), "MetricAlarms[0]"),),
    delete=(call("DeleteAlarms", AlarmNames=["$id"]),),
    gone_codes=("ResourceNotFound", "ResourceNotFoundException"),
    computed={"arn": _ALARM_ARN},
    tags=arn_tags(_ALARM_ARN),
)

TYPES: Final = (_LOG_GROUP, _METRIC_ALARM)
