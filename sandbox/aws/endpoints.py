"""VPC endpoints: which there are, what private DNS needs, and that interfaces and routes follow what they are told."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import backend_of, free_address, manage
from sandbox.aws.errors import Refused
from sandbox.aws.tags import forget

GATEWAY_SERVICES = ("s3", "dynamodb")
_INTERFACE = "Interface"
_GATEWAY = "Gateway"


def service_exists(call: Call) -> None:
    """EC2 API Reference, InvalidServiceName. Gateway endpoints are for S3 and DynamoDB alone."""
    name, kind = call.params["ServiceName"], call.params.get("VpcEndpointType", _GATEWAY)
    services = GATEWAY_SERVICES if kind == _GATEWAY else AWS_ENDPOINT_SERVICES
    prefix, service = f"com.amazonaws.{call.region}.", name.removeprefix(f"com.amazonaws.{call.region}.")
    if not name.startswith(prefix) or service not in services:
        raise Refused("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")


def private_dns_fits(call: Call) -> None:
    """PrivateLink Guide, "Access AWS services": private DNS needs both DNS attributes, and one endpoint a service."""
    wanted = call.params.get("PrivateDnsEnabled", True)
    if call.params.get("VpcEndpointType", _GATEWAY) != _INTERFACE or not wanted:
        return
    backend = backend_of(call)
    vpc, service = backend.get_vpc(call.params["VpcId"]), call.params["ServiceName"]
    if not (_is_true(vpc.enable_dns_support) and _is_true(vpc.enable_dns_hostnames)):
        raise Refused(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes "
            f"set to true for {vpc.id}",
        )
    for endpoint in backend.vpc_end_points.values():
        if (endpoint.vpc_id, endpoint.service_name) == (vpc.id, service) and endpoint.private_dns_enabled:
            raise Refused(
                "InvalidParameter",
                f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {service} "
                f"in the VPC {vpc.id}",
            )


def one_subnet_for_each_zone(call: Call) -> None:
    """EC2 API Reference, DuplicateSubnetsInSameZone."""
    zones: set[str] = set()
    for subnet_id in call.params.get("SubnetIds", []):
        zone = backend_of(call).get_subnet(subnet_id).availability_zone
        if zone in zones:
            raise Refused(
                "DuplicateSubnetsInSameZone",
                f"Found another VPC endpoint subnet in the availability zone of {subnet_id}.",
            )
        zones.add(zone)


def create_vpc_endpoint(call: Call) -> Any:
    """Moto's endpoint, with its interfaces in its subnets; without groups it gets the VPC's default one."""
    result, backend = call.moto(), backend_of(call)
    endpoint = result["VpcEndpoint"]
    endpoint.vpc_endpoint_type = endpoint.vpc_endpoint_type or _GATEWAY
    if endpoint.vpc_endpoint_type == _INTERFACE and not endpoint.security_group_ids:
        endpoint.security_group_ids = [backend.get_default_security_group(endpoint.vpc_id).id]
    _settle(backend, endpoint)
    return result


def modify_vpc_endpoint(call: Call) -> Any:
    """Moto's change of the lists, then the interfaces and the routes that follow from them."""
    result, backend = call.moto(), backend_of(call)
    endpoint = backend.vpc_end_points[call.params["VpcEndpointId"]]
    endpoint.private_dns_enabled = call.params.get("PrivateDnsEnabled", endpoint.private_dns_enabled)
    _settle(backend, endpoint)
    return result


def delete_vpc_endpoints(call: Call) -> Any:
    """Moto's deletion, after which an endpoint is not described any more."""
    result, ids = call.moto(), call.params["VpcEndpointIds"]
    for endpoint_id in ids:
        backend_of(call).vpc_end_points.pop(endpoint_id, None)
    forget(call, ids)
    return result


def _settle(backend: Any, endpoint: Any) -> None:
    if endpoint.vpc_endpoint_type == _INTERFACE:
        _settle_interfaces(backend, endpoint)
    else:
        _settle_routes(backend, endpoint)


def _settle_interfaces(backend: Any, endpoint: Any) -> None:
    """One interface in each of the endpoint's subnets, in its groups."""
    interfaces = {backend.enis[id_].subnet_id: backend.enis[id_] for id_ in endpoint.network_interface_ids}
    for subnet_id in interfaces.keys() - set(endpoint.subnet_ids):
        backend.enis.pop(interfaces.pop(subnet_id).id)
    groups = [backend.get_security_group_from_id(group_id) for group_id in endpoint.security_group_ids]
    for subnet_id in endpoint.subnet_ids:
        address = free_address(backend, subnet_id)
        if subnet_id not in interfaces:
            interfaces[subnet_id] = backend.create_network_interface(subnet_id, address)
        interface = interfaces[subnet_id]
        manage(
            interface,
            address=interface.private_ip_address if interface.requester_managed else address,
            interface_type="vpc_endpoint",
            description=f"VPC Endpoint Interface {endpoint.id}",
            groups=groups,
        )
    endpoint.network_interface_ids = [interface.id for interface in interfaces.values()]


def _settle_routes(backend: Any, endpoint: Any) -> None:
    """A route to the service's prefix list in each of the endpoint's tables, and in no other."""
    prefix_list = endpoint.destination_prefix_list_id
    for table in backend.route_tables.values():
        has = any(route.gateway_id == endpoint.id for route in table.routes)
        if has and table.id not in endpoint.route_table_ids:
            backend.delete_route(table.id, prefix_list)
        elif not has and table.id in endpoint.route_table_ids:
            backend.create_route(
                table.id, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list
            )


def _is_true(attribute: Any) -> bool:
    """Moto keeps an attribute as the text that it was sent."""
    return str(attribute).lower() == "true"


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("ec2", "CreateVpcEndpoint"): (service_exists, private_dns_fits, one_subnet_for_each_zone),
}
OPERATIONS: dict[Key, Operation] = {
    ("ec2", "CreateVpcEndpoint"): create_vpc_endpoint,
    ("ec2", "ModifyVpcEndpoint"): modify_vpc_endpoint,
    ("ec2", "DeleteVpcEndpoints"): delete_vpc_endpoints,
}
