"""What EKS refuses of a cluster's network, names and options.

Source: EKS API Reference, CreateCluster, VpcConfigRequest and KubernetesNetworkConfigRequest; EKS User Guide, "Amazon
EKS networking requirements" (zones) and "Cluster API server endpoint" (networks of a public endpoint).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Any

from moto.core.utils import get_service_model

from sandbox.aws import ec2
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.eks_state import clusters_of
from sandbox.aws.errors import Refused
from sandbox.aws.values import constraint, one_of

NAME = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")
WITHOUT_EKS = frozenset({"use1-az3", "usw1-az2", "cac1-az3"})
"""Zones in which control planes have no interfaces."""
PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
NEVER_PUBLIC = (*PRIVATE, *map(IPv4Network, ("100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8")))
LONGEST_SERVICES_PREFIX, SHORTEST_SERVICES_PREFIX = 24, 12
SECURITY_GROUPS = 5
NOT_HERE = ("computeConfig", "outpostConfig", "remoteNetworkConfig", "storageConfig")
"""Auto Mode, Outposts and hybrid nodes."""
_LISTED = (("accessConfig", "authenticationMode"), ("upgradePolicy", "supportType"))


def _invalid(message: str) -> Refused:
    return Refused("InvalidParameterException", message)


def name_fits(call: Call) -> None:
    """The names that EKS takes."""
    name = call.params["name"]
    if not NAME.fullmatch(name):
        raise _invalid(constraint("name", name, f"satisfy regular expression pattern: ^{NAME.pattern}$"))


def options_are_listed(call: Call) -> None:
    """Values that AWS's model lists, one level down."""
    members = get_service_model("eks").operation_model(call.operation).input_shape.members
    for parent, name in _LISTED:
        value, values = call.params.get(parent, {}).get(name), members[parent].members[name].enum
        if value is not None and value not in values:
            raise _invalid(constraint(f"{parent}.{name}", value, one_of(values)))


def sandbox_has_it(call: Call) -> None:
    """The kinds of clusters that are not emulated."""
    asked = [name for name in NOT_HERE if call.params.get(name, {}).get("enabled", name in call.params)]
    if asked or call.params.get("kubernetesNetworkConfig", {}).get("ipFamily") == "ipv6":
        raise _invalid(f"The sandbox has no clusters with {', '.join(asked) or 'ipFamily ipv6'}")


def endpoint_is_open(call: Call) -> None:
    """A cluster has a private endpoint, a public one, or both; a public one is not for private networks."""
    asked = call.params.get("resourcesVpcConfig", {})
    cluster = clusters_of(call).get(call.params["name"])
    has = cluster.shown["resourcesVpcConfig"] if cluster else {"endpointPublicAccess": True}
    merged = {**has, **asked}
    if not merged.get("endpointPublicAccess") and not merged.get("endpointPrivateAccess"):
        raise _invalid("Private and public endpoint access cannot be false")
    networks = [(cidr, _network(cidr)) for cidr in asked.get("publicAccessCidrs", [])]
    if wrong := [cidr for cidr, network in networks if _overlaps(network, NEVER_PUBLIC)]:
        raise _invalid(f"The following CIDRs are not allowed in publicAccessCidrs: [{', '.join(wrong)}]")


def zones_have_eks(call: Call) -> None:
    """UnsupportedAvailabilityZoneException."""
    for subnet in _subnets(call):
        if subnet.availability_zone_id in WITHOUT_EKS:
            raise Refused(
                "UnsupportedAvailabilityZoneException",
                f"Cannot create cluster '{call.params['name']}' because {subnet.availability_zone}, the targeted "
                "availability zone, does not currently have sufficient capacity to support the cluster.",
            )


def groups_fit(call: Call) -> None:
    """Up to five security groups, of the VPC of the subnets."""
    asked = call.params["resourcesVpcConfig"]
    group_ids = asked.get("securityGroupIds", [])
    if len(group_ids) > SECURITY_GROUPS:
        raise _invalid(f"A cluster takes {SECURITY_GROUPS} security groups at most")
    vpc = _vpc(call)
    groups = ec2.backend_of(call).groups[vpc.id]
    if wrong := [group_id for group_id in group_ids if group_id not in groups]:
        raise _invalid(
            f"Security group(s) [{', '.join(wrong)}] are not in the same VPC as the subnets. Please specify a "
            f"security group that is associated with the VPC: {vpc.id}."
        )


def services_fit(call: Call) -> None:
    """The network of services: a private one, between /24 and /12, that the VPC does not overlap."""
    asked = call.params.get("kubernetesNetworkConfig", {}).get("serviceIpv4Cidr")
    if asked is None:
        return
    network = _network(asked)
    if not LONGEST_SERVICES_PREFIX >= network.prefixlen >= SHORTEST_SERVICES_PREFIX or not any(
        network.subnet_of(private) for private in PRIVATE
    ):
        raise _invalid(
            f"The specified service CIDR {asked} is not a private block between /{LONGEST_SERVICES_PREFIX} and "
            f"/{SHORTEST_SERVICES_PREFIX}"
        )
    vpc = _vpc(call)
    if _overlaps(network, [IPv4Network(vpc.cidr_block)]):
        raise _invalid(f"The specified service CIDR {asked} overlaps with the CIDR of the VPC {vpc.id}")


def secrets_are_encrypted(call: Call) -> None:
    """There is one thing that is encrypted with a key of one's own."""
    configs = call.params.get("encryptionConfig", [])
    if len(configs) > 1 or any(config.get("resources") != ["secrets"] for config in configs):
        raise _invalid('encryptionConfig takes one entry, whose resources are ["secrets"]')


def _subnets(call: Call) -> list[Any]:
    """Those of the call, all of which exist: `eks_clusters.subnets_fit` came before."""
    subnet_ids, backend = call.params["resourcesVpcConfig"]["subnetIds"], ec2.backend_of(call)
    return [backend.get_subnet(subnet_id) for subnet_id in subnet_ids]


def _vpc(call: Call) -> Any:
    return ec2.backend_of(call).vpcs[_subnets(call)[0].vpc_id]


def _network(cidr: str) -> IPv4Network:
    try:
        return IPv4Network(cidr)
    except ValueError:
        raise _invalid(f"The CIDR {cidr} is invalid") from None


def _overlaps(network: IPv4Network, others: Iterable[IPv4Network]) -> bool:
    """0.0.0.0/0 is everybody, and counts as no private network."""
    return network.prefixlen > 0 and any(network.overlaps(other) for other in others)


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("eks", "CreateCluster"): (
        name_fits,
        options_are_listed,
        sandbox_has_it,
        endpoint_is_open,
        zones_have_eks,
        groups_fit,
        services_fit,
        secrets_are_encrypted,
    ),
    ("eks", "UpdateClusterConfig"): (endpoint_is_open,),
}
OPERATIONS: dict[Key, Operation] = {}
