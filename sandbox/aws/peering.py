"""VPC peering between accounts and regions: its states, and each side's own tags and options.

Source: VPC Peering Guide, "VPC peering connection lifecycle", "limitations" and "Enable DNS resolution".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from moto.ec2.models import ec2_backends

from sandbox.aws import accounts
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import as_tag_list, backend_of, matches, tags_from, tags_of
from sandbox.aws.errors import Refused

LIVE = ("pending-acceptance", "active")
_FAILED = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"
_SIDES = ("RequesterPeeringConnectionOptions", "AccepterPeeringConnectionOptions")


def create(call: Call) -> dict[str, Any]:
    """A request to the other VPC's owner; it fails by itself when the ranges overlap or there is no such VPC."""
    vpc, peer = backend_of(call).get_vpc(call.params["VpcId"]), _peer_vpc(call)
    tags = tags_from(call.params.get("TagSpecifications", []), "vpc-peering-connection")
    peering = backend_of(call).create_vpc_peering_connection(vpc, peer, tags)
    initiating = {"Code": "initiating-request", "Message": f"Initiating Request to {peer.owner_id}"}
    if peer.cidr_block is None or _network(vpc).overlaps(_network(peer)):
        peering._status.code, peering._status.message = "failed", _FAILED
    return {"VpcPeeringConnection": {**_shown(call, peering), "Status": initiating}}


@dataclass(frozen=True, slots=True)
class AbsentVpc:
    """A VPC of another account or region that is not there, in the place of moto's."""

    id: str
    owner_id: str
    region: str
    cidr_block: None = None

    @property
    def ec2_backend(self) -> AbsentVpc:
        """Where moto looks for the other side's list of peerings."""
        return self

    def get_vpc_pcx_refs(self) -> tuple[()]:
        """Nobody has to be told."""
        return ()


def _network(vpc: Any) -> IPv4Network:
    return IPv4Network(vpc.cidr_block, strict=False)


def _peer_vpc(call: Call) -> Any:
    """The other VPC. One's own has to be there; elsewhere nobody may look, and the connection just fails."""
    account, region = call.params.get("PeerOwnerId", call.account), call.params.get("PeerRegion", call.region)
    is_place = account in accounts.known() and region in ec2_backends[account]
    vpcs, vpc_id = ec2_backends[account][region].vpcs if is_place else {}, call.params["PeerVpcId"]
    if vpc_id not in vpcs and (account, region) == (call.account, call.region):
        raise Refused("InvalidVpcID.NotFound", f"The vpc ID '{vpc_id}' does not exist")
    return vpcs.get(vpc_id) or AbsentVpc(vpc_id, account, region)


def describe(call: Call) -> dict[str, Any]:
    """The peerings of either side, filtered (moto ignores filters)."""
    peerings, ids = backend_of(call).vpc_pcxs, call.params.get("VpcPeeringConnectionIds", [])
    for peering_id in ids:
        _get(call, peering_id)
    return {
        "VpcPeeringConnections": [
            _shown(call, peering)
            for peering in peerings.values()
            if (not ids or peering.id in ids)
            and matches(call.params.get("Filters", []), _filter_values(peering), tags_of(call, peering.id))
        ]
    }


def accept(call: Call) -> dict[str, Any]:
    """Moto's acceptance, which knows who may accept."""
    return {"VpcPeeringConnection": _shown(call, call.moto()["VpcPeeringConnection"])}


def modify_options(call: Call) -> dict[str, Any]:
    """Set the caller's side; the answer has that side only."""
    peering = _get(call, call.params["VpcPeeringConnectionId"])
    answer = {}
    for parameter, options in zip(_SIDES, (peering.requester_options, peering.accepter_options), strict=True):
        if parameter in call.params:
            options.update(call.params[parameter])
            answer[parameter] = dict(options)
    return answer


def is_only_one(call: Call) -> None:
    """Limitations: two VPCs have one peering connection at a time, whoever asked for it."""
    wanted = {call.params["VpcId"], call.params["PeerVpcId"]}
    for peering in backend_of(call).vpc_pcxs.values():
        if peering._status.code in LIVE and {peering.vpc.id, peering.peer_vpc.id} == wanted:
            raise Refused(
                "VpcPeeringConnectionAlreadyExists",
                f"A VPC peering connection between these VPCs already exists: {peering.id}",
            )


def options_may_change(call: Call) -> None:
    """Options belong to active peerings, and to the owner of each side, in its region."""
    peering = _get(call, call.params["VpcPeeringConnectionId"])
    if peering._status.code != "active":
        raise Refused(
            "OperationNotPermitted",
            f"Peering {peering.id} is not active. Peering options can be added only to active peerings.",
        )
    for parameter, vpc in zip(_SIDES, (peering.vpc, peering.peer_vpc), strict=True):
        if parameter in call.params and (vpc.owner_id, vpc.region) != (call.account, call.region):
            side = parameter.removesuffix("PeeringConnectionOptions").lower()
            raise Refused(
                "OperationNotPermitted",
                f"User {call.account} cannot modify {side} peering options of {peering.id} in {call.region}",
            )


def may_be_deleted(call: Call) -> None:
    """A peering that has ended cannot end again."""
    peering = _get(call, call.params["VpcPeeringConnectionId"])
    if peering._status.code not in LIVE:
        raise Refused(
            "InvalidStateTransition",
            f"Invalid state transition for {peering.id}, "
            f"attempted to transition from {peering._status.code} to deleting",
        )


def _get(call: Call, peering_id: str) -> Any:
    peerings: Mapping[str, Any] = backend_of(call).vpc_pcxs
    if peering_id not in peerings:
        raise Refused(
            "InvalidVpcPeeringConnectionID.NotFound",
            f"The vpcPeeringConnection ID '{peering_id}' does not exist",
        )
    return peerings[peering_id]


def _shown(call: Call, peering: Any) -> dict[str, Any]:
    return {
        "VpcPeeringConnectionId": peering.id,
        "RequesterVpcInfo": _side(peering.requester_vpc_info, peering),
        "AccepterVpcInfo": _side(peering.accepter_vpc_info, peering),
        "Status": peering.status,
        "Tags": as_tag_list(tags_of(call, peering.id)),
    }


def _side(info: dict[str, Any], peering: Any) -> dict[str, Any]:
    """One side as AWS shows it: with options once the peering is active."""
    shown = {**info, "CidrBlockSet": [{"CidrBlock": info["CidrBlock"]}]}
    if info["CidrBlock"] is None:
        del shown["CidrBlock"], shown["CidrBlockSet"]
    if peering._status.code != "active":
        del shown["PeeringOptions"]
    return shown


def _filter_values(peering: Any) -> dict[str, str]:
    names = {"vpc-id": "VpcId", "owner-id": "OwnerId", "cidr-block": "CidrBlock"}
    sides = {"requester": peering.requester_vpc_info, "accepter": peering.accepter_vpc_info}
    return {
        "vpc-peering-connection-id": peering.id,
        "status-code": peering._status.code,
        **{
            f"{side}-vpc-info.{name}": info[field]
            for side, info in sides.items()
            for name, field in names.items()
            if info[field] is not None
        },
    }


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("ec2", "CreateVpcPeeringConnection"): (is_only_one,),
    ("ec2", "ModifyVpcPeeringConnectionOptions"): (options_may_change,),
    ("ec2", "DeleteVpcPeeringConnection"): (may_be_deleted,),
}
OPERATIONS: dict[Key, Operation] = {
    ("ec2", "CreateVpcPeeringConnection"): create,
    ("ec2", "DescribeVpcPeeringConnections"): describe,
    ("ec2", "AcceptVpcPeeringConnection"): accept,
    ("ec2", "ModifyVpcPeeringConnectionOptions"): modify_options,
}
