"""Gateways, addresses and routes."""

from __future__ import annotations

from typing import Final

from sandbox.providers.resource_type import Read, ResourceType, When, call, call_matching, fixed, updated
from sandbox.providers.tables.tagging import ec2_tags

_INTERNET_GATEWAY: Final = ResourceType(
    type="aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    noun="EC2 Internet Gateway",
    cloudformation="AWS::EC2::InternetGateway",
    properties={
        "vpcId": updated(
            call("DetachInternetGateway", InternetGatewayId="$id", VpcId="$old.vpcId").only_if("old.vpcId"),
            call("AttachInternetGateway", InternetGatewayId="$id", VpcId="$vpcId").only_if("vpcId"),
            initial=None,
            answer="Attachments[0].VpcId",
        ),
    },
    create=call("CreateInternetGateway"),
    id="InternetGateway.InternetGatewayId",
    reads=(Read(call("DescribeInternetGateways", InternetGatewayIds=["$id"]), "InternetGateways[0]"),),
    delete=(
        call("DetachInternetGateway", InternetGatewayId="$id", VpcId="$vpcId")
        .only_if("vpcId")
        .ignoring("Gateway.NotAttached"),
        call("DeleteInternetGateway", InternetGatewayId="$id"),
    ),
    gone_codes=("InvalidInternetGatewayID.NotFound",),
    outputs={"ownerId": "OwnerId"},
    computed={"arn": "arn:${partition}:ec2:${region}:${account}:internet-gateway/${id}"},
    tags=ec2_tags("internet-gateway"),
)

_EIP: Final = ResourceType(
    type="aws:ec2/eip:Eip",
    service="ec2",
    noun="EC2 EIP",
    cloudformation="AWS::EC2::EIP",
    properties={
        "domain": fixed(
            chosen=True, differs="ForceNew of aws_eip; CloudFormation changes it with an interruption"
        ),
        "networkBorderGroup": fixed(chosen=True),
        "publicIpv4Pool": fixed(
            chosen=True, differs="ForceNew of aws_eip; CloudFormation changes it with an interruption"
        ),
    },
    create=call_matching("AllocateAddress"),
    id="AllocationId",
    reads=(Read(call("DescribeAddresses", AllocationIds=["$id"]), "Addresses[0]"),),
    delete=(call("ReleaseAddress", AllocationId="$id"),),
    gone_codes=("InvalidAllocationID.NotFound",),
    outputs={
        "allocationId": "AllocationId",
        "publicIp": "PublicIp",
        "associationId": "AssociationId",
        "privateIp": "PrivateIpAddress",
        "carrierIp": "CarrierIp",
    },
    computed={"arn": "arn:${partition}:ec2:${region}:${account}:elastic-ip/${id}"},
    tags=ec2_tags("elastic-ip"),
)

_NAT_GATEWAY: Final = ResourceType(
    type="aws:ec2/natGateway:NatGateway",
    service="ec2",
    noun="EC2 NAT Gateway",
    cloudformation="AWS::EC2::NatGateway",
    properties={
        "subnetId": fixed(),
        "allocationId": fixed(answer="NatGatewayAddresses[0].AllocationId"),
        "connectivityType": fixed(default="public"),
        "privateIp": fixed(
            answer="NatGatewayAddresses[0].PrivateIp", chosen=True, cloudformation="PrivateIpAddress"
        ),
    },
    create=call_matching("CreateNatGateway", PrivateIpAddress="$privateIp"),
    id="NatGateway.NatGatewayId",
    reads=(Read(call("DescribeNatGateways", NatGatewayIds=["$id"]), "NatGateways[0]"),),
    ready=When("State", ("available",)),
    gone=When("State", ("deleted", "failed")),
    delete=(call("DeleteNatGateway", NatGatewayId="$id"),),
    gone_codes=("NatGatewayNotFound",),
    outputs={
        "publicIp": "NatGatewayAddresses[0].PublicIp",
        "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
        "associationId": "NatGatewayAddresses[0].AssociationId",
    },
    tags=ec2_tags("natgateway"),
)

_ROUTE_TABLE: Final = ResourceType(
    type="aws:ec2/routeTable:RouteTable",
    service="ec2",
    noun="EC2 Route Table",
    cloudformation="AWS::EC2::RouteTable",
    properties={"vpcId": fixed()},
    create=call_matching("CreateRouteTable"),
    id="RouteTable.RouteTableId",
    reads=(Read(call("DescribeRouteTables", RouteTableIds=["$id"]), "RouteTables[0]"),),
    delete=(call("DeleteRouteTable", RouteTableId="$id"),),
    gone_codes=("InvalidRouteTableID.NotFound",),
    outputs={"ownerId": "OwnerId"},
    computed={"arn": "arn:${partition}:ec2:${region}:${account}:route-table/${id}"},
    tags=ec2_tags("route-table"),
)

_REPLACE_ROUTE: Final = call_matching("ReplaceRoute", EgressOnlyInternetGatewayId="$egressOnlyGatewayId")

_ROUTE: Final = ResourceType(
    type="aws:ec2/route:Route",
    service="ec2",
    noun="Route in Route Table",
    cloudformation="AWS::EC2::Route",
    properties={
        "routeTableId": fixed(answer=None),
        "destinationCidrBlock": fixed(),
        "gatewayId": updated(_REPLACE_ROUTE),
        "natGatewayId": updated(_REPLACE_ROUTE),
        "vpcPeeringConnectionId": updated(_REPLACE_ROUTE),
        "vpcEndpointId": updated(_REPLACE_ROUTE),
        "transitGatewayId": updated(_REPLACE_ROUTE),
        "networkInterfaceId": updated(_REPLACE_ROUTE),
        "egressOnlyGatewayId": updated(
            _REPLACE_ROUTE,
            answer="EgressOnlyInternetGatewayId",
            cloudformation="EgressOnlyInternetGatewayId",
        ),
    },
    create=call_matching("CreateRoute", EgressOnlyInternetGatewayId="$egressOnlyGatewayId"),
    id="${routeTableId}_${destinationCidrBlock}",
    reads=(
        Read(
            call("DescribeRouteTables", RouteTableIds=["$routeTableId"]),
            "RouteTables[0].Routes[?DestinationCidrBlock=='${destinationCidrBlock}'] | [0]",
        ),
    ),
    delete=(call("DeleteRoute", RouteTableId="$routeTableId", DestinationCidrBlock="$destinationCidrBlock"),),
    gone_codes=("InvalidRoute.NotFound", "InvalidRouteTableID.NotFound"),
    outputs={"origin": "Origin", "state": "State"},
)

_ROUTE_TABLE_ASSOCIATION: Final = ResourceType(
    type="aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    noun="EC2 Route Table Association",
    cloudformation="AWS::EC2::SubnetRouteTableAssociation",
    properties={
        "subnetId": fixed(),
        "routeTableId": updated(
            call(
                "ReplaceRouteTableAssociation", AssociationId="$associationId", RouteTableId="$routeTableId"
            ),
            differs="aws_route_table_association calls ReplaceRouteTableAssociation: no moment without routes",
        ),
    },
    create=call_matching("AssociateRouteTable"),
    id="AssociationId",
    import_id="${subnetId}/${routeTableId}",
    found_id="RouteTableAssociationId",
    reads=(
        Read(
            call("DescribeRouteTables", RouteTableIds=["$routeTableId"]),
            "RouteTables[0].Associations[?SubnetId=='${subnetId}'] | [0]",
        ),
    ),
    delete=(call("DisassociateRouteTable", AssociationId="$associationId"),),
    gone_codes=("InvalidAssociationID.NotFound", "InvalidRouteTableID.NotFound"),
    outputs={"associationId": "RouteTableAssociationId"},
)

TYPES: Final = (_INTERNET_GATEWAY, _EIP, _NAT_GATEWAY, _ROUTE_TABLE, _ROUTE, _ROUTE_TABLE_ASSOCIATION)
