"""The network of a site: one VPC, its subnets, the ways out, and who may talk to whom."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from plan import names
from plan.firewall import SecurityGroupPlan, security_groups
from plan.iam import IamAccount
from plan.network_watch import FlowLogPlan, FreeAddressesPlan, plan_flow_logs, plan_free_addresses
from spec import Network, Site

LOAD_BALANCER_ROLE = {False: "kubernetes.io/role/internal-elb", True: "kubernetes.io/role/elb"}
"""Tag by which load balancers find their subnets: private, public (EKS User Guide, "Subnet requirements")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SubnetPlan:
    """One subnet, known by whether it is public and by its zone id."""

    key: str
    zone_id: str
    cidr: IPv4Network
    public: bool
    tags: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class NatGatewayPlan:
    """A NAT gateway in the public subnet of a zone."""

    zone_id: str
    public_subnet: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteTablePlan:
    """A route table and its subnets; `nat_zone` is None where the way out is the internet gateway."""

    key: str
    subnets: tuple[str, ...]
    nat_zone: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointPlan:
    """A VPC endpoint: a gateway sits in every route table, an interface in every private subnet."""

    key: str
    service_name: str
    kind: Literal["Gateway", "Interface"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacementGroupPlan:
    """A cluster placement group of one GPU fleet in one zone (row N6)."""

    fleet: str
    zone_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkPlan:
    """All of a site's network."""

    vpc_name: str
    cidr: IPv4Network
    subnets: tuple[SubnetPlan, ...]
    nat_gateways: tuple[NatGatewayPlan, ...]
    route_tables: tuple[RouteTablePlan, ...]
    endpoints: tuple[EndpointPlan, ...]
    flow_logs: FlowLogPlan
    security_groups: tuple[SecurityGroupPlan, ...]
    placement_groups: tuple[PlacementGroupPlan, ...]
    free_addresses: FreeAddressesPlan

    @property
    def private_subnets(self) -> tuple[SubnetPlan, ...]:
        """The subnets that nodes live in, one per zone."""
        return tuple(subnet for subnet in self.subnets if not subnet.public)


def plan_network(
    site_name: str, iam: IamAccount, site: Site, network: Network, *, topic_arn: str | None = None
) -> NetworkPlan:
    """The network of one site from what its file says; its alarms tell that topic."""
    zones = network.availability_zones
    nat_zones = zones if site.environment == "prod" else zones[:1]
    return NetworkPlan(
        vpc_name=names.vpc(site.account, site.region),
        cidr=network.cidr,
        subnets=_subnets(network),
        nat_gateways=tuple(
            NatGatewayPlan(zone_id=zone, public_subnet=f"public-{zone}") for zone in nat_zones
        ),
        route_tables=_route_tables(zones, nat_zones),
        endpoints=_endpoints(site.region, network),
        flow_logs=plan_flow_logs(site_name, iam, site.region, network.flow_log_retention_days),
        security_groups=security_groups(network.cidr, site.storage),
        placement_groups=tuple(
            PlacementGroupPlan(fleet=fleet, zone_id=zone) for fleet in network.gpu_fleets for zone in zones
        ),
        free_addresses=plan_free_addresses(site_name, iam, site.region, topic_arn),
    )


def _subnets(network: Network) -> tuple[SubnetPlan, ...]:
    sides = ((False, "private", network.private_subnets), (True, "public", network.public_subnets))
    return tuple(
        SubnetPlan(
            key=f"{side}-{zone}",
            zone_id=zone,
            cidr=cidr,
            public=public,
            tags={LOAD_BALANCER_ROLE[public]: "1"},
        )
        for public, side, cidrs in sides
        for zone, cidr in zip(network.availability_zones, cidrs, strict=True)
    )


def _route_tables(zones: tuple[str, ...], nat_zones: tuple[str, ...]) -> tuple[RouteTablePlan, ...]:
    """One public table, and a private one per zone, leaving by its own zone's NAT gateway if it has one."""
    public = RouteTablePlan(key="public", subnets=tuple(f"public-{zone}" for zone in zones), nat_zone=None)
    private = (
        RouteTablePlan(
            key=f"private-{zone}",
            subnets=(f"private-{zone}",),
            nat_zone=zone if zone in nat_zones else nat_zones[0],
        )
        for zone in zones
    )
    return (public, *private)


def _endpoints(region: str, network: Network) -> tuple[EndpointPlan, ...]:
    kinds: tuple[tuple[Literal["Gateway", "Interface"], tuple[str, ...]], ...] = (
        ("Gateway", network.gateway_endpoints),
        ("Interface", network.interface_endpoints),
    )
    return tuple(
        EndpointPlan(
            key=service.replace(".", "-"), service_name=f"com.amazonaws.{region}.{service}", kind=kind
        )
        for kind, services in kinds
        for service in services
    )
