"""VPCs, subnets, internet gateways and routes: what they need, and what stands in the way of their end."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.ec2.models.route_tables import Route

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import backend_of, interfaces_in
from sandbox.aws.errors import Refused
from sandbox.aws.tags import forget

SMALLEST_SUBNET_PREFIX = 28
"""VPC User Guide, "Subnet CIDR blocks": between /28 and /16."""


def create_vpc(call: Call) -> Any:
    """Moto's VPC; its default group lets its members in (VPC User Guide, "Default security groups")."""
    result = call.moto()
    backend = backend_of(call)
    group = backend.get_default_security_group(result["Vpc"].id)
    itself = [{"GroupId": group.id, "UserId": call.account}]
    backend.authorize_security_group_ingress(
        group.id, "-1", None, None, [], source_groups=itself, vpc_id=group.vpc_id
    )
    return result


def create_subnet(call: Call) -> Any:
    """Moto's subnet; only a default VPC's subnets are default for their zone and give out public addresses."""
    result = call.moto()
    result["Subnet"].default_for_az = False
    result["Subnet"].map_public_ip_on_launch = False
    return result


def zone_exists(call: Call) -> None:
    """EC2 API Reference, CreateSubnet: a zone of the region, by name or by id."""
    zones = RegionsAndZonesBackend.zones[call.region]
    for parameter, names in (
        ("AvailabilityZone", [zone.name for zone in zones]),
        ("AvailabilityZoneId", [zone.zone_id for zone in zones]),
    ):
        value = call.params.get(parameter)
        if value is not None and value not in names:
            raise Refused(
                "InvalidParameterValue",
                f"Value ({value}) for parameter {parameter[0].lower()}{parameter[1:]} is invalid. "
                f"Subnets can currently only be created in the following availability zones: {', '.join(names)}.",
            )


def subnet_is_large_enough(call: Call) -> None:
    """A subnet of AWS has 16 addresses at least."""
    cidr = call.params.get("CidrBlock")
    if cidr and IPv4Network(cidr, strict=False).prefixlen > SMALLEST_SUBNET_PREFIX:
        raise Refused("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid.")


def vpc_is_empty(call: Call) -> None:
    """EC2 API Reference, DeleteVpc: gateways, subnets, endpoints, groups and tables but the default ones go first."""
    vpc_id = call.params["VpcId"]
    if next(_dependents(backend_of(call), vpc_id), None) is not None:
        raise Refused("DependencyViolation", f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")


def _dependents(backend: Any, vpc_id: str) -> Iterator[Any]:
    yield from (
        subnet for zone in backend.subnets.values() for subnet in zone.values() if subnet.vpc_id == vpc_id
    )
    yield from (
        gateway for gateway in backend.internet_gateways.values() if gateway.vpc and gateway.vpc.id == vpc_id
    )
    yield from (endpoint for endpoint in backend.vpc_end_points.values() if endpoint.vpc_id == vpc_id)
    yield from (group for group in backend.groups[vpc_id].values() if group.name != "default")
    tables = (table for table in backend.route_tables.values() if table.vpc_id == vpc_id)
    yield from (table for table in tables if table.main_association_id is None)


def delete_vpc(call: Call) -> Any:
    """Moto's deletion; the VPC's peerings end with it (VPC Peering Guide, "VPC peering connection lifecycle")."""
    backend, vpc_id = backend_of(call), call.params["VpcId"]
    defaults = [group.id for group in backend.groups[vpc_id].values()]
    tables = [table.id for table in backend.route_tables.values() if table.vpc_id == vpc_id]
    result = call.moto()
    for peering in backend.vpc_pcxs.values():
        if vpc_id in (peering.vpc.id, peering.peer_vpc.id):
            peering._status.deleted(deleter_id=call.account)
    forget(call, [vpc_id, *defaults, *tables])
    return result


def subnet_is_unused(call: Call) -> None:
    """EC2 API Reference, DeleteSubnet: what has an interface in it goes first."""
    subnet_id = call.params["SubnetId"]
    if interfaces_in(backend_of(call), subnet_id):
        raise Refused(
            "DependencyViolation", f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
        )


def delete_subnet(call: Call) -> Any:
    """Moto's deletion; the subnet's association with a route table ends with it."""
    result = call.moto()
    for table in backend_of(call).route_tables.values():
        associations = table._associations.items()
        table._associations = {
            key: target for key, target in associations if target != call.params["SubnetId"]
        }
    forget(call, [call.params["SubnetId"]])
    return result


def vpc_has_no_gateway(call: Call) -> None:
    """VPC User Guide, "Internet gateways": one for a VPC."""
    vpc_id = call.params["VpcId"]
    for gateway in backend_of(call).internet_gateways.values():
        if gateway.vpc and gateway.vpc.id == vpc_id and gateway.id != call.params["InternetGatewayId"]:
            raise Refused(
                "InvalidParameterValue", f"Network {vpc_id} already has an internet gateway attached"
            )


def vpc_has_no_public_addresses(call: Call) -> None:
    """EC2 API Reference, DetachInternetGateway: no running instances or gateways with public addresses."""
    vpc_id = call.params["VpcId"]
    if any(address.eni and address.eni.vpc_id == vpc_id for address in backend_of(call).addresses):
        raise Refused(
            "DependencyViolation",
            f"Network {vpc_id} has some mapped public address(es). "
            "Please unmap those public address(es) before detaching the gateway.",
        )


def subnet_has_no_other_table(call: Call) -> None:
    """VPC User Guide, "Route tables": a subnet is associated with one table at a time."""
    subnet_id, table_id = call.params.get("SubnetId"), call.params["RouteTableId"]
    for table in backend_of(call).route_tables.values():
        if table.id != table_id and subnet_id in table._associations.values():
            raise Refused(
                "Resource.AlreadyAssociated",
                f"the specified association for route table {table_id} conflicts with an existing association",
            )


TARGETS = {
    "NatGatewayId": ("nat_gateways", "InvalidNatGatewayID.NotFound", "natGateway"),
    "VpcPeeringConnectionId": ("vpc_pcxs", "InvalidVpcPeeringConnectionID.NotFound", "vpcPeeringConnection"),
}
"""Parameter of CreateRoute -> (moto's collection, the code when the target is not in it, AWS's word for it)."""


def target_exists(call: Call) -> None:
    """EC2 API Reference, CreateRoute: the gateway or connection must be there. A deleted one is not."""
    for parameter, (collection, code, word) in TARGETS.items():
        target_id = call.params.get(parameter)
        if target_id is None:
            continue
        target = getattr(backend_of(call), collection).get(target_id)
        if target is None or _is_deleted(target):
            raise Refused(code, f"The {word} ID '{target_id}' does not exist")


def _is_deleted(target: Any) -> bool:
    status = getattr(target, "_status", None)
    return bool((status.code if status is not None else target.state) == "deleted")


def _route_state(route: Any) -> str:
    """A route whose target has gone, or is not active yet, leads nowhere (VPC User Guide, "Route tables")."""
    waits = route.vpc_pcx is not None and route.vpc_pcx._status.code != "active"
    gone = route.nat_gateway is not None and _is_deleted(route.nat_gateway)
    return "blackhole" if waits or gone else "active"


Route.state = property(_route_state)

REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("ec2", "CreateSubnet"): (zone_exists, subnet_is_large_enough),
    ("ec2", "DeleteVpc"): (vpc_is_empty,),
    ("ec2", "DeleteSubnet"): (subnet_is_unused,),
    ("ec2", "AttachInternetGateway"): (vpc_has_no_gateway,),
    ("ec2", "DetachInternetGateway"): (vpc_has_no_public_addresses,),
    ("ec2", "AssociateRouteTable"): (subnet_has_no_other_table,),
    ("ec2", "CreateRoute"): (target_exists,),
    ("ec2", "ReplaceRoute"): (target_exists,),
}
OPERATIONS: dict[Key, Operation] = {
    ("ec2", "CreateVpc"): create_vpc,
    ("ec2", "DeleteVpc"): delete_vpc,
    ("ec2", "CreateSubnet"): create_subnet,
    ("ec2", "DeleteSubnet"): delete_subnet,
}
