"""VPCs and their subnets."""

from __future__ import annotations

from typing import Final

from sandbox.providers.resource_type import Read, ResourceType, When, call, call_matching, fixed, updated
from sandbox.providers.tables.tagging import ec2_tags

_VPC: Final = ResourceType(
    type="aws:ec2/vpc:Vpc",
    service="ec2",
    noun="EC2 VPC",
    cloudformation="AWS::EC2::VPC",
    properties={
        "cidrBlock": fixed(),
        "instanceTenancy": fixed(default="default"),
        "enableDnsSupport": updated(
            call("ModifyVpcAttribute", VpcId="$id", EnableDnsSupport={"Value": "$enableDnsSupport"}),
            default=True,
            initial=True,
        ),
        "enableDnsHostnames": updated(
            call("ModifyVpcAttribute", VpcId="$id", EnableDnsHostnames={"Value": "$enableDnsHostnames"}),
            default=False,
            initial=False,
        ),
    },
    create=call_matching("CreateVpc"),
    id="Vpc.VpcId",
    reads=(
        Read(call("DescribeVpcs", VpcIds=["$id"]), "Vpcs[0]"),
        Read(
            call("DescribeVpcAttribute", VpcId="$id", Attribute="enableDnsSupport"),
            "{EnableDnsSupport: EnableDnsSupport.Value}",
        ),
        Read(
            call("DescribeVpcAttribute", VpcId="$id", Attribute="enableDnsHostnames"),
            "{EnableDnsHostnames: EnableDnsHostnames.Value}",
        ),
        Read(
            call("DescribeRouteTables", Filters=[{"Name": "vpc-id", "Values": ["$id"]}]),
            "{MainRouteTableId: RouteTables[?Associations[?Main]] | [0].RouteTableId}",
        ),
        Read(
            call(
                "DescribeSecurityGroups",
                Filters=[
                    {"Name": "vpc-id", "Values": ["$id"]},
                    {"Name": "group-name", "Values": ["default"]},
                ],
            ),
            "{DefaultSecurityGroupId: SecurityGroups[0].GroupId}",
        ),
        Read(
            call(
                "DescribeNetworkAcls",
                Filters=[{"Name": "vpc-id", "Values": ["$id"]}, {"Name": "default", "Values": ["true"]}],
            ),
            "{DefaultNetworkAclId: NetworkAcls[0].NetworkAclId}",
        ),
    ),
    ready=When("State", ("available",)),
    delete=(call("DeleteVpc", VpcId="$id"),),
    gone_codes=("InvalidVpcID.NotFound",),
    outputs={
        "ownerId": "OwnerId",
        "dhcpOptionsId": "DhcpOptionsId",
        "mainRouteTableId": "MainRouteTableId",
        "defaultRouteTableId": "MainRouteTableId",
        "defaultSecurityGroupId": "DefaultSecurityGroupId",
        "defaultNetworkAclId": "DefaultNetworkAclId",
    },
    computed={"arn": "arn:${partition}:ec2:${region}:${account}:vpc/${id}"},
    tags=ec2_tags("vpc"),
)

_SUBNET: Final = ResourceType(
    type="aws:ec2/subnet:Subnet",
    service="ec2",
    noun="EC2 Subnet",
    cloudformation="AWS::EC2::Subnet",
    properties={
        "vpcId": fixed(),
        "cidrBlock": fixed(),
        "availabilityZone": fixed(chosen=True),
        "availabilityZoneId": fixed(chosen=True),
        "mapPublicIpOnLaunch": updated(
            call(
                "ModifySubnetAttribute", SubnetId="$id", MapPublicIpOnLaunch={"Value": "$mapPublicIpOnLaunch"}
            ),
            default=False,
            initial=False,
        ),
        "assignIpv6AddressOnCreation": updated(
            call(
                "ModifySubnetAttribute",
                SubnetId="$id",
                AssignIpv6AddressOnCreation={"Value": "$assignIpv6AddressOnCreation"},
            ),
            default=False,
            initial=False,
        ),
    },
    create=call_matching("CreateSubnet"),
    id="Subnet.SubnetId",
    reads=(Read(call("DescribeSubnets", SubnetIds=["$id"]), "Subnets[0]"),),
    ready=When("State", ("available",)),
    delete=(call("DeleteSubnet", SubnetId="$id"),),
    gone_codes=("InvalidSubnetID.NotFound",),
    outputs={"ownerId": "OwnerId"},
    computed={"arn": "arn:${partition}:ec2:${region}:${account}:subnet/${id}"},
    tags=ec2_tags("subnet"),
)

TYPES: Final = (_VPC, _SUBNET)
