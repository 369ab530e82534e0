from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from automation.checkpoint import Checkpoint, Pending, parse
from automation.clients import from_environment
from automation.recovery.finders import FINDERS, REPEATABLE
from automation.recovery.lookup import Found, Lookup
from plan.tags import fleet_urn
from sandbox.faults import Fault
from sandbox.providers.aws_native.provider import TYPES as NATIVE_TYPES
from sandbox.providers.tables import RESOURCE_TYPES
from tests.unit.automation.recovery.stored import resource, root
from tests.unit.sandbox.aws.cloud import MAIN, Cloud, trust

NAME = "Deployer"


@pytest.fixture(scope="module")
def lookup(cloud: Cloud) -> Iterator[Lookup]:
    """A base identity that may enter the account through the role of the state's provider."""
    iam = cloud.client("iam")
    iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=trust(f"arn:aws:iam::{MAIN}:root"))
    yield Lookup(from_environment(cloud.sandbox.environment()))
    iam.delete_role(RoleName=NAME)


@pytest.fixture(scope="module")
def vpc(cloud: Cloud) -> str:
    made: str = cloud.client("ec2").create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    return made


def checkpoint() -> Checkpoint:
    return Checkpoint(resources=tuple(root()))


def pending(kind: str, name: str, /, **inputs: Any) -> Pending:
    return Pending(kind="creating", resource=resource(kind, name, inputs=inputs))


def tagged(what: Pending, resource_type: str) -> list[Mapping[str, Any]]:
    return [
        {"ResourceType": resource_type, "Tags": [{"Key": "fleet:urn", "Value": fleet_urn(what.urn)}]},
    ]


def test_every_type_that_the_fleet_makes_can_be_looked_up() -> None:
    dynamic = "pulumi-python:dynamic/parallelcluster:Cluster"
    assert {*FINDERS, *REPEATABLE} == {*RESOURCE_TYPES, *NATIVE_TYPES, dynamic}


def test_a_tagged_resource_is_found_and_its_namesake_is_not(cloud: Cloud, lookup: Lookup, vpc: str) -> None:
    what = pending("aws:ec2/securityGroup:SecurityGroup", "efa")
    other = pending("aws:ec2/securityGroup:SecurityGroup", "base")
    ec2 = cloud.client("ec2")
    made = [
        ec2.create_security_group(
            GroupName=item.name, Description="d", VpcId=vpc, TagSpecifications=tagged(item, "security-group")
        )["GroupId"]
        for item in (what, other)
    ]
    assert lookup.find(other, checkpoint()) == Found(
        ids=(made[1],), is_certain=True, how="searched by describe_security_groups"
    )


def test_what_is_being_deleted_is_not_found(cloud: Cloud, lookup: Lookup, vpc: str) -> None:
    ec2 = cloud.client("ec2")
    endpoint = pending("aws:ec2/vpcEndpoint:VpcEndpoint", "s3")
    made = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName="com.amazonaws.us-east-1.s3",
        TagSpecifications=tagged(endpoint, "vpc-endpoint"),
    )["VpcEndpoint"]["VpcEndpointId"]
    assert lookup.find(endpoint, checkpoint()).ids == (made,)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made])
    assert lookup.find(endpoint, checkpoint()).ids == ()


def test_a_placement_group_is_found_by_its_tag(cloud: Cloud, lookup: Lookup) -> None:
    group = pending("aws:ec2/placementGroup:PlacementGroup", "gpu", name="gpu-1")
    cloud.client("ec2").create_placement_group(
        GroupName="gpu-1", Strategy="cluster", TagSpecifications=tagged(group, "placement-group")
    )
    assert lookup.find(group, checkpoint()).ids == ("gpu-1",)


def test_a_peering_is_found_until_it_is_deleted(cloud: Cloud, lookup: Lookup, vpc: str) -> None:
    ec2 = cloud.client("ec2")
    peer = ec2.create_vpc(CidrBlock="10.98.0.0/16")["Vpc"]["VpcId"]
    peering = pending("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "peering")
    made = ec2.create_vpc_peering_connection(
        VpcId=vpc, PeerVpcId=peer, TagSpecifications=tagged(peering, "vpc-peering-connection")
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    assert lookup.find(peering, checkpoint()).ids == (made,)
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=made)
    assert lookup.find(peering, checkpoint()).ids == ()


def test_a_route_is_found_by_its_table_and_destination(cloud: Cloud, lookup: Lookup, vpc: str) -> None:
    ec2 = cloud.client("ec2")
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    route = pending("aws:ec2/route:Route", "r", routeTableId=table, destinationCidrBlock="0.0.0.0/0")
    assert lookup.find(route, checkpoint()).ids == ()
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    assert lookup.find(route, checkpoint()) == Found(
        ids=(f"{table}_0.0.0.0/0",),
        is_certain=True,
        has_state_ids=False,
        how="searched by describe_route_tables",
    )
    gone = pending("aws:ec2/route:Route", "r", routeTableId="rtb-0", destinationCidrBlock="0.0.0.0/0")
    assert lookup.find(gone, checkpoint()).is_certain


def test_an_attachment_is_found_by_its_role_and_policy(cloud: Cloud, lookup: Lookup) -> None:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    what = pending("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", role=NAME, policyArn=arn)
    assert lookup.find(what, checkpoint()).ids == ()
    cloud.client("iam").attach_role_policy(RoleName=NAME, PolicyArn=arn)
    assert lookup.find(what, checkpoint()).ids == (f"{NAME}/{arn}",)
    cloud.client("iam").detach_role_policy(RoleName=NAME, PolicyArn=arn)


@pytest.mark.parametrize("owner", [None, "one::ml-clusters::aws:iam/role:Role::other"])
def test_a_name_that_somebody_else_took_is_not_certain(
    cloud: Cloud, lookup: Lookup, owner: str | None
) -> None:
    iam = cloud.client("iam")
    role = pending("aws:iam/role:Role", "logs", name="logs-one")
    tags = [{"Key": "fleet:urn", "Value": owner}] if owner else []
    iam.create_role(RoleName="logs-one", AssumeRolePolicyDocument=trust(MAIN), Tags=tags)
    found = lookup.find(role, checkpoint())
    iam.delete_role(RoleName="logs-one")
    assert found == Found(
        ids=("logs-one",), how=f"logs-one exists, but its tag fleet:urn is {owner or 'none'}"
    )


def test_a_log_group_of_ours_is_found_by_its_name(cloud: Cloud, lookup: Lookup) -> None:
    group = pending("aws:cloudwatch/logGroup:LogGroup", "flow", name="/x/flow'log")
    cloud.client("logs").create_log_group(logGroupName="/x/flow", tags={"fleet:urn": fleet_urn(group.urn)})
    assert lookup.find(group, checkpoint()).ids == ()
    group = pending("aws:cloudwatch/logGroup:LogGroup", "flow", name="/x/flow")
    assert lookup.find(group, checkpoint()).ids == ("/x/flow",)


@pytest.mark.parametrize("kind", ["pulumi:providers:aws", min(REPEATABLE)])
def test_what_makes_nothing_in_aws_is_certain(lookup: Lookup, kind: str) -> None:
    assert lookup.find(pending(kind, "x"), checkpoint()).is_certain


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (pending("aws:fsx/x:X", "x"), "fleet does not know how to look up a aws:fsx/x:X"),
        (
            pending("aws:iam/role:Role", "x", name={"ciphertext": "?"}),
            "cannot be looked up: the state does not say its name",
        ),
    ],
)
def test_what_cannot_be_looked_up_is_not_certain(lookup: Lookup, what: Pending, why: str) -> None:
    assert lookup.find(what, checkpoint()) == Found(how=why)


def test_without_its_provider_nothing_is_looked_up(lookup: Lookup) -> None:
    what = pending("aws:ec2/vpc:Vpc", "x")
    assert lookup.find(what, parse(b"{}")).how == "cannot be looked up: the state does not say its provider"


def test_a_call_that_fails_is_not_certain(cloud: Cloud, lookup: Lookup) -> None:
    cloud.sandbox.faults.add(Fault("error", "ec2", "DescribeVpcs", code="UnauthorizedOperation"))
    found = lookup.find(pending("aws:ec2/vpc:Vpc", "x"), checkpoint())
    cloud.sandbox.faults.clear()
    assert not found.is_certain
    assert found.how.startswith("cannot be looked up: An error occurred (UnauthorizedOperation)")
