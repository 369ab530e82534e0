"""What EC2's themes share: moto's backend of a call, filters, tags, and the interfaces that AWS itself makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

from moto.ec2.models import ec2_backends

from sandbox.aws.dispatch import Call
from sandbox.aws.policies import like

RESERVED_ADDRESSES = 4
"""The first addresses of a subnet that AWS keeps (VPC User Guide, "Subnet CIDR blocks"); it keeps the last one too."""


def backend_of(call: Call) -> Any:
    """Moto's EC2 of the call's account and region."""
    return ec2_backends[call.account][call.region]


def matches(filters: Iterable[Mapping[str, Any]], values: Mapping[str, str], tags: Mapping[str, str]) -> bool:
    """Whether something with these values, by filter name, and these tags passes a Describe call's `Filters`."""
    known = {**values, **{f"tag:{key}": value for key, value in tags.items()}}
    for item in filters:
        name, wanted = item["Name"], item.get("Values", [])
        has = list(tags) if name == "tag-key" else [known[name]] if name in known else []
        if not any(like(value, pattern) for value in has for pattern in wanted):
            return False
    return True


def tags_of(call: Call, resource_id: str) -> dict[str, str]:
    """The tags that the call's account has on a resource."""
    return dict(backend_of(call).tags.get(resource_id, {}))


def as_tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as the API has them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tags_from(specifications: Sequence[Mapping[str, Any]], resource_type: str) -> dict[str, str]:
    """The tags that `TagSpecifications` has for a type of resource."""
    return {
        tag["Key"]: tag["Value"]
        for specification in specifications
        if specification["ResourceType"] == resource_type
        for tag in specification["Tags"]
    }


def interfaces_in(backend: Any, subnet_id: str) -> list[Any]:
    """Moto's network interfaces in a subnet."""
    return [interface for interface in backend.enis.values() if interface.subnet_id == subnet_id]


def free_address(backend: Any, subnet_id: str) -> str:
    """The lowest address of a subnet that AWS does not keep and no interface has."""
    taken = {
        address["PrivateIpAddress"]
        for interface in interfaces_in(backend, subnet_id)
        for address in interface.private_ip_addresses
    }
    network = IPv4Network(backend.get_subnet(subnet_id).cidr_block)
    addresses = (str(network[index]) for index in range(RESERVED_ADDRESSES, network.num_addresses - 1))
    return next(address for address in addresses if address not in taken)


def manage(
    interface: Any, *, address: str, interface_type: str, description: str, groups: Sequence[Any]
) -> None:
    """Make one of moto's interfaces what AWS makes for a service: managed, in use, with an address of its subnet."""
    interface.private_ip_address = address
    interface.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address}]
    interface.interface_type = interface_type
    interface.description = description
    interface.status = "in-use"
    interface.requester_managed = True
    interface._group_set = list(groups)
