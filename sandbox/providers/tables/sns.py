"""SNS: topics and who subscribes to them."""

from __future__ import annotations

from typing import Final

from sandbox.providers.forms import JSON
from sandbox.providers.resource_type import Property, Read, ResourceType, Tagging, call, fixed, updated

_ARN: Final = "arn:${partition}:sns:${region}:${account}:${name}"


def _attribute(name: str, property_name: str) -> Property:
    """A property that is an attribute of the topic, set after it was made as well."""
    form = {"form": JSON} if property_name == "policy" else {}
    return updated(
        call("SetTopicAttributes", TopicArn="$id", AttributeName=name, AttributeValue=f"${property_name}"),
        answer=name,
        chosen=True,
        **form,
    )


_TOPIC: Final = ResourceType(
    type="aws:sns/topic:Topic",
    service="sns",
    noun="SNS Topic",
    replaces_source="aws_sns_topic: ForceNew of name",
    properties={
        "name": fixed(answer=None),
        "displayName": _attribute("DisplayName", "displayName"),
        "kmsMasterKeyId": _attribute("KmsMasterKeyId", "kmsMasterKeyId"),
        "policy": _attribute("Policy", "policy"),
    },
    autoname="name",
    create=call(
        "CreateTopic",
        Name="$name",
        Attributes={
            "DisplayName": "$displayName",
            "KmsMasterKeyId": "$kmsMasterKeyId",
            "Policy": "$policy",
        },
    ),
    id="TopicArn",
    import_id="arn:aws:sns:${region}:${account}:${name}",
    reads=(Read(call("GetTopicAttributes", TopicArn="$id"), "Attributes"),),
    delete=(call("DeleteTopic", TopicArn="$id"),),
    gone_codes=("NotFound", "NotFoundException"),
    computed={"arn": _ARN},
    tags=Tagging(
        create_params={"Tags": "$tags.list"},
        put=call("TagResource", ResourceArn="$id", Tags="$tags.list"),
        remove=call("UntagResource", ResourceArn="$id", TagKeys="$tags.keys"),
        read=Read(call("ListTagsForResource", ResourceArn="$id"), "{Tags: Tags}"),
    ),
)

_SUBSCRIPTION: Final = ResourceType(
    type="aws:sns/topicSubscription:TopicSubscription",
    service="sns",
    noun="SNS Topic Subscription",
    replaces_source="aws_sns_topic_subscription: ForceNew of topic_arn, protocol and endpoint",
    properties={
        "topic": fixed(answer="TopicArn"),
        "protocol": fixed(),
        "endpoint": fixed(),
    },
    create=call(
        "Subscribe", TopicArn="$topic", Protocol="$protocol", Endpoint="$endpoint", ReturnSubscriptionArn=True
    ),
    id="SubscriptionArn",
    reads=(Read(call("GetSubscriptionAttributes", SubscriptionArn="$id"), "Attributes"),),
    delete=(call("Unsubscribe", SubscriptionArn="$id"),),
    gone_codes=("NotFound", "NotFoundException"),
    outputs={"arn": "SubscriptionArn", "ownerId": "Owner"},
)

TYPES: Final = (_TOPIC, _SUBSCRIPTION)
