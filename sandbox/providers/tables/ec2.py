"""What else EC2 has: endpoints, flow logs, placement groups."""

from __future__ import annotations

from typing import Final

from sandbox.providers.forms import JSON, UNORDERED
from sandbox.providers.resource_type import Read, ResourceType, When, call, call_matching, fixed, updated
from sandbox.providers.tables.tagging import ec2_tags

_MODIFY_ENDPOINT: Final = call(
    "ModifyVpcEndpoint",
    VpcEndpointId="$id",
    AddRouteTableIds="$routeTableIds.added",
    RemoveRouteTableIds="$routeTableIds.removed",
    AddSubnetIds="$subnetIds.added",
    RemoveSubnetIds="$subnetIds.removed",
    AddSecurityGroupIds="$securityGroupIds.added",
    RemoveSecurityGroupIds="$securityGroupIds.removed",
    PolicyDocument="$policy",
    PrivateDnsEnabled="$privateDnsEnabled",
    IpAddressType="$ipAddressType",
)

_VPC_ENDPOINT: Final = ResourceType(
    type="aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    noun="EC2 VPC Endpoint",
    cloudformation="AWS::EC2::VPCEndpoint",
    properties={
        "vpcId": fixed(),
        "serviceName": fixed(),
        "vpcEndpointType": fixed(default="Gateway"),
        "routeTableIds": updated(_MODIFY_ENDPOINT, form=UNORDERED),
        "subnetIds": updated(_MODIFY_ENDPOINT, form=UNORDERED),
        "securityGroupIds": updated(_MODIFY_ENDPOINT, form=UNORDERED, answer="Groups[].GroupId"),
        "policy": updated(
            _MODIFY_ENDPOINT, chosen=True, form=JSON, answer="PolicyDocument", cloudformation="PolicyDocument"
        ),
        "privateDnsEnabled": updated(_MODIFY_ENDPOINT, chosen=True),
        "ipAddressType": updated(_MODIFY_ENDPOINT, chosen=True),
    },
    create=call_matching("CreateVpcEndpoint", PolicyDocument="$policy"),
    id="VpcEndpoint.VpcEndpointId",
    reads=(
        Read(call("DescribeVpcEndpoints", VpcEndpointIds=["$id"]), "VpcEndpoints[0]"),
        Read(
            call(
                "DescribeManagedPrefixLists",
                Filters=[{"Name": "prefix-list-name", "Values": ["$serviceName"]}],
            ).only_if("routeTableIds"),
            "{PrefixListId: PrefixLists[0].PrefixListId}",
        ),
    ),
    ready=When("State", ("available", "pendingAcceptance")),
    gone=When("State", ("deleted", "failed", "rejected")),
    delete=(call("DeleteVpcEndpoints", VpcEndpointIds=["$id"]),),
    gone_codes=("InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"),
    outputs={
        "state": "State",
        "ownerId": "OwnerId",
        "prefixListId": "PrefixListId",
        "requesterManaged": "RequesterManaged",
        "networkInterfaceIds": "NetworkInterfaceIds",
        "dnsEntries": "DnsEntries[].{dnsName: DnsName, hostedZoneId: HostedZoneId}",
    },
    computed={"arn": "arn:${partition}:ec2:${region}:${account}:vpc-endpoint/${id}"},
    tags=ec2_tags("vpc-endpoint"),
)

_FLOW_LOG: Final = ResourceType(
    type="aws:ec2/flowLog:FlowLog",
    service="ec2",
    noun="EC2 Flow Log",
    cloudformation="AWS::EC2::FlowLog",
    properties={
        "vpcId": fixed(answer="ResourceId", cloudformation="ResourceId"),
        "trafficType": fixed(),
        "logDestination": fixed(),
        "logDestinationType": fixed(default="cloud-watch-logs"),
        "logFormat": fixed(chosen=True),
        "maxAggregationInterval": fixed(default=600),
        "iamRoleArn": fixed(answer="DeliverLogsPermissionArn", cloudformation="DeliverLogsPermissionArn"),
    },
    create=call_matching(
        "CreateFlowLogs",
        ResourceType="VPC",
        ResourceIds=["$vpcId"],
        DeliverLogsPermissionArn="$iamRoleArn",
    ),
    id="FlowLogIds[0]",
    reads=(Read(call("DescribeFlowLogs", FlowLogIds=["$id"]), "FlowLogs[0]"),),
    delete=(call("DeleteFlowLogs", FlowLogIds=["$id"]),),
    gone_codes=("InvalidFlowLogId.NotFound",),
    computed={"arn": "arn:${partition}:ec2:${region}:${account}:vpc-flow-log/${id}"},
    tags=ec2_tags("vpc-flow-log"),
)

_PLACEMENT_GROUP: Final = ResourceType(
    type="aws:ec2/placementGroup:PlacementGroup",
    service="ec2",
    noun="EC2 Placement Group",
    cloudformation="AWS::EC2::PlacementGroup",
    properties={
        "name": fixed(
            answer="GroupName",
            cloudformation="GroupName",
            differs="ForceNew of aws_placement_group; in CloudFormation the name cannot be chosen",
        ),
        "strategy": fixed(),
        "partitionCount": fixed(),
        "spreadLevel": fixed(chosen=True),
    },
    autoname="name",
    create=call_matching("CreatePlacementGroup", GroupName="$name"),
    id="${name}",
    reads=(Read(call("DescribePlacementGroups", GroupNames=["$id"]), "PlacementGroups[0]"),),
    ready=When("State", ("available",)),
    gone=When("State", ("deleted",)),
    delete=(call("DeletePlacementGroup", GroupName="$id"),),
    gone_codes=("InvalidPlacementGroup.Unknown",),
    outputs={"placementGroupId": "GroupId"},
    computed={"arn": "arn:${partition}:ec2:${region}:${account}:placement-group/${name}"},
    tags=ec2_tags("placement-group", resource="$placementGroupId"),
)

TYPES: Final = (_VPC_ENDPOINT, _FLOW_LOG, _PLACEMENT_GROUP)
