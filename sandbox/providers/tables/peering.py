"""VPC peerings, from both sides."""

from __future__ import annotations

from typing import Final

from sandbox.providers.resource_type import Read, ResourceType, When, call, call_matching, fixed, updated
from sandbox.providers.tables.tagging import adopted_ec2_tags, ec2_tags

_DESCRIBE: Final = Read(
    call("DescribeVpcPeeringConnections", VpcPeeringConnectionIds=["$id"]), "VpcPeeringConnections[0]"
)
_ENDED: Final = When("Status.Code", ("deleted", "rejected", "expired", "failed"))
_NOT_FOUND: Final = ("InvalidVpcPeeringConnectionID.NotFound", "InvalidVpcPeeringConnectionId.NotFound")

_ACCEPT: Final = call("AcceptVpcPeeringConnection", VpcPeeringConnectionId="$id").only_if("autoAccept")

_CONNECTION: Final = ResourceType(
    type="aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
    service="ec2",
    noun="EC2 VPC Peering Connection",
    cloudformation="AWS::EC2::VPCPeeringConnection",
    properties={
        "vpcId": fixed(answer="RequesterVpcInfo.VpcId"),
        "peerVpcId": fixed(answer="AccepterVpcInfo.VpcId"),
        "peerOwnerId": fixed(chosen=True, answer="AccepterVpcInfo.OwnerId"),
        "peerRegion": fixed(chosen=True, answer="AccepterVpcInfo.Region"),
        "autoAccept": updated(_ACCEPT, initial=False, answer=None),
    },
    create=call_matching("CreateVpcPeeringConnection"),
    id="VpcPeeringConnection.VpcPeeringConnectionId",
    reads=(_DESCRIBE,),
    ready=When("Status.Code", ("pending-acceptance", "active")),
    gone=_ENDED,
    delete=(
        call("DeleteVpcPeeringConnection", VpcPeeringConnectionId="$id").ignoring("InvalidStateTransition"),
    ),
    gone_codes=_NOT_FOUND,
    outputs={"acceptStatus": "Status.Code"},
    tags=ec2_tags("vpc-peering-connection"),
)

_ACCEPTER: Final = ResourceType(
    type="aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
    service="ec2",
    noun="EC2 VPC Peering Connection Accepter",
    replaces_source="aws_vpc_peering_connection_accepter: ForceNew of vpc_peering_connection_id",
    properties={
        "vpcPeeringConnectionId": fixed(),
        "autoAccept": updated(_ACCEPT, default=False, answer=None, allowed=(True,)),
    },
    create=call("AcceptVpcPeeringConnection", VpcPeeringConnectionId="$vpcPeeringConnectionId").ignoring(
        "InvalidStateTransition"
    ),
    id="${vpcPeeringConnectionId}",
    reads=(_DESCRIBE,),
    ready=When("Status.Code", ("active",)),
    gone=_ENDED,
    delete=(),
    gone_codes=_NOT_FOUND,
    outputs={
        "acceptStatus": "Status.Code",
        "vpcId": "AccepterVpcInfo.VpcId",
        "peerVpcId": "RequesterVpcInfo.VpcId",
        "peerOwnerId": "RequesterVpcInfo.OwnerId",
        "peerRegion": "RequesterVpcInfo.Region",
    },
    tags=adopted_ec2_tags(),
)

_MODIFY_OPTIONS: Final = call(
    "ModifyVpcPeeringConnectionOptions",
    VpcPeeringConnectionId="$vpcPeeringConnectionId",
    RequesterPeeringConnectionOptions={
        "AllowDnsResolutionFromRemoteVpc": "$requester.allowRemoteVpcDnsResolution"
    },
    AccepterPeeringConnectionOptions={
        "AllowDnsResolutionFromRemoteVpc": "$accepter.allowRemoteVpcDnsResolution"
    },
)
_DNS_OPTION: Final = "{allowRemoteVpcDnsResolution: PeeringOptions.AllowDnsResolutionFromRemoteVpc}"

_OPTIONS: Final = ResourceType(
    type="aws:ec2/peeringConnectionOptions:PeeringConnectionOptions",
    service="ec2",
    noun="EC2 VPC Peering Connection Options",
    replaces_source="aws_vpc_peering_connection_options: ForceNew of vpc_peering_connection_id",
    properties={
        "vpcPeeringConnectionId": fixed(),
        "requester": updated(_MODIFY_OPTIONS, chosen=True, answer=f"RequesterVpcInfo.{_DNS_OPTION}"),
        "accepter": updated(_MODIFY_OPTIONS, chosen=True, answer=f"AccepterVpcInfo.{_DNS_OPTION}"),
    },
    create=_MODIFY_OPTIONS,
    id="${vpcPeeringConnectionId}",
    reads=(_DESCRIBE,),
    gone=_ENDED,
    delete=(),
    gone_codes=_NOT_FOUND,
)

TYPES: Final = (_CONNECTION, _ACCEPTER, _OPTIONS)
