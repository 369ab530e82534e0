"""The network of a site, from what its file says."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.iam import IamAccount
from plan.network import NetworkPlan, plan_network
from spec import Site

ZONES = ("use1-az1", "use1-az4", "use1-az6")


def site(**changes: Any) -> Site:
    """A production site of two zones, with what a test changes of it; `network` changes merge."""
    network = {
        "cidr": "10.0.0.0/16",
        "availability_zones": ("use1-az4", "use1-az6"),
        "private_subnets": ("10.0.0.0/18", "10.0.64.0/18"),
        "public_subnets": ("10.0.128.0/24", "10.0.129.0/24"),
        "gateway_endpoints": ("s3",),
        "interface_endpoints": ("ecr.api", "sts"),
        "flow_log_retention_days": 30,
        "gpu_fleets": ("training",),
    }
    content: dict[str, Any] = {"account": "main", "region": "us-east-1", "purpose": "training"}
    content = content | {"environment": "prod"} | changes | {"network": network | changes.get("network", {})}
    return Site.model_validate(content)


def plan(**changes: Any) -> NetworkPlan:
    made = site(**changes)
    assert made.network is not None
    return plan_network("main-use1", IamAccount(account_id="483026362307"), made, made.network)


def test_vpc_is_named_by_account_and_region() -> None:
    assert plan().vpc_name == "ml-main-us-east-1"
    assert plan().cidr == IPv4Network("10.0.0.0/16")


def test_subnets_carry_zone_cidr_and_load_balancer_role() -> None:
    rows = [(s.key, s.zone_id, str(s.cidr), s.public, s.tags) for s in plan().subnets]
    internal, internet = {"kubernetes.io/role/internal-elb": "1"}, {"kubernetes.io/role/elb": "1"}
    assert rows == [
        ("private-use1-az4", "use1-az4", "10.0.0.0/18", False, internal),
        ("private-use1-az6", "use1-az6", "10.0.64.0/18", False, internal),
        ("public-use1-az4", "use1-az4", "10.0.128.0/24", True, internet),
        ("public-use1-az6", "use1-az6", "10.0.129.0/24", True, internet),
    ]


@pytest.mark.parametrize(
    ("environment", "nat", "ways_out"),
    [
        ("prod", ["use1-az4", "use1-az6"], {"use1-az4": "use1-az4", "use1-az6": "use1-az6"}),
        ("dev", ["use1-az4"], {"use1-az4": "use1-az4", "use1-az6": "use1-az4"}),
    ],
)
def test_nat_per_zone_in_prod_and_one_in_dev(
    environment: str, nat: list[str], ways_out: dict[str, str]
) -> None:
    made = plan(environment=environment)
    assert [gateway.zone_id for gateway in made.nat_gateways] == nat
    private = {table.subnets[0]: table.nat_zone for table in made.route_tables if table.nat_zone}
    assert private == {f"private-{zone}": way_out for zone, way_out in ways_out.items()}
    public = [table for table in made.route_tables if table.nat_zone is None]
    assert [table.subnets for table in public] == [("public-use1-az4", "public-use1-az6")]


def test_endpoints_are_named_by_service_and_region() -> None:
    assert [(e.key, e.service_name, e.kind) for e in plan().endpoints] == [
        ("s3", "com.amazonaws.us-east-1.s3", "Gateway"),
        ("ecr-api", "com.amazonaws.us-east-1.ecr.api", "Interface"),
        ("sts", "com.amazonaws.us-east-1.sts", "Interface"),
    ]


def test_placement_group_per_fleet_and_zone() -> None:
    made = plan(network={"gpu_fleets": ("training", "inference")})
    assert [(group.fleet, group.zone_id) for group in made.placement_groups] == [
        ("training", "use1-az4"),
        ("training", "use1-az6"),
        ("inference", "use1-az4"),
        ("inference", "use1-az6"),
    ]


def rules_of(made: NetworkPlan) -> dict[str, list[tuple[str, str, tuple[int, int] | None, str]]]:
    return {
        group.key: [(rule.direction, rule.protocol, rule.ports, str(rule.peer)) for rule in group.rules]
        for group in made.security_groups
    }


def test_security_groups_open_exactly_this() -> None:
    assert rules_of(plan()) == {
        "efa": [("ingress", "-1", None, "efa"), ("egress", "-1", None, "efa")],
        "base": [("egress", "-1", None, "0.0.0.0/0")],
        "endpoints": [("ingress", "tcp", (443, 443), "10.0.0.0/16")],
    }


def test_file_systems_open_their_ports_to_nodes_and_lustre_to_its_own_servers() -> None:
    lustre = {
        "capacity_gib": 1200,
        "throughput_mbps_per_tib": 125,
        "availability_zone": "use1-az4",
        "maintenance_window": "7:03:00",
    }
    rules = rules_of(plan(storage={"lustre": lustre, "efs": {}}))
    assert rules["base"] == [
        ("egress", "-1", None, "0.0.0.0/0"),
        ("ingress", "tcp", (988, 988), "lustre"),
        ("ingress", "tcp", (1018, 1023), "lustre"),
    ]
    assert rules["lustre"] == [
        (direction, "tcp", ports, peer)
        for direction in ("ingress", "egress")
        for peer in ("base", "lustre")
        for ports in ((988, 988), (1018, 1023))
    ]
    assert rules["efs"] == [("ingress", "tcp", (2049, 2049), "base"), ("egress", "tcp", (2049, 2049), "base")]
    assert set(rules_of(plan(storage={"efs": {}}))) == {"efa", "base", "endpoints", "efs"}


def test_flow_log_role_is_for_this_account_and_this_log_group() -> None:
    flow_logs = plan().flow_logs
    group = "arn:aws:logs:us-east-1:483026362307:log-group:/ml-clusters/main-use1/vpc-flow-logs"
    assert flow_logs.role.name == "vpc-flow-logs-main-use1"
    assert flow_logs.role.trust["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole"],
            "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "483026362307"},
                "ArnLike": {"aws:SourceArn": "arn:aws:ec2:us-east-1:483026362307:vpc-flow-log/*"},
            },
        }
    ]
    assert flow_logs.role.policy["Statement"][0]["Resource"] == [group, f"{group}:*"]


def test_alarm_is_at_500_free_addresses() -> None:
    made = plan().free_addresses
    assert (made.metric_name, made.alarm_below, made.every_minutes) == ("AvailableIpAddressCount", 500, 5)


@given(zones=st.permutations(ZONES), count=st.integers(2, 3))
def test_keys_follow_zones_not_their_order(zones: list[str], count: int) -> None:
    """Turning the list of zones round renames nothing: a zone keeps its keys, whatever its place."""
    chosen = zones[:count]
    lists = {
        "availability_zones": tuple(chosen),
        "private_subnets": tuple(f"10.0.{64 * index}.0/18" for index in range(count)),
        "public_subnets": tuple(f"10.0.{192 + index}.0/24" for index in range(count)),
    }
    keys = {subnet.key for subnet in plan(network=lists).subnets}
    assert keys == {f"{side}-{zone}" for zone in chosen for side in ("private", "public")}
