"""Security groups and their rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.providers.forms import UNORDERED
from sandbox.providers.hooks import revoke_all_rules
from sandbox.providers.resource_type import (
    Property,
    Read,
    ResourceType,
    call,
    fixed,
    local,
    updated,
)
from sandbox.providers.tables.tagging import adopted_ec2_tags, ec2_tags

_DESCRIBE: Final = Read(call("DescribeSecurityGroups", GroupIds=["$id"]), "SecurityGroups[0]")
_GROUP_ARN: Final = "arn:${partition}:ec2:${region}:${account}:security-group/${id}"

_SECURITY_GROUP: Final = ResourceType(
    type="aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    noun="EC2 Security Group",
    cloudformation="AWS::EC2::SecurityGroup",
    properties={
        "name": fixed(answer="GroupName", cloudformation="GroupName"),
        "description": fixed(default="Managed by Pulumi", cloudformation="GroupDescription"),
        "vpcId": fixed(),
        "revokeRulesOnDelete": local(default=False),
    },
    autoname="name",
    create=call("CreateSecurityGroup", GroupName="$name", Description="$description", VpcId="$vpcId"),
    id="GroupId",
    after_create=(
        call(
            "RevokeSecurityGroupEgress",
            GroupId="$id",
            IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        ).ignoring("InvalidPermission.NotFound"),
    ),
    reads=(_DESCRIBE,),
    delete=(call("DeleteSecurityGroup", GroupId="$id"),),
    gone_codes=("InvalidGroup.NotFound",),
    outputs={"ownerId": "OwnerId"},
    computed={"arn": _GROUP_ARN},
    tags=ec2_tags("security-group"),
)


def _rules(member: str) -> str:
    """The rules of a group as the provider's inline blocks show them."""
    return (
        f"{member}[].{{protocol: IpProtocol, fromPort: FromPort, toPort: ToPort, "
        "cidrBlocks: IpRanges[].CidrIp, securityGroups: UserIdGroupPairs[].GroupId}"
    )


_DEFAULT_SECURITY_GROUP: Final = ResourceType(
    type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    service="ec2",
    noun="EC2 Default Security Group",
    replaces_source="aws_default_security_group: ForceNew of vpc_id",
    properties={
        "vpcId": fixed(),
        "ingress": updated(revoke_all_rules, form=UNORDERED, answer=_rules("IpPermissions"), allowed=([],)),
        "egress": updated(
            revoke_all_rules, form=UNORDERED, answer=_rules("IpPermissionsEgress"), allowed=([],)
        ),
        "revokeRulesOnDelete": local(default=False),
    },
    create=call(
        "DescribeSecurityGroups",
        Filters=[{"Name": "vpc-id", "Values": ["$vpcId"]}, {"Name": "group-name", "Values": ["default"]}],
    ),
    id="SecurityGroups[0].GroupId",
    after_create=(revoke_all_rules,),
    reads=(_DESCRIBE,),
    delete=(),
    gone_codes=("InvalidGroup.NotFound",),
    outputs={"name": "GroupName", "description": "Description", "ownerId": "OwnerId"},
    computed={"arn": _GROUP_ARN},
    tags=adopted_ec2_tags(),
)

_MODIFY_RULE: Final = call(
    "ModifySecurityGroupRules",
    GroupId="$securityGroupId",
    SecurityGroupRules=[
        {
            "SecurityGroupRuleId": "$id",
            "SecurityGroupRule": {
                "IpProtocol": "$ipProtocol",
                "FromPort": "$fromPort",
                "ToPort": "$toPort",
                "CidrIpv4": "$cidrIpv4",
                "CidrIpv6": "$cidrIpv6",
                "PrefixListId": "$prefixListId",
                "ReferencedGroupId": "$referencedSecurityGroupId",
                "Description": "$description",
            },
        }
    ],
)

_PERMISSION: Final = {
    "IpProtocol": "$ipProtocol",
    "FromPort": "$fromPort",
    "ToPort": "$toPort",
    "IpRanges": [{"CidrIp": "$cidrIpv4!", "Description": "$description"}],
    "Ipv6Ranges": [{"CidrIpv6": "$cidrIpv6!", "Description": "$description"}],
    "PrefixListIds": [{"PrefixListId": "$prefixListId!", "Description": "$description"}],
    "UserIdGroupPairs": [{"GroupId": "$referencedSecurityGroupId!", "Description": "$description"}],
}

_IN_PLACE: Final = "aws_vpc_security_group_*_rule changes rules with ModifySecurityGroupRules"


def _rule_properties(peer: str) -> Mapping[str, Property]:
    """A rule's properties; `peer` begins CloudFormation's names of what is at the other end."""
    return {
        "securityGroupId": fixed(answer="GroupId", cloudformation="GroupId"),
        "ipProtocol": updated(_MODIFY_RULE, differs=_IN_PLACE),
        "fromPort": updated(_MODIFY_RULE, chosen=True, differs=_IN_PLACE),
        "toPort": updated(_MODIFY_RULE, chosen=True, differs=_IN_PLACE),
        "cidrIpv4": updated(_MODIFY_RULE, cloudformation="CidrIp", differs=_IN_PLACE),
        "cidrIpv6": updated(_MODIFY_RULE, differs=_IN_PLACE),
        "prefixListId": updated(_MODIFY_RULE, cloudformation=f"{peer}PrefixListId", differs=_IN_PLACE),
        "referencedSecurityGroupId": updated(
            _MODIFY_RULE,
            answer="ReferencedGroupInfo.GroupId",
            cloudformation=f"{peer}SecurityGroupId",
            differs=_IN_PLACE,
        ),
        "description": updated(_MODIFY_RULE),
    }


def _rule(direction: str, peer: str) -> ResourceType:
    return ResourceType(
        type=f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        service="ec2",
        noun=f"VPC Security Group {direction} Rule",
        cloudformation=f"AWS::EC2::SecurityGroup{direction}",
        properties=_rule_properties(peer),
        create=call(
            f"AuthorizeSecurityGroup{direction}", GroupId="$securityGroupId", IpPermissions=[_PERMISSION]
        ),
        id="SecurityGroupRules[0].SecurityGroupRuleId",
        reads=(
            Read(call("DescribeSecurityGroupRules", SecurityGroupRuleIds=["$id"]), "SecurityGroupRules[0]"),
        ),
        delete=(
            call(f"RevokeSecurityGroup{direction}", GroupId="$securityGroupId", SecurityGroupRuleIds=["$id"]),
        ),
        gone_codes=(
            "InvalidSecurityGroupRuleId.NotFound",
            "InvalidGroup.NotFound",
            "InvalidPermission.NotFound",
        ),
        outputs={"securityGroupRuleId": "SecurityGroupRuleId"},
        computed={"arn": "arn:${partition}:ec2:${region}:${account}:security-group-rule/${id}"},
        tags=ec2_tags("security-group-rule"),
    )


TYPES: Final = (
    _SECURITY_GROUP,
    _DEFAULT_SECURITY_GROUP,
    _rule("Ingress", "Source"),
    _rule("Egress", "Destination"),
)
