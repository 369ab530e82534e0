"""SQS: queues and who may send to them."""

from __future__ import annotations

from typing import Final

from sandbox.providers.forms import FLAG_TEXT, JSON, NUMBER_TEXT, Form
from sandbox.providers.resource_type import (
    Property,
    Read,
    ResourceType,
    Tagging,
    When,
    call,
    fixed,
    updated,
)

_ATTRIBUTES: Final = {
    "VisibilityTimeout": "visibilityTimeoutSeconds",
    "MessageRetentionPeriod": "messageRetentionSeconds",
    "DelaySeconds": "delaySeconds",
    "MaximumMessageSize": "maxMessageSize",
    "ReceiveMessageWaitTimeSeconds": "receiveWaitTimeSeconds",
    "SqsManagedSseEnabled": "sqsManagedSseEnabled",
}
"""SQS's name of an attribute -> the provider's; SQS writes all of them as text."""


def _attribute(name: str, form: Form = NUMBER_TEXT) -> Property:
    """An attribute of the queue, which SQS chooses when nobody says."""
    change = call("SetQueueAttributes", QueueUrl="$id", Attributes={name: f"${_ATTRIBUTES[name]}"})
    return updated(change, form=form, answer=name, chosen=True, cloudformation=name)


_QUEUE: Final = ResourceType(
    type="aws:sqs/queue:Queue",
    service="sqs",
    noun="SQS Queue",
    cloudformation="AWS::SQS::Queue",
    properties={
        "name": fixed(answer=None, cloudformation="QueueName"),
        "visibilityTimeoutSeconds": _attribute("VisibilityTimeout"),
        "messageRetentionSeconds": _attribute("MessageRetentionPeriod"),
        "delaySeconds": _attribute("DelaySeconds"),
        "maxMessageSize": _attribute("MaximumMessageSize"),
        "receiveWaitTimeSeconds": _attribute("ReceiveMessageWaitTimeSeconds"),
        "sqsManagedSseEnabled": _attribute("SqsManagedSseEnabled", FLAG_TEXT),
    },
    autoname="name",
    create=call(
        "CreateQueue",
        QueueName="$name",
        Attributes={name: f"${property_name}" for name, property_name in _ATTRIBUTES.items()},
    ),
    id="QueueUrl",
    import_id="${scheme}://${host}/${owner}/${name}",
    reads=(Read(call("GetQueueAttributes", QueueUrl="$id", AttributeNames=["All"]), "Attributes"),),
    delete=(call("DeleteQueue", QueueUrl="$id"),),
    gone_codes=("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
    outputs={"arn": "QueueArn"},
    computed={"url": "${id}"},
    tags=Tagging(
        create_params={"tags": "$tags.map"},
        put=call("TagQueue", QueueUrl="$id", Tags="$tags.map"),
        remove=call("UntagQueue", QueueUrl="$id", TagKeys="$tags.keys"),
        read=Read(call("ListQueueTags", QueueUrl="$id"), "{Tags: Tags}"),
    ),
)

_SET_POLICY: Final = call("SetQueueAttributes", QueueUrl="$queueUrl", Attributes={"Policy": "$policy"})

_QUEUE_POLICY: Final = ResourceType(
    type="aws:sqs/queuePolicy:QueuePolicy",
    service="sqs",
    noun="SQS Queue Policy",
    replaces_source="aws_sqs_queue_policy: ForceNew of queue_url",
    properties={
        "queueUrl": fixed(answer=None),
        "policy": updated(_SET_POLICY, form=JSON),
    },
    create=_SET_POLICY,
    id="${queueUrl}",
    reads=(Read(call("GetQueueAttributes", QueueUrl="$queueUrl", AttributeNames=["All"]), "Attributes"),),
    gone=When("Policy", (None, "")),
    delete=(call("SetQueueAttributes", QueueUrl="$queueUrl", Attributes={"Policy": ""}),),
    gone_codes=("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
)

TYPES: Final = (_QUEUE, _QUEUE_POLICY)
