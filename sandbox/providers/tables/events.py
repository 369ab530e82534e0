"""EventBridge: rules and their targets."""

from __future__ import annotations

from typing import Final

from sandbox.providers.forms import JSON
from sandbox.providers.resource_type import Read, ResourceType, call, call_matching, fixed, local, updated
from sandbox.providers.tables.tagging import arn_tags

_PUT_RULE: Final = call_matching("PutRule")
_RULE_ARN: Final = "arn:${partition}:events:${region}:${account}:rule/${name}"

_EVENT_RULE: Final = ResourceType(
    type="aws:cloudwatch/eventRule:EventRule",
    service="events",
    noun="EventBridge Rule",
    cloudformation="AWS::Events::Rule",
    properties={
        "name": fixed(),
        "description": updated(_PUT_RULE),
        "eventBusName": fixed(default="default", allowed=("default",)),
        "eventPattern": updated(_PUT_RULE, form=JSON),
        "scheduleExpression": updated(_PUT_RULE),
        "roleArn": updated(_PUT_RULE),
        "state": updated(_PUT_RULE, chosen=True),
        "forceDestroy": local(default=False),
    },
    autoname="name",
    create=_PUT_RULE,
    id="${name}",
    reads=(Read(call("DescribeRule", Name="$id", EventBusName="$eventBusName")),),
    delete=(call("DeleteRule", Name="$id", EventBusName="$eventBusName"),),
    gone_codes=("ResourceNotFoundException",),
    computed={"arn": _RULE_ARN},
    tags=arn_tags(_RULE_ARN),
)

_PUT_TARGET: Final = call(
    "PutTargets",
    Rule="$rule",
    EventBusName="$eventBusName",
    Targets=[
        {
            "Id": "$targetId",
            "Arn": "$arn",
            "RoleArn": "$roleArn",
            "Input": "$input",
            "InputPath": "$inputPath",
            "DeadLetterConfig": "$deadLetterConfig",
            "RetryPolicy": "$retryPolicy",
        }
    ],
)

_EVENT_TARGET: Final = ResourceType(
    type="aws:cloudwatch/eventTarget:EventTarget",
    service="events",
    noun="EventBridge Target",
    replaces_source="aws_cloudwatch_event_target: ForceNew of event_bus_name, rule, target_id",
    properties={
        "rule": fixed(answer=None),
        "eventBusName": fixed(default="default", answer=None, allowed=("default",)),
        "targetId": fixed(answer="Id"),
        "arn": updated(_PUT_TARGET),
        "roleArn": updated(_PUT_TARGET),
        "input": updated(_PUT_TARGET, form=JSON),
        "inputPath": updated(_PUT_TARGET),
        "deadLetterConfig": updated(_PUT_TARGET),
        "retryPolicy": updated(_PUT_TARGET),
        "forceDestroy": local(default=False),
    },
    autoname="targetId",
    create=_PUT_TARGET,
    id="${rule}-${targetId}",
    import_id="${rule}/${targetId}",
    reads=(
        Read(
            call("ListTargetsByRule", Rule="$rule", EventBusName="$eventBusName"),
            "Targets[?Id=='${targetId}'] | [0]",
        ),
    ),
    delete=(call("RemoveTargets", Rule="$rule", EventBusName="$eventBusName", Ids=["$targetId"]),),
    gone_codes=("ResourceNotFoundException",),
)

TYPES: Final = (_EVENT_RULE, _EVENT_TARGET)
