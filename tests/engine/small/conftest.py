"""The life of a small fleet, one chapter after another; each is recorded when it ends, and tests read the records.

empty -> rolled_out -> refused -> converged -> drifted -> repaired -> destroyed -> rebuilt: a chapter begins where
the one before it ended, so any test can be run alone. About 30 engine runs in all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.engine.fleets import FleetUnderTest, Result, small_checkout
from tests.engine.inventory import inventory

FOREIGN_CIDR = "10.1.12.0/22"
"""Where a person's own subnet will be in the way of site two's."""


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What a command said, and AWS right after it."""

    result: Result
    aws: Any = None

    def stacks(self) -> dict[str, dict[str, Any]]:
        """The report's rows by stack."""
        return {row["stack"]: row for row in self.result.json["stacks"]}


@pytest.fixture(scope="package")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetUnderTest]:
    root = tmp_path_factory.mktemp("small-checkout")
    fleet = FleetUnderTest(root=small_checkout(root), home=tmp_path_factory.mktemp("small"))
    try:
        yield fleet
    finally:
        fleet.stop()


@pytest.fixture(scope="package")
def empty(fleet: FleetUnderTest) -> Chapter:
    """The first preview of a fleet that was never deployed."""
    assert fleet.fleet("sandbox", "start").code == 0
    assert fleet.fleet("bootstrap", "--yes").code == 0
    before = inventory(fleet)
    return Chapter(result=fleet.fleet("preview", "--json"), aws=(before, inventory(fleet)))


@pytest.fixture(scope="package")
def links_first(empty: Chapter, fleet: FleetUnderTest) -> Chapter:
    """Links by hand, before the sites that it joins."""
    assert empty.result.code == 2
    return Chapter(result=fleet.pulumi("links", "up", "-s", "links", "--yes", "--skip-preview"))


@pytest.fixture(scope="package")
def rolled_out(links_first: Chapter, fleet: FleetUnderTest) -> Chapter:
    assert links_first.result.code != 0
    return Chapter(result=fleet.fleet("up", "--yes", "--json"), aws=inventory(fleet))


@pytest.fixture(scope="package")
def foreign_subnet(rolled_out: Chapter, fleet: FleetUnderTest) -> str:
    """A subnet that a person made in site two's VPC."""
    assert rolled_out.result.code == 0, rolled_out.result.err
    ec2 = fleet.aws("ec2", account="secondary", region="us-west-2")
    subnet: str = ec2.create_subnet(VpcId=vpc_id(fleet, "two"), CidrBlock=FOREIGN_CIDR)["Subnet"]["SubnetId"]
    return subnet


@pytest.fixture(scope="package")
def refused(foreign_subnet: str, fleet: FleetUnderTest) -> Chapter:
    """A new owner for everything, and a move of two's subnet to where AWS refuses it."""
    assert foreign_subnet
    fleet.edit("fleet.yaml", "owner: tests", "owner: new-owner")
    fleet.edit("Pulumi.two.yaml", "private_subnets: [10.1.0.0/22,", f"private_subnets: [{FOREIGN_CIDR},")
    result = fleet.fleet("up", "--yes", "--json")
    return Chapter(result=result, aws={site: owners(fleet, site) for site in ("one", "two")})


@pytest.fixture(scope="package")
def converged(refused: Chapter, foreign_subnet: str, fleet: FleetUnderTest) -> Chapter:
    """The same command again, once what was in the way is gone."""
    assert refused.result.code == 1
    fleet.aws("ec2", account="secondary", region="us-west-2").delete_subnet(SubnetId=foreign_subnet)
    result = fleet.fleet("up", "--yes", "--json")
    return Chapter(result=result, aws=(owners(fleet, "two"), cidrs(fleet, "two")))


@pytest.fixture(scope="package")
def drifted(converged: Chapter, fleet: FleetUnderTest) -> Chapter:
    """A person opens the closed default group of site one, and renames its VPC."""
    assert converged.result.code == 0, converged.result.err
    ec2 = fleet.aws("ec2")
    ec2.create_tags(Resources=[vpc_id(fleet, "one")], Tags=[{"Key": "Name", "Value": "renamed-by-hand"}])
    ec2.authorize_security_group_ingress(
        GroupId=default_group(fleet)["GroupId"], IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )
    return Chapter(result=fleet.fleet("preview", "--refresh", "--only", "one", "--json"))


@pytest.fixture(scope="package")
def repaired(drifted: Chapter, fleet: FleetUnderTest) -> Chapter:
    assert drifted.result.code == 2
    refreshed = fleet.pulumi("one", "refresh", "-s", "one", "--yes", "--skip-preview")
    assert refreshed.code == 0, refreshed.err
    result = fleet.fleet("up", "--only", "one", "--yes", "--json")
    return Chapter(result=result, aws=default_group(fleet))


@pytest.fixture(scope="package")
def destroyed(repaired: Chapter, fleet: FleetUnderTest) -> Chapter:
    assert repaired.result.code == 0, repaired.result.err
    return Chapter(result=fleet.fleet("destroy", "--yes", "--json"), aws=inventory(fleet))


@pytest.fixture(scope="package")
def rebuilt(destroyed: Chapter, fleet: FleetUnderTest) -> Chapter:
    """Site two again, from what is committed."""
    assert destroyed.result.code == 0, destroyed.result.err
    result = fleet.fleet("up", "--only", "two", "--yes", "--json")
    return Chapter(result=result, aws=cidrs(fleet, "two"))


PLACES = {"one": ("main", "us-east-1"), "two": ("secondary", "us-west-2")}


def vpc_id(fleet: FleetUnderTest, site: str) -> str:
    return str(_vpc(fleet, site)["VpcId"])


def owners(fleet: FleetUnderTest, site: str) -> set[str]:
    """The owner tags of a site's VPC and subnets."""
    tagged = [_vpc(fleet, site), *_subnets(fleet, site)]
    return {tag["Value"] for item in tagged for tag in item.get("Tags", ()) if tag["Key"] == "owner"}


def cidrs(fleet: FleetUnderTest, site: str) -> set[str]:
    return {subnet["CidrBlock"] for subnet in _subnets(fleet, site)}


def default_group(fleet: FleetUnderTest) -> dict[str, Any]:
    """Site one's default security group."""
    filters = [
        {"Name": "vpc-id", "Values": [vpc_id(fleet, "one")]},
        {"Name": "group-name", "Values": ["default"]},
    ]
    (group,) = fleet.aws("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    return dict(group)


def _vpc(fleet: FleetUnderTest, site: str) -> dict[str, Any]:
    filters = [{"Name": "tag:fleet:site", "Values": [site]}]
    (vpc,) = _ec2(fleet, site).describe_vpcs(Filters=filters)["Vpcs"]
    return dict(vpc)


def _subnets(fleet: FleetUnderTest, site: str) -> list[dict[str, Any]]:
    filters = [{"Name": "vpc-id", "Values": [vpc_id(fleet, site)]}]
    return list(_ec2(fleet, site).describe_subnets(Filters=filters)["Subnets"])


def _ec2(fleet: FleetUnderTest, site: str) -> Any:
    account, region = PLACES[site]
    return fleet.aws("ec2", account=account, region=region)
