"""What stands in each account and region, read back with boto3 and compared with rows N1 to N9."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.engine.committed.conftest import Standing


@dataclass(frozen=True, kw_only=True)
class Site:
    """What the documents say of a site; octet is the second of 10.x."""

    name: str
    account: str
    region: str
    octet: int
    zones: tuple[str, str]


SITES = (
    Site(name="main-use1", account="main", region="us-east-1", octet=0, zones=("use1-az4", "use1-az6")),
    Site(name="main-usw2", account="main", region="us-west-2", octet=1, zones=("usw2-az1", "usw2-az2")),
    Site(
        name="secondary-usw2",
        account="secondary",
        region="us-west-2",
        octet=3,
        zones=("usw2-az1", "usw2-az2"),
    ),
)
every_site = pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)


def ec2(standing: Standing, site: Site) -> Any:
    return standing.fleet.aws("ec2", account=site.account, region=site.region)


def vpc_of(standing: Standing, site: Site) -> dict[str, Any]:
    name = {"Name": "tag:Name", "Values": [f"ml-{site.account}-{site.region}"]}
    (vpc,) = ec2(standing, site).describe_vpcs(Filters=[name])["Vpcs"]
    return dict(vpc)


def of_vpc(standing: Standing, site: Site, key: str = "vpc-id") -> list[dict[str, Any]]:
    return [{"Name": key, "Values": [vpc_of(standing, site)["VpcId"]]}]


@every_site
def test_n1_n2_vpc(standing: Standing, site: Site) -> None:
    vpc = vpc_of(standing, site)
    assert vpc["CidrBlock"] == f"10.{site.octet}.0.0/16"
    for attribute in ("enableDnsHostnames", "enableDnsSupport"):
        answer = ec2(standing, site).describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute=attribute)
        assert answer[attribute[0].upper() + attribute[1:]]["Value"] is True


@every_site
def test_n1_subnets(standing: Standing, site: Site) -> None:
    subnets = ec2(standing, site).describe_subnets(Filters=of_vpc(standing, site))["Subnets"]
    rows = {(s["CidrBlock"], s["AvailabilityZoneId"], s["MapPublicIpOnLaunch"]) for s in subnets}
    one, two = site.zones
    assert rows == {
        (f"10.{site.octet}.0.0/18", one, False),
        (f"10.{site.octet}.64.0/18", two, False),
        (f"10.{site.octet}.128.0/24", one, False),
        (f"10.{site.octet}.129.0/24", two, False),
    }


@every_site
def test_n3_each_zone_leaves_by_its_own_nat_gateway(standing: Standing, site: Site) -> None:
    client = ec2(standing, site)
    subnets = {s["SubnetId"]: s for s in client.describe_subnets(Filters=of_vpc(standing, site))["Subnets"]}
    gateways = client.describe_nat_gateways(Filters=of_vpc(standing, site))["NatGateways"]
    zone_of = {g["NatGatewayId"]: subnets[g["SubnetId"]]["AvailabilityZoneId"] for g in gateways}
    assert sorted(zone_of.values()) == sorted(site.zones)
    assert {g["State"] for g in gateways} == {"available"}
    ways_out = set()
    for table in client.describe_route_tables(Filters=of_vpc(standing, site))["RouteTables"]:
        (default,) = [r for r in table["Routes"] if r.get("DestinationCidrBlock") == "0.0.0.0/0"] or [{}]
        for association in table["Associations"]:
            subnet = subnets.get(association.get("SubnetId"))
            if subnet:
                way_out = zone_of.get(default.get("NatGatewayId"), default.get("GatewayId", "none")[:4])
                ways_out.add((subnet["CidrBlock"], way_out))
    one, two = site.zones
    assert ways_out == {
        (f"10.{site.octet}.0.0/18", one),
        (f"10.{site.octet}.64.0/18", two),
        (f"10.{site.octet}.128.0/24", "igw-"),
        (f"10.{site.octet}.129.0/24", "igw-"),
    }


@every_site
def test_n5_security_groups_open_exactly_what_the_plan_says(standing: Standing, site: Site) -> None:
    groups = groups_of_the_network(standing, site)
    key_of = {g["GroupId"]: name_of(g).removeprefix(f"{site.name}-network-") for g in groups}
    rules = {
        (key_of[g["GroupId"]], direction, p["IpProtocol"], p.get("FromPort"), p.get("ToPort"), peer)
        for g in groups
        for direction, permissions in (("in", g["IpPermissions"]), ("out", g["IpPermissionsEgress"]))
        for p in permissions
        for peer in peers(p, key_of)
    }
    assert set(key_of.values()) == {"default-closed", "efa", "base", "endpoints", "lustre", "efs"}
    lustre = {
        ("lustre", way, "tcp", first, last, peer)
        for way in ("in", "out")
        for first, last in ((988, 988), (1018, 1023))
        for peer in ("base", "lustre")
    }
    assert rules == {
        ("efa", "in", "-1", None, None, "efa"),
        ("efa", "out", "-1", None, None, "efa"),
        ("base", "out", "-1", None, None, "0.0.0.0/0"),
        ("base", "in", "tcp", 988, 988, "lustre"),
        ("base", "in", "tcp", 1018, 1023, "lustre"),
        ("endpoints", "in", "tcp", 443, 443, f"10.{site.octet}.0.0/16"),
        ("efs", "in", "tcp", 2049, 2049, "base"),
        ("efs", "out", "tcp", 2049, 2049, "base"),
        *lustre,
    }


def groups_of_the_network(standing: Standing, site: Site) -> list[dict[str, Any]]:
    """Those of the layer; EKS and ParallelCluster make others for their clusters."""
    groups = ec2(standing, site).describe_security_groups(Filters=of_vpc(standing, site))["SecurityGroups"]
    return [group for group in groups if name_of(group).startswith(f"{site.name}-network-")]


def name_of(tagged: dict[str, Any]) -> str:
    """The tag Name; empty without one."""
    return next((str(tag["Value"]) for tag in tagged["Tags"] if tag["Key"] == "Name"), "")


def peers(permission: dict[str, Any], key_of: dict[str, str]) -> set[str]:
    groups = {key_of[pair["GroupId"]] for pair in permission.get("UserIdGroupPairs", [])}
    return groups | {block["CidrIp"] for block in permission.get("IpRanges", [])}


@every_site
def test_n6_placement_group_per_fleet_and_zone(standing: Standing, site: Site) -> None:
    groups = ec2(standing, site).describe_placement_groups()["PlacementGroups"]
    ours = [g for g in groups if g["GroupName"].startswith(f"{site.name}-network-gpu-")]
    assert {g["Strategy"] for g in ours} == {"cluster"}
    assert len(ours) == len(site.zones)


@every_site
def test_n7_alarm_below_500_free_addresses(standing: Standing, site: Site) -> None:
    alarms = standing.fleet.aws("cloudwatch", account=site.account, region=site.region).describe_alarms()
    subnets = ec2(standing, site).describe_subnets(Filters=of_vpc(standing, site))["Subnets"]
    private = {s["SubnetId"] for s in subnets if s["CidrBlock"].endswith("/18")}
    watched = {
        alarm["Dimensions"][0]["Value"]
        for alarm in alarms["MetricAlarms"]
        if (alarm["MetricName"], alarm["Namespace"], alarm["ComparisonOperator"], alarm["Threshold"])
        == ("AvailableIpAddressCount", "MlClusters/Network", "LessThanThreshold", 500.0)
    }
    assert watched & private == private
    topic = f"ml-clusters-{site.name}-alerts"
    told = {
        arn.rpartition(":")[2]
        for alarm in alarms["MetricAlarms"]
        if alarm["Namespace"] == "MlClusters/Network" and alarm["Dimensions"][0]["Value"] in private
        for arn in alarm["AlarmActions"]
    }
    assert told == {topic}


@every_site
def test_n9_endpoints(standing: Standing, site: Site) -> None:
    client = ec2(standing, site)
    endpoints = client.describe_vpc_endpoints(Filters=of_vpc(standing, site))["VpcEndpoints"]
    prefix = f"com.amazonaws.{site.region}."
    kinds = {(e["ServiceName"].removeprefix(prefix), e["VpcEndpointType"]) for e in endpoints}
    interfaces = [
        "ecr.api",
        "ecr.dkr",
        "sts",
        "ec2",
        "logs",
        "monitoring",
        "ssm",
        "ssmmessages",
        "ec2messages",
    ]
    assert kinds == {
        ("s3", "Gateway"),
        ("dynamodb", "Gateway"),
        *((name, "Interface") for name in interfaces),
    }
    tables = client.describe_route_tables(Filters=of_vpc(standing, site))["RouteTables"]
    used = {t["RouteTableId"] for t in tables if any(a.get("SubnetId") for a in t["Associations"])}
    for endpoint in endpoints:
        if endpoint["VpcEndpointType"] == "Gateway":
            assert set(endpoint["RouteTableIds"]) == used
        else:
            assert (len(endpoint["SubnetIds"]), endpoint["PrivateDnsEnabled"]) == (2, True)


@every_site
def test_flow_logs_of_all_traffic(standing: Standing, site: Site) -> None:
    (log,) = ec2(standing, site).describe_flow_logs(Filters=of_vpc(standing, site, "resource-id"))["FlowLogs"]
    assert (log["TrafficType"], log["LogDestinationType"]) == ("ALL", "cloud-watch-logs")
    group = f"/ml-clusters/{site.name}/vpc-flow-logs"
    logs = standing.fleet.aws("logs", account=site.account, region=site.region)
    (found,) = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert found["retentionInDays"] == 30


def test_a2_the_data_site_has_no_network(standing: Standing) -> None:
    vpcs = standing.fleet.aws("ec2", account="secondary", region="us-east-1").describe_vpcs()["Vpcs"]
    assert [vpc["CidrBlock"] for vpc in vpcs if not vpc["IsDefault"]] == []


def test_a1_accounts_do_not_see_each_other(standing: Standing) -> None:
    use1, usw2, secondary = (vpc_of(standing, site)["VpcId"] for site in SITES)
    in_main = standing.fleet.aws("ec2", region="us-west-2").describe_vpcs()["Vpcs"]
    assert usw2 in {vpc["VpcId"] for vpc in in_main}
    assert secondary not in {vpc["VpcId"] for vpc in in_main}
    assert use1 not in {vpc["VpcId"] for vpc in in_main}
