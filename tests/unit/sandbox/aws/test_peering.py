"""VPC peering between two accounts and two regions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import MAIN, SECONDARY, Cloud, refusal

NO_VPC = "vpc-0123456789abcdef0"
FAILED = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"
TAGS = [{"Key": "fleet:urn", "Value": "x"}]


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Two VPCs: the main account's in us-east-1, and the secondary's in us-west-2."""

    requester: Any
    accepter: Any
    vpc: str
    peer: str

    def request(self, **changes: Any) -> Any:
        other = {"PeerVpcId": self.peer, "PeerOwnerId": SECONDARY, "PeerRegion": "us-west-2", **changes}
        answer = self.requester.create_vpc_peering_connection(VpcId=self.vpc, **other)
        return answer["VpcPeeringConnection"]

    def read(self, ec2: Any, peering: str) -> Any:
        (found,) = ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[peering])[
            "VpcPeeringConnections"
        ]
        return found


@pytest.fixture
def sides(cloud: Cloud) -> Iterator[Sides]:
    requester, accepter = cloud.client("ec2"), cloud.client("ec2", "secondary", "us-west-2")
    vpc = requester.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    peer = accepter.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    yield Sides(requester=requester, accepter=accepter, vpc=vpc, peer=peer)
    requester.delete_vpc(VpcId=vpc)
    accepter.delete_vpc(VpcId=peer)


def info(owner: str, region: str, vpc: str, cidr: str) -> dict[str, Any]:
    """One side of a peering that is not active."""
    return {
        "OwnerId": owner,
        "Region": region,
        "VpcId": vpc,
        "CidrBlock": cidr,
        "CidrBlockSet": [{"CidrBlock": cidr}],
    }


def test_a_peering_from_its_request_to_its_end(sides: Sides) -> None:
    asked = sides.request(TagSpecifications=[{"ResourceType": "vpc-peering-connection", "Tags": TAGS}])
    peering = asked["VpcPeeringConnectionId"]
    shown = {
        "VpcPeeringConnectionId": peering,
        "RequesterVpcInfo": info(MAIN, "us-east-1", sides.vpc, "10.0.0.0/16"),
        "AccepterVpcInfo": info(SECONDARY, "us-west-2", sides.peer, "10.1.0.0/16"),
    }
    initiating = {"Code": "initiating-request", "Message": f"Initiating Request to {SECONDARY}"}
    assert asked == {**shown, "Status": initiating, "Tags": TAGS}
    pending = {"Code": "pending-acceptance", "Message": f"Pending Acceptance by {SECONDARY}"}
    assert sides.read(sides.requester, peering) == {**shown, "Status": pending, "Tags": TAGS}
    assert sides.read(sides.accepter, peering) == {**shown, "Status": pending, "Tags": []}
    assert refusal(sides.request) == "VpcPeeringConnectionAlreadyExists"
    sides.accepter.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    options = {"AllowDnsResolutionFromRemoteVpc": True}
    sides.requester.modify_vpc_peering_connection_options(
        VpcPeeringConnectionId=peering, RequesterPeeringConnectionOptions=options
    )
    active = sides.read(sides.accepter, peering)
    assert active["Status"] == {"Code": "active", "Message": "Active"}
    assert [
        active[side]["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"]
        for side in ("RequesterVpcInfo", "AccepterVpcInfo")
    ] == [True, False]
    sides.requester.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)
    assert sides.read(sides.accepter, peering)["Status"]["Code"] == "deleted"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"PeerVpcId": NO_VPC}, id="no such VPC"),
        pytest.param({"PeerRegion": "us-east-1"}, id="in another region"),
        pytest.param({"PeerRegion": "xx-nowhere-1"}, id="in no region"),
        pytest.param({"PeerOwnerId": MAIN}, id="of another account"),
        pytest.param({"PeerOwnerId": "999999999999"}, id="of no account"),
    ],
)
def test_a_request_to_a_vpc_that_is_not_there_fails(sides: Sides, changes: dict[str, str]) -> None:
    wanted = {"PeerVpcId": sides.peer, "PeerOwnerId": SECONDARY, "PeerRegion": "us-west-2", **changes}
    peering = sides.request(**changes)["VpcPeeringConnectionId"]
    read = sides.read(sides.requester, peering)
    assert read["Status"] == {"Code": "failed", "Message": FAILED}
    assert read["RequesterVpcInfo"] == info(MAIN, "us-east-1", sides.vpc, "10.0.0.0/16")
    assert read["AccepterVpcInfo"] == {
        "VpcId": wanted["PeerVpcId"],
        "OwnerId": wanted["PeerOwnerId"],
        "Region": wanted["PeerRegion"],
    }
    mine = [
        {"Name": "status-code", "Values": ["failed"]},
        {"Name": "requester-vpc-info.vpc-id", "Values": [sides.vpc]},
    ]
    found = [
        [item["VpcPeeringConnectionId"] for item in answer["VpcPeeringConnections"]]
        for answer in (
            ec2.describe_vpc_peering_connections(Filters=mine) for ec2 in (sides.requester, sides.accepter)
        )
    ]
    assert found == [[peering], []]
    assert (
        refusal(lambda: sides.requester.delete_vpc_peering_connection(VpcPeeringConnectionId=peering))
        == "InvalidStateTransition"
    )


def test_a_failed_request_leaves_room_for_another(sides: Sides) -> None:
    for _ in range(2):
        peering = sides.request(PeerVpcId=NO_VPC)["VpcPeeringConnectionId"]
        assert sides.read(sides.requester, peering)["Status"]["Code"] == "failed"


def test_a_request_between_overlapping_ranges_fails(sides: Sides) -> None:
    same = sides.accepter.create_vpc(CidrBlock="10.0.128.0/17")["Vpc"]["VpcId"]
    peering = sides.request(PeerVpcId=same)["VpcPeeringConnectionId"]
    for ec2 in (sides.requester, sides.accepter):
        assert sides.read(ec2, peering)["Status"] == {"Code": "failed", "Message": FAILED}
    sides.accepter.delete_vpc(VpcId=same)


def test_a_vpc_of_ones_own_has_to_be_there(sides: Sides) -> None:
    own = {"PeerVpcId": NO_VPC, "PeerOwnerId": MAIN, "PeerRegion": "us-east-1"}
    assert refusal(lambda: sides.request(**own)) == "InvalidVpcID.NotFound"
