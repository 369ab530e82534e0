"""One site from saved plans through drift to nothing left; each chapter is recorded when it ends, tests read them.

planned -> targeted -> guarded -> drifted -> repaired -> protected -> blocked -> destroyed: a chapter begins where the
one before it ended, so any test can be run alone. Sixteen engine runs in all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from plan import names
from sandbox.client import Sandbox
from tests.engine.fleets import ACCOUNTS, FleetUnderTest, Result, small_checkout

VPC = "urn:pulumi:one::ml-clusters::mlclusters:network:Network$aws:ec2/vpc:Vpc::one-network-vpc"
LOG_GROUP = (
    "urn:pulumi:one::ml-clusters::mlclusters:network:Network$"
    "aws:cloudwatch/logGroup:LogGroup::one-network-flow-logs"
)
OPEN = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What commands said, by name, and AWS around them."""

    said: dict[str, Result]
    aws: Any = None

    def __getitem__(self, name: str) -> Result:
        return self.said[name]


@pytest.fixture(scope="package")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetUnderTest]:
    root = tmp_path_factory.mktemp("drift-checkout")
    fleet = FleetUnderTest(root=small_checkout(root), home=tmp_path_factory.mktemp("drift"))
    try:
        yield fleet
    finally:
        fleet.stop()


@pytest.fixture(scope="package")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("approved") / "plans"


@pytest.fixture(scope="package")
def planned(fleet: FleetUnderTest, plans: Path) -> Chapter:
    """Previewed and saved, edited and refused, put back and rolled out as it was approved."""
    saved = fleet.fleet("preview", "--only", "one", "--save", str(plans), "--json")
    modes = {path.name: path.stat().st_mode & 0o777 for path in plans.iterdir()}
    fleet.edit("Pulumi.one.yaml", "flow_log_retention_days: 1", "flow_log_retention_days: 3")
    edited = fleet.fleet("up", "--plan", str(plans), "--yes")
    fleet.edit("Pulumi.one.yaml", "flow_log_retention_days: 3", "flow_log_retention_days: 1")
    rolled = fleet.fleet("up", "--plan", str(plans), "--yes", "--json")
    return Chapter(said={"saved": saved, "edited": edited, "rolled out": rolled}, aws=modes)


@pytest.fixture(scope="package")
def targeted(planned: Chapter, fleet: FleetUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Chapter:
    """Placement groups are approved; a log group that the plan leaves alone is changed in between, by its URN; then the
    plan is carried out over what it did not foresee.
    """
    assert planned["rolled out"].code == 0, planned["rolled out"].err
    plans = tmp_path_factory.mktemp("overtaken") / "plans"
    before = "flow_log_retention_days: 1"
    approved = f"{before}\n      gpu_fleets: [a]"
    between = approved.replace(": 1", ": 3")
    fleet.edit("Pulumi.one.yaml", before, approved)
    assert fleet.fleet("preview", "--only", "one", "--save", str(plans)).code == 2
    fleet.edit("Pulumi.one.yaml", approved, between)
    chosen = fleet.fleet("up", "--target", LOG_GROUP, "--yes", "--json")
    seen = (retention_days(fleet), len(fleet.aws("ec2").describe_placement_groups()["PlacementGroups"]))
    fleet.edit("Pulumi.one.yaml", between, approved)
    overtaken = fleet.fleet("up", "--plan", str(plans), "--yes", "--json")
    days = retention_days(fleet)
    fleet.edit("Pulumi.one.yaml", approved, before)
    back = fleet.fleet("up", "--only", "one", "--yes", "--json")
    return Chapter(said={"chosen": chosen, "overtaken": overtaken, "back": back}, aws=(*seen, days))


@pytest.fixture(scope="package")
def guarded(targeted: Chapter, fleet: FleetUnderTest) -> Chapter:
    """A zone is exchanged, which deletes what is in the old one."""
    assert targeted["back"].code == 0, targeted["back"].err
    before = state_versions(fleet)
    fleet.edit("Pulumi.one.yaml", "use1-az4, use1-az6", "use1-az4, use1-az1")
    refused = fleet.fleet("up", "--only", "one", "--yes", "--max-deletes", "3")
    fleet.edit("Pulumi.one.yaml", "use1-az4, use1-az1", "use1-az4, use1-az6")
    return Chapter(said={"refused": refused}, aws=(before, state_versions(fleet)))


@pytest.fixture(scope="package")
def drifted(guarded: Chapter, fleet: FleetUnderTest) -> Chapter:
    """A person changes a tag, deletes a route, and opens the default security group."""
    assert guarded["refused"].code == 1
    ec2 = fleet.aws("ec2")
    ec2.create_tags(Resources=[vpc_id(fleet)], Tags=[{"Key": "environment", "Value": "prod"}])
    ec2.delete_route(RouteTableId=public_table(fleet), DestinationCidrBlock="0.0.0.0/0")
    ec2.authorize_security_group_ingress(GroupId=default_group(fleet)["GroupId"], **OPEN)
    before = state_versions(fleet)
    found = fleet.fleet("drift", "--json")
    wrong = Sandbox(fleet.home / "sandbox").environment(account="secondary", region="us-east-1")
    refused = fleet.fleet("refresh", "--only", "one", "--yes", **{"FLEET_SANDBOX": "0", **wrong})
    return Chapter(said={"found": found, "wrong account": refused}, aws=(before, state_versions(fleet)))


@pytest.fixture(scope="package")
def repaired(drifted: Chapter, fleet: FleetUnderTest) -> Chapter:
    assert drifted["found"].code == 2
    refreshed = fleet.fleet("refresh", "--only", "one", "--yes", "--json")
    rolled = fleet.fleet("up", "--only", "one", "--yes", "--json")
    routes = fleet.aws("ec2").describe_route_tables(RouteTableIds=[public_table(fleet)])["RouteTables"][0][
        "Routes"
    ]
    tags = {tag["Key"]: tag["Value"] for tag in vpc(fleet)["Tags"]}
    return Chapter(
        said={"refreshed": refreshed, "rolled out": rolled},
        aws={
            "routes": {route["DestinationCidrBlock"] for route in routes},
            "environment": tags["environment"],
            "ingress": default_group(fleet)["IpPermissions"],
        },
    )


@pytest.fixture(scope="package")
def protected(repaired: Chapter, fleet: FleetUnderTest) -> Chapter:
    """A destroy while the state says that the VPC is protected."""
    assert repaired["rolled out"].code == 0, repaired["rolled out"].err
    assert fleet.pulumi("one", "state", "protect", VPC, "-s", "one", "--yes").code == 0
    refused = fleet.fleet("destroy", "--yes")
    assert fleet.pulumi("one", "state", "unprotect", VPC, "-s", "one", "--yes").code == 0
    return Chapter(said={"refused": refused})


@pytest.fixture(scope="package")
def blocked(protected: Chapter, fleet: FleetUnderTest) -> Chapter:
    """A destroy while a person's security group is in the VPC, and again once it is gone."""
    assert protected["refused"].code == 1
    ec2 = fleet.aws("ec2")
    group = ec2.create_security_group(GroupName="by-hand", Description="x", VpcId=vpc_id(fleet))["GroupId"]
    failed = fleet.fleet("destroy", "--yes", "--json")
    ec2.delete_security_group(GroupId=group)
    tags = [{"Key": "fleet", "Value": names.PROJECT}, {"Key": "fleet:site", "Value": "one"}]
    address = ec2.allocate_address(
        Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": tags}]
    )["AllocationId"]
    again = fleet.fleet("destroy", "--yes", "--json")
    ec2.release_address(AllocationId=address)
    return Chapter(said={"failed": failed, "again": again}, aws=address)


@pytest.fixture(scope="package")
def destroyed(blocked: Chapter, fleet: FleetUnderTest) -> Chapter:
    assert blocked["again"].code == 1
    return Chapter(said={"last": fleet.fleet("destroy", "--yes")})


def state_versions(fleet: FleetUnderTest) -> set[tuple[str, str]]:
    """Every version of every object that is the state: no run that only looks adds one."""
    pages = fleet.aws("s3").get_paginator("list_object_versions")
    bucket = names.state_bucket(ACCOUNTS["main"])
    return {
        (version["Key"], version["VersionId"])
        for page in pages.paginate(Bucket=bucket, Prefix=".pulumi/stacks/")
        for version in page.get("Versions", ())
    }


def retention_days(fleet: FleetUnderTest) -> int:
    (group,) = fleet.aws("logs").describe_log_groups(logGroupNamePrefix="/ml-clusters/one/vpc-flow-logs")[
        "logGroups"
    ]
    return int(group["retentionInDays"])


def vpc(fleet: FleetUnderTest) -> dict[str, Any]:
    filters = [{"Name": "tag:fleet:site", "Values": ["one"]}]
    (found,) = fleet.aws("ec2").describe_vpcs(Filters=filters)["Vpcs"]
    return dict(found)


def vpc_id(fleet: FleetUnderTest) -> str:
    return str(vpc(fleet)["VpcId"])


def public_table(fleet: FleetUnderTest) -> str:
    """The route table whose default route leads to the internet, or did."""
    urn = "one::ml-clusters::aws:ec2/routeTable:RouteTable::one-network-public-routes"
    filters = [{"Name": "tag:fleet:urn", "Values": [urn]}]
    (table,) = fleet.aws("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    return str(table["RouteTableId"])


def default_group(fleet: FleetUnderTest) -> dict[str, Any]:
    filters = [
        {"Name": "vpc-id", "Values": [vpc_id(fleet)]},
        {"Name": "group-name", "Values": ["default"]},
    ]
    (group,) = fleet.aws("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    return dict(group)
