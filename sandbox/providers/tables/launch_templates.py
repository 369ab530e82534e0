"""EC2 launch templates, and tags on what others made."""

from __future__ import annotations

from typing import Any, Final

from sandbox.providers.forms import UNORDERED, Form
from sandbox.providers.resource_type import Read, ResourceType, call, fixed, local, updated
from sandbox.providers.shapes import to_property_names
from sandbox.providers.tables.tagging import ec2_tags

_FLAGS: Final = ("encrypted", "deleteOnTermination")
"""Members of `ebs` that the provider writes as text, to tell false from not set."""


def _disks_to_api(disks: Any) -> Any:
    return [_with_flags(disk, lambda value: value == "true") for disk in disks]


def _disks_to_property(disks: Any) -> Any:
    return [_with_flags(disk, lambda value: str(value).lower()) for disk in to_property_names(disks)]


def _with_flags(disk: Any, change: Any) -> Any:
    ebs = disk.get("ebs", {})
    flags = {name: change(ebs[name]) for name in _FLAGS if name in ebs}
    return {**disk, **({"ebs": {**ebs, **flags}} if ebs else {})}


def _tags_to_api(specifications: Any) -> Any:
    return [
        {
            "ResourceType": item["resourceType"],
            "Tags": [{"Key": key, "Value": value} for key, value in item.get("tags", {}).items()],
        }
        for item in specifications
    ]


def _tags_to_property(specifications: Any) -> Any:
    """Without those of the template itself, which moto keeps among the instances'."""
    return [
        {
            "resourceType": item["ResourceType"],
            "tags": {tag["Key"]: tag["Value"] for tag in item["Tags"]},
        }
        for item in specifications
        if item["ResourceType"] != "launch-template"
    ]


_DATA: Final = {
    "BlockDeviceMappings": "$blockDeviceMappings",
    "ImageId": "$imageId",
    "InstanceType": "$instanceType",
    "MetadataOptions": "$metadataOptions",
    "SecurityGroupIds": "$vpcSecurityGroupIds",
    "TagSpecifications": "$tagSpecifications",
    "UserData": "$userData",
}
_NEW_VERSION: Final = call("CreateLaunchTemplateVersion", LaunchTemplateId="$id", LaunchTemplateData=_DATA)
_WITHIN: Final = "LaunchTemplateData"

_LAUNCH_TEMPLATE: Final = ResourceType(
    type="aws:ec2/launchTemplate:LaunchTemplate",
    service="ec2",
    noun="EC2 Launch Template",
    cloudformation="AWS::EC2::LaunchTemplate",
    properties={
        "name": fixed(answer="LaunchTemplateName", cloudformation="LaunchTemplateName"),
        "blockDeviceMappings": updated(
            _NEW_VERSION,
            form=Form(to_api=_disks_to_api, to_property=_disks_to_property),
            cloudformation=_WITHIN,
        ),
        "imageId": updated(_NEW_VERSION, cloudformation=_WITHIN),
        "instanceType": updated(_NEW_VERSION, cloudformation=_WITHIN),
        "metadataOptions": updated(_NEW_VERSION, chosen=True, cloudformation=_WITHIN),
        "vpcSecurityGroupIds": updated(
            _NEW_VERSION, form=UNORDERED, answer="SecurityGroupIds", cloudformation=_WITHIN
        ),
        "tagSpecifications": updated(
            _NEW_VERSION,
            form=Form(to_api=_tags_to_api, to_property=_tags_to_property),
            answer="TagSpecifications",
            cloudformation=_WITHIN,
        ),
        "userData": updated(_NEW_VERSION, cloudformation=_WITHIN),
        "updateDefaultVersion": local(default=False, allowed=(False,)),
    },
    autoname="name",
    create=call("CreateLaunchTemplate", LaunchTemplateName="$name", LaunchTemplateData=_DATA),
    id="LaunchTemplate.LaunchTemplateId",
    reads=(
        Read(call("DescribeLaunchTemplates", LaunchTemplateIds=["$id"]), "LaunchTemplates[0]"),
        Read(
            call("DescribeLaunchTemplateVersions", LaunchTemplateId="$id", Versions=["$$Latest"]),
            "LaunchTemplateVersions[0].LaunchTemplateData",
        ),
    ),
    delete=(call("DeleteLaunchTemplate", LaunchTemplateId="$id"),),
    gone_codes=("InvalidLaunchTemplateId.NotFound",),
    outputs={"latestVersion": "LatestVersionNumber", "defaultVersion": "DefaultVersionNumber"},
    renewed=("latestVersion",),
    computed={"arn": "arn:${partition}:ec2:${region}:${account}:launch-template/${id}"},
    tags=ec2_tags("launch-template"),
)

_PUT_TAG: Final = call("CreateTags", Resources=["$resourceId"], Tags=[{"Key": "$key", "Value": "$value"}])

_TAG: Final = ResourceType(
    type="aws:ec2/tag:Tag",
    service="ec2",
    noun="EC2 Tag",
    replaces_source="aws_ec2_tag: ForceNew of resource_id, key",
    properties={
        "resourceId": fixed(),
        "key": fixed(),
        "value": updated(_PUT_TAG),
    },
    create=_PUT_TAG,
    id="${resourceId},${key}",
    reads=(
        Read(
            call(
                "DescribeTags",
                Filters=[
                    {"Name": "resource-id", "Values": ["$resourceId"]},
                    {"Name": "key", "Values": ["$key"]},
                ],
            ),
            "Tags[0]",
        ),
    ),
    delete=(call("DeleteTags", Resources=["$resourceId"], Tags=[{"Key": "$key"}]),),
)

TYPES: Final = (_LAUNCH_TEMPLATE, _TAG)
