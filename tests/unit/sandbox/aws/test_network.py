from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import Cloud, refusal

ALL = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
REGION = "us-west-2"


def tagged(resource_type: str) -> list[dict[str, Any]]:
    return [{"ResourceType": resource_type, "Tags": [{"Key": "fleet:urn", "Value": "x"}]}]


@dataclass(frozen=True, kw_only=True)
class Network:
    """A VPC with everything that stands in the way of something."""

    ec2: Any
    vpc: str
    private: str
    public: str
    gateway: str
    address: str
    nat: str
    table: str
    other_table: str
    group: str
    referenced: str
    default_group: str
    interface_endpoint: str
    gateway_endpoint: str


@pytest.fixture(scope="module")
def network(cloud: Cloud) -> Network:
    ec2 = cloud.client("ec2", region=REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc"))["Vpc"]["VpcId"]
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
    private, public = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZoneId=zone)["Subnet"]["SubnetId"]
        for cidr, zone in (("10.0.0.0/18", "usw2-az1"), ("10.0.128.0/24", "usw2-az2"))
    )
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    table, other_table = (ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2))
    ec2.associate_route_table(RouteTableId=table, SubnetId=private)
    group, referenced = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("a", "b")
    )
    pairs = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": referenced}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=pairs)
    default_group = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"][0]["GroupId"]
    interface_endpoint, gateway_endpoint = (
        ec2.create_vpc_endpoint(
            VpcId=vpc, VpcEndpointType=kind, ServiceName=f"com.amazonaws.{REGION}.{name}", **more
        )
        for kind, name, more in (
            ("Interface", "sts", {"SubnetIds": [private], "SecurityGroupIds": [group]}),
            ("Gateway", "s3", {"RouteTableIds": [table]}),
        )
    )
    return Network(
        ec2=ec2,
        vpc=vpc,
        private=private,
        public=public,
        gateway=gateway,
        address=address,
        nat=nat,
        table=table,
        other_table=other_table,
        group=group,
        referenced=referenced,
        default_group=default_group,
        interface_endpoint=interface_endpoint["VpcEndpoint"]["VpcEndpointId"],
        gateway_endpoint=gateway_endpoint["VpcEndpoint"]["VpcEndpointId"],
    )


def subnet(network: Network, cidr: str, zone: str = "usw2-az1", **more: Any) -> Any:
    return network.ec2.create_subnet(VpcId=network.vpc, CidrBlock=cidr, AvailabilityZoneId=zone, **more)


def endpoint(network: Network, service: str, kind: str = "Interface", **more: Any) -> Any:
    name = f"com.amazonaws.{REGION}.{service}"
    return network.ec2.create_vpc_endpoint(VpcId=network.vpc, VpcEndpointType=kind, ServiceName=name, **more)


def second_gateway(network: Network) -> Any:
    gateways = network.ec2.describe_internet_gateways()["InternetGateways"]
    unattached = [gateway["InternetGatewayId"] for gateway in gateways if not gateway["Attachments"]]
    gateway = (
        unattached[0]
        if unattached
        else network.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    )
    return network.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=network.vpc)


Row = tuple[str, Callable[[Network], object], str]

REFUSED: list[Row] = [
    ("a subnet outside its VPC", lambda n: subnet(n, "10.1.0.0/20"), "InvalidSubnet.Range"),
    ("a subnet over another", lambda n: subnet(n, "10.0.32.0/20"), "InvalidSubnet.Conflict"),
    ("a subnet that is too small", lambda n: subnet(n, "10.0.129.0/29"), "InvalidSubnet.Range"),
    ("a zone that is not there", lambda n: subnet(n, "10.0.129.0/24", "usw2-az9"), "InvalidParameterValue"),
    ("another region's zone", lambda n: subnet(n, "10.0.129.0/24", "use1-az4"), "InvalidParameterValue"),
    (
        "another region's zone by name",
        lambda n: n.ec2.create_subnet(VpcId=n.vpc, CidrBlock="10.0.129.0/24", AvailabilityZone="us-east-1a"),
        "InvalidParameterValue",
    ),
    ("a VPC that is too large", lambda n: n.ec2.create_vpc(CidrBlock="10.0.0.0/8"), "InvalidVpc.Range"),
    ("the end of a VPC in use", lambda n: n.ec2.delete_vpc(VpcId=n.vpc), "DependencyViolation"),
    (
        "the end of an endpoint's subnet",
        lambda n: n.ec2.delete_subnet(SubnetId=n.private),
        "DependencyViolation",
    ),
    (
        "the end of a NAT gateway's subnet",
        lambda n: n.ec2.delete_subnet(SubnetId=n.public),
        "DependencyViolation",
    ),
    (
        "the end of an attached gateway",
        lambda n: n.ec2.delete_internet_gateway(InternetGatewayId=n.gateway),
        "DependencyViolation",
    ),
    (
        "a gateway leaves mapped addresses",
        lambda n: n.ec2.detach_internet_gateway(InternetGatewayId=n.gateway, VpcId=n.vpc),
        "DependencyViolation",
    ),
    ("a VPC's second gateway", second_gateway, "InvalidParameterValue"),
    (
        "the release of an address in use",
        lambda n: n.ec2.release_address(AllocationId=n.address),
        "InvalidIPAddress.InUse",
    ),
    (
        "an address for two NAT gateways",
        lambda n: n.ec2.create_nat_gateway(SubnetId=n.public, AllocationId=n.address),
        "Resource.AlreadyAssociated",
    ),
    (
        "a NAT gateway that is not there",
        lambda n: n.ec2.describe_nat_gateways(NatGatewayIds=["nat-0123456789abcdef0"]),
        "NatGatewayNotFound",
    ),
    (
        "the end of one",
        lambda n: n.ec2.delete_nat_gateway(NatGatewayId="nat-0123456789abcdef0"),
        "NatGatewayNotFound",
    ),
    (
        "the end of a table in use",
        lambda n: n.ec2.delete_route_table(RouteTableId=n.table),
        "DependencyViolation",
    ),
    (
        "a subnet's second table",
        lambda n: n.ec2.associate_route_table(RouteTableId=n.other_table, SubnetId=n.private),
        "Resource.AlreadyAssociated",
    ),
    (
        "a route to no NAT gateway",
        lambda n: route(n, NatGatewayId="nat-0123456789abcdef0"),
        "InvalidNatGatewayID.NotFound",
    ),
    (
        "a route to no peering",
        lambda n: route(n, VpcPeeringConnectionId="pcx-0123456789abcdef0"),
        "InvalidVpcPeeringConnectionID.NotFound",
    ),
    (
        "the end of a group in use",
        lambda n: n.ec2.delete_security_group(GroupId=n.group),
        "DependencyViolation",
    ),
    (
        "the end of a group that a rule names",
        lambda n: n.ec2.delete_security_group(GroupId=n.referenced),
        "DependencyViolation",
    ),
    (
        "the end of a default group",
        lambda n: n.ec2.delete_security_group(GroupId=n.default_group),
        "CannotDelete",
    ),
    (
        "a rule twice",
        lambda n: n.ec2.authorize_security_group_egress(GroupId=n.group, IpPermissions=ALL),
        "InvalidPermission.Duplicate",
    ),
    (
        "a rule twice under another description",
        lambda n: n.ec2.authorize_security_group_ingress(
            GroupId=n.group,
            IpPermissions=[
                {"IpProtocol": "all", "UserIdGroupPairs": [{"GroupId": n.referenced, "Description": "again"}]}
            ],
        ),
        "InvalidPermission.Duplicate",
    ),
    (
        "a group twice",
        lambda n: n.ec2.create_security_group(GroupName="a", Description="again", VpcId=n.vpc),
        "InvalidGroup.Duplicate",
    ),
    ("a service that is not there", lambda n: endpoint(n, "nothing"), "InvalidServiceName"),
    ("a gateway endpoint of another", lambda n: endpoint(n, "sts", "Gateway"), "InvalidServiceName"),
    (
        "another region's service",
        lambda n: n.ec2.create_vpc_endpoint(
            VpcId=n.vpc, VpcEndpointType="Gateway", ServiceName="com.amazonaws.us-east-1.s3"
        ),
        "InvalidServiceName",
    ),
    ("private DNS twice", lambda n: endpoint(n, "sts", SubnetIds=[n.public]), "InvalidParameter"),
    (
        "two subnets of a zone",
        lambda n: endpoint(n, "ec2", SubnetIds=[n.private] * 2),
        "DuplicateSubnetsInSameZone",
    ),
    (
        "a placement group that is not there",
        lambda n: n.ec2.describe_placement_groups(GroupNames=["nothing"]),
        "InvalidPlacementGroup.Unknown",
    ),
    (
        "the end of a placement group that is not there",
        lambda n: n.ec2.delete_placement_group(GroupName="nothing"),
        "InvalidPlacementGroup.Unknown",
    ),
    (
        "what the sandbox does not have",
        lambda n: n.ec2.describe_capacity_manager_data_exports(),
        "NotImplemented",
    ),
]


def route(network: Network, **target: str) -> Any:
    return network.ec2.create_route(RouteTableId=network.table, DestinationCidrBlock="10.9.0.0/16", **target)


@pytest.mark.parametrize(
    ("call", "code"), [pytest.param(call, code, id=name) for name, call, code in REFUSED]
)
def test_it_refuses_what_aws_refuses(network: Network, call: Callable[[Network], object], code: str) -> None:
    assert refusal(lambda: call(network)) == code


def test_a_new_subnet_is_no_default_one(network: Network) -> None:
    described = network.ec2.describe_subnets(SubnetIds=[network.private])["Subnets"][0]
    assert (described["DefaultForAz"], described["MapPublicIpOnLaunch"]) == (False, False)
    assert (described["AvailabilityZoneId"], described["AvailabilityZone"]) == ("usw2-az1", "us-west-2b")


def test_free_addresses_are_those_that_nothing_has(network: Network) -> None:
    subnets = network.ec2.describe_subnets(SubnetIds=[network.private, network.public])["Subnets"]
    free = {subnet["SubnetId"]: subnet["AvailableIpAddressCount"] for subnet in subnets}
    assert free == {network.private: 16_384 - 5 - 1, network.public: 256 - 5 - 1}


def test_interfaces_of_aws_stand_in_their_subnets(network: Network) -> None:
    interfaces = network.ec2.describe_network_interfaces(
        Filters=[{"Name": "vpc-id", "Values": [network.vpc]}]
    )
    shown = {
        interface["Description"]: (interface["SubnetId"], interface["InterfaceType"], interface["Status"])
        for interface in interfaces["NetworkInterfaces"]
    }
    assert shown == {
        f"Interface for NAT Gateway {network.nat}": (network.public, "nat_gateway", "in-use"),
        f"VPC Endpoint Interface {network.interface_endpoint}": (network.private, "vpc_endpoint", "in-use"),
    }
    cidrs = {network.public: "10.0.128.0/24", network.private: "10.0.0.0/18"}
    for interface in interfaces["NetworkInterfaces"]:
        assert IPv4Address(interface["PrivateIpAddress"]) in IPv4Network(cidrs[interface["SubnetId"]])


def test_a_default_group_lets_its_members_in(network: Network) -> None:
    rules = network.ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [network.default_group]}]
    )["SecurityGroupRules"]
    ingress = [rule["ReferencedGroupInfo"]["GroupId"] for rule in rules if not rule["IsEgress"]]
    egress = [rule["CidrIpv4"] for rule in rules if rule["IsEgress"]]
    assert (ingress, egress) == ([network.default_group], ["0.0.0.0/0"])


def test_endpoints_follow_what_they_are_told(network: Network) -> None:
    ec2 = network.ec2

    def routes(table: str) -> list[str]:
        shown = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return [route["GatewayId"] for route in shown if route.get("DestinationPrefixListId")]

    assert (routes(network.table), routes(network.other_table)) == ([network.gateway_endpoint], [])
    ec2.modify_vpc_endpoint(
        VpcEndpointId=network.gateway_endpoint,
        AddRouteTableIds=[network.other_table],
        RemoveRouteTableIds=[network.table],
    )
    assert (routes(network.table), routes(network.other_table)) == ([], [network.gateway_endpoint])
    made = endpoint(network, "logs", SubnetIds=[network.private], TagSpecifications=tagged("vpc-endpoint"))[
        "VpcEndpoint"
    ]
    assert [group["GroupId"] for group in made["Groups"]] == [network.default_group]
    ec2.modify_vpc_endpoint(
        VpcEndpointId=made["VpcEndpointId"],
        AddSubnetIds=[network.public],
        RemoveSubnetIds=[network.private],
        AddSecurityGroupIds=[network.group],
        RemoveSecurityGroupIds=[network.default_group],
    )
    described = ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["VpcEndpoints"][0]
    interface = ec2.describe_network_interfaces(NetworkInterfaceIds=described["NetworkInterfaceIds"])[
        "NetworkInterfaces"
    ]
    assert [(item["SubnetId"], item["Groups"][0]["GroupId"]) for item in interface] == [
        (network.public, network.group)
    ]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    gone = refusal(lambda: ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]]))
    assert gone == "InvalidVpcEndpointId.NotFound"
    assert tags_on(ec2, made["VpcEndpointId"]) == []


def tags_on(ec2: Any, resource_id: str) -> list[Any]:
    tags: list[Any] = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [resource_id]}])["Tags"]
    return tags


def test_private_dns_needs_the_vpcs_dns(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2", "secondary", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    name = f"com.amazonaws.{REGION}.sts"
    create = {"VpcId": vpc, "VpcEndpointType": "Interface", "ServiceName": name}
    assert refusal(lambda: ec2.create_vpc_endpoint(**create)) == "InvalidParameter"
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    ec2.create_vpc_endpoint(**create)


def test_security_group_rules_have_ids_and_tags_of_their_own(network: Network) -> None:
    ec2 = network.ec2
    https = [
        {
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "IpRanges": [{"CidrIp": "10.0.0.0/16", "Description": "x"}],
        }
    ]
    rule = ec2.authorize_security_group_ingress(
        GroupId=network.group, IpPermissions=https, TagSpecifications=tagged("security-group-rule")
    )["SecurityGroupRules"][0]
    changed = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 444,
        "CidrIpv4": "10.0.0.0/17",
        "Description": "y",
    }
    ec2.modify_security_group_rules(
        GroupId=network.group,
        SecurityGroupRules=[
            {"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "SecurityGroupRule": changed}
        ],
    )
    described = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
    shown = described["SecurityGroupRules"][0]
    assert {key: shown[key] for key in changed} == changed
    assert shown["Tags"] == [{"Key": "fleet:urn", "Value": "x"}]
    ec2.revoke_security_group_ingress(
        GroupId=network.group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]]
    )
    gone = refusal(
        lambda: ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
    )
    assert gone == "InvalidSecurityGroupRuleId.NotFound"


def test_placement_groups(network: Network) -> None:
    ec2 = network.ec2
    created = ec2.create_placement_group(
        GroupName="gpu", Strategy="cluster", TagSpecifications=tagged("placement-group")
    )["PlacementGroup"]
    assert created["GroupArn"].endswith(":placement-group/gpu")
    assert (created["Strategy"], created["State"]) == ("cluster", "available")
    assert refusal(lambda: ec2.create_placement_group(GroupName="gpu")) == "InvalidPlacementGroup.Duplicate"
    ec2.create_tags(Resources=[created["GroupId"]], Tags=[{"Key": "a", "Value": "b"}])
    found = ec2.describe_placement_groups(Filters=[{"Name": "tag:a", "Values": ["b"]}])["PlacementGroups"]
    assert [group["GroupName"] for group in found] == ["gpu"]
    assert [tag["ResourceType"] for tag in tags_on(ec2, created["GroupId"])] == ["placement-group"] * 2
    ec2.delete_placement_group(GroupName="gpu")
    assert ec2.describe_placement_groups()["PlacementGroups"] == []
    assert tags_on(ec2, created["GroupId"]) == []


def test_a_nat_gateway_gives_its_address_back(network: Network) -> None:
    ec2 = network.ec2
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip"))["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=network.public, AllocationId=address)["NatGateway"]
    assert nat["NatGatewayAddresses"][0]["PrivateIp"].startswith("10.0.128.")
    table = ec2.create_route_table(VpcId=network.vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat["NatGatewayId"])
    ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
    assert refusal(lambda: ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])) == "NatGatewayNotFound"
    described = ec2.describe_nat_gateways(NatGatewayIds=[nat["NatGatewayId"]])["NatGateways"][0]
    assert described["State"] == "deleted"
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert [route["State"] for route in routes] == ["active", "blackhole"]
    assert "AssociationId" not in ec2.describe_addresses(AllocationIds=[address])["Addresses"][0]
    ec2.release_address(AllocationId=address)
    assert tags_on(ec2, address) == []
    ec2.delete_route_table(RouteTableId=table)


def test_an_empty_vpc_goes_with_what_came_with_it(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2", "secondary")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc"))["Vpc"]["VpcId"]
    steps: list[tuple[Callable[[], Any], Callable[[Any], Any]]] = [
        (
            lambda: ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"],
            lambda id_: ec2.delete_subnet(SubnetId=id_),
        ),
        (
            lambda: ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"],
            lambda id_: ec2.delete_route_table(RouteTableId=id_),
        ),
        (
            lambda: ec2.create_security_group(GroupName="x", Description="x", VpcId=vpc)["GroupId"],
            lambda id_: ec2.delete_security_group(GroupId=id_),
        ),
        (
            lambda: ec2.create_vpc_endpoint(
                VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", VpcEndpointType="Gateway"
            ),
            lambda made: ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpoint"]["VpcEndpointId"]]),
        ),
    ]
    for make, remove in steps:
        made = make()
        assert refusal(lambda: ec2.delete_vpc(VpcId=vpc)) == "DependencyViolation"
        remove(made)
    ec2.delete_vpc(VpcId=vpc)
    assert tags_on(ec2, vpc) == []
    for describe, key in (
        (ec2.describe_route_tables, "RouteTables"),
        (ec2.describe_security_groups, "SecurityGroups"),
        (ec2.describe_network_interfaces, "NetworkInterfaces"),
    ):
        assert describe(Filters=[{"Name": "vpc-id", "Values": [vpc]}])[key] == []


@pytest.mark.parametrize(
    ("allowed", "create", "code"),
    [
        pytest.param(
            5, lambda ec2, _: ec2.allocate_address(Domain="vpc"), "AddressLimitExceeded", id="addresses"
        ),
        pytest.param(
            4, lambda ec2, i: ec2.create_vpc(CidrBlock=f"10.{i}.0.0/16"), "VpcLimitExceeded", id="VPCs"
        ),
        pytest.param(
            5, lambda ec2, _: private_nat(ec2), "NatGatewayLimitExceeded", id="NAT gateways of a zone"
        ),
        pytest.param(
            5,
            lambda ec2, _: ec2.create_internet_gateway(),
            "InternetGatewayLimitExceeded",
            id="internet gateways",
        ),
    ],
)
def test_quotas(cloud: Cloud, allowed: int, create: Callable[[Any, int], object], code: str) -> None:
    ec2 = cloud.client("ec2", region="eu-west-1")
    for number in range(allowed):
        create(ec2, number)
    assert refusal(lambda: create(ec2, allowed)) == code


def private_nat(ec2: Any) -> Any:
    subnet = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"][0][
        "SubnetId"
    ]
    return ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")
