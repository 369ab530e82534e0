"""Elastic IP addresses and NAT gateways: an address in use stays, and a gateway has one interface, in its subnet."""

from __future__ import annotations

from typing import Any

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import backend_of, free_address, manage
from sandbox.aws.errors import Refused


def address_is_unused(call: Call) -> None:
    """EC2 API Reference, ReleaseAddress: an associated address must be disassociated first."""
    for address in backend_of(call).addresses:
        if address.association_id and address.allocation_id == call.params.get("AllocationId"):
            raise Refused("InvalidIPAddress.InUse", f"Address {address.public_ip} is in use.")


def allocation_is_unassociated(call: Call) -> None:
    """EC2 API Reference, CreateNatGateway: the address must not be associated with anything else."""
    allocation_id = call.params.get("AllocationId")
    for address in backend_of(call).addresses:
        if address.association_id and address.allocation_id == allocation_id:
            raise Refused(
                "Resource.AlreadyAssociated", f"Elastic IP address [{allocation_id}] is already associated"
            )


def gateway_exists(call: Call) -> None:
    """EC2 API Reference, NatGatewayNotFound. A deleted gateway can be described for about an hour, but not deleted."""
    gateways = backend_of(call).nat_gateways
    deleting = call.operation == "DeleteNatGateway"
    for gateway_id in [call.params["NatGatewayId"]] if deleting else call.params.get("NatGatewayIds", []):
        if gateway_id not in gateways or (deleting and gateways[gateway_id].state == "deleted"):
            raise Refused("NatGatewayNotFound", f"NAT gateway {gateway_id} was not found")


def create_nat_gateway(call: Call) -> Any:
    """Moto's gateway, whose interface gets an address of its subnet."""
    result, backend = call.moto(), backend_of(call)
    gateway = result["NatGateway"]
    address = call.params.get("PrivateIpAddress") or free_address(backend, gateway.subnet_id)
    manage(
        gateway._eni,
        address=address,
        interface_type="nat_gateway",
        description=f"Interface for NAT Gateway {gateway.id}",
        groups=(),
    )
    gateway.private_ip = gateway.address_set[0]["privateIp"] = address
    return result


def delete_nat_gateway(call: Call) -> Any:
    """Moto's deletion; the gateway's interface goes and its address is free again, but stays allocated."""
    result, backend = call.moto(), backend_of(call)
    interface = backend.nat_gateways[call.params["NatGatewayId"]]._eni
    for address in backend.addresses:
        if address.eni is interface:
            backend.disassociate_address(association_id=address.association_id)
    backend.enis.pop(interface.id, None)
    return result


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("ec2", "ReleaseAddress"): (address_is_unused,),
    ("ec2", "CreateNatGateway"): (allocation_is_unassociated,),
    ("ec2", "DeleteNatGateway"): (gateway_exists,),
    ("ec2", "DescribeNatGateways"): (gateway_exists,),
}
OPERATIONS: dict[Key, Operation] = {
    ("ec2", "CreateNatGateway"): create_nat_gateway,
    ("ec2", "DeleteNatGateway"): delete_nat_gateway,
}
