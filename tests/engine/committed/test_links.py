"""Peerings of the committed fleet (row N4): active, with a route and names both ways."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from tests.engine.committed.conftest import Standing
from tests.engine.committed.test_network import SITES, ec2, of_vpc, vpc_of


def test_n4_three_active_peerings_seen_from_both_ends(standing: Standing) -> None:
    seen: dict[str, set[str]] = {}
    for site in SITES:
        for peering in ec2(standing, site).describe_vpc_peering_connections()["VpcPeeringConnections"]:
            assert peering["Status"]["Code"] == "active"
            seen.setdefault(peering["VpcPeeringConnectionId"], set()).add(site.name)
    assert sorted(sorted(ends) for ends in seen.values()) == [
        ["main-use1", "main-usw2"],
        ["main-use1", "secondary-usw2"],
        ["main-usw2", "secondary-usw2"],
    ]


def test_n4_names_resolve_across_each_peering_both_ways(standing: Standing) -> None:
    for site in SITES:
        own = vpc_of(standing, site)["VpcId"]
        for peering in ec2(standing, site).describe_vpc_peering_connections()["VpcPeeringConnections"]:
            (side,) = (
                info
                for info in (peering["RequesterVpcInfo"], peering["AccepterVpcInfo"])
                if info["VpcId"] == own
            )
            assert side["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"] is True


def test_n4_a_route_each_way_from_each_private_table(standing: Standing) -> None:
    for one, other in permutations(SITES, 2):
        towards = f"10.{other.octet}.0.0/16"
        tables = ec2(standing, one).describe_route_tables(Filters=of_vpc(standing, one))["RouteTables"]
        private = [t for t in tables if leaves_by_nat(t)]
        assert len(private) == len(one.zones)
        for table in private:
            (route,) = [r for r in table["Routes"] if r.get("DestinationCidrBlock") == towards]
            assert route["VpcPeeringConnectionId"].startswith("pcx-")
            assert route["State"] == "active"


def leaves_by_nat(table: dict[str, Any]) -> bool:
    return any("NatGatewayId" in route for route in table["Routes"])


def test_contracts_hold_the_real_ids(standing: Standing) -> None:
    ids = set(standing.outputs("links")["links"]["peering_connection_ids"].values())
    seen = ec2(standing, SITES[0]).describe_vpc_peering_connections()["VpcPeeringConnections"]
    assert {peering["VpcPeeringConnectionId"] for peering in seen} < ids
    for site in SITES:
        assert standing.outputs(site.name)["network"]["vpc_id"] == vpc_of(standing, site)["VpcId"]
