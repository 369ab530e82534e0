"""How each service tags."""

from __future__ import annotations

from sandbox.providers.resource_type import Read, Tagging, call


def ec2_tags(resource_type: str, *, resource: str = "$id") -> Tagging:
    """EC2's tags; `resource_type` is the word in TagSpecifications, `resource` what the tags hang on."""
    return Tagging(
        create_params={"TagSpecifications": [{"ResourceType": resource_type, "Tags": "$tags.list!"}]},
        put=call("CreateTags", Resources=[resource], Tags="$tags.list"),
        remove=call("DeleteTags", Resources=[resource], Tags="$tags.keyList"),
    )


def adopted_ec2_tags() -> Tagging:
    """EC2's tags of what existed before: there is no creating call that takes them."""
    return Tagging(
        put=call("CreateTags", Resources=["$id"], Tags="$tags.list"),
        remove=call("DeleteTags", Resources=["$id"], Tags="$tags.keyList"),
    )


def arn_tags(arn: str) -> Tagging:
    """The tags of CloudWatch and EventBridge: lists, hung on a resource's ARN and read by it."""
    return Tagging(
        create_params={"Tags": "$tags.list"},
        put=call("TagResource", ResourceARN=arn, Tags="$tags.list"),
        remove=call("UntagResource", ResourceARN=arn, TagKeys="$tags.keys"),
        read=Read(call("ListTagsForResource", ResourceARN=arn), "{Tags: Tags}"),
    )
