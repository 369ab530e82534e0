"""Rules on one site's network: zones, subnets and their sizes."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations

from spec.network import Network
from spec.problem import Finding, Path
from spec.regions import REGIONS
from spec.site import Site

VPC_PREFIXES = range(16, 29)
"""Prefix lengths of a VPC and of a subnet that AWS allows (VPC user guide, "VPC CIDR blocks")."""

SUBNET_PREFIXES = {"private_subnets": range(16, 25), "public_subnets": range(16, 29)}
"""Private ones are held to /24: a smaller one has room for less than four P5 instances of 81 addresses."""

ZONES_MIN = 2
"""EKS refuses a cluster whose subnets lie in one zone (EKS user guide, "Subnet requirements")."""


def _subnets(network: Network) -> Iterator[tuple[Path, IPv4Network]]:
    for kind in SUBNET_PREFIXES:
        for index, subnet in enumerate(getattr(network, kind)):
            yield ("network", kind, index), subnet


def at_least_two_zones(name: str, site: Site) -> Iterator[Finding]:
    """One zone is refused even for a site without EKS: adding a zone later moves the subnets."""
    if site.network and len(site.network.availability_zones) < ZONES_MIN:
        count = len(site.network.availability_zones)
        yield Finding(
            site=name,
            path=("network", "availability_zones"),
            cause=f"{count} zone{'' if count == 1 else 's'}, and EKS needs two",
            remedy="name at least two zones, with a private and a public subnet each",
        )


def zones_lie_in_the_region(name: str, site: Site) -> Iterator[Finding]:
    """A zone id starts with the code of its region."""
    for index, zone in enumerate(site.network.availability_zones if site.network else ()):
        code = zone.split("-")[0]
        if code != REGIONS[site.region]:
            home = next((region for region, known in REGIONS.items() if known == code), "no region we know")
            yield Finding(
                site=name,
                path=("network", "availability_zones", index),
                cause=f"{zone} lies in {home}, not in {site.region}",
                remedy=f"zone ids of {site.region} start with {REGIONS[site.region]}-az",
            )


def one_subnet_a_zone(name: str, site: Site) -> Iterator[Finding]:
    """Subnets belong to zones by their order, so there are as many."""
    if site.network is None:
        return
    zones = len(site.network.availability_zones)
    for kind in SUBNET_PREFIXES:
        count = len(getattr(site.network, kind))
        if count != zones:
            yield Finding(
                site=name,
                path=("network", kind),
                cause=f"{count} for {zones} availability zones",
                remedy="list one subnet a zone, in the order of the zones",
            )


def vpc_has_a_possible_size(name: str, site: Site) -> Iterator[Finding]:
    """AWS allows /16 to /28."""
    if site.network and site.network.cidr.prefixlen not in VPC_PREFIXES:
        yield Finding(
            site=name,
            path=("network", "cidr"),
            cause=f"{site.network.cidr} cannot be a VPC",
            remedy="AWS allows /16 to /28; the fleet's plan is a /16 a site",
        )


def subnets_have_a_possible_size(name: str, site: Site) -> Iterator[Finding]:
    """AWS allows /16 to /28; private subnets must also hold a few instances."""
    for path, subnet in _subnets(site.network) if site.network else ():
        prefixes = SUBNET_PREFIXES[str(path[1])]
        if subnet.prefixlen not in prefixes:
            kind = str(path[1]).removesuffix("_subnets")
            size = "small" if subnet.prefixlen >= prefixes.stop else "large"
            yield Finding(
                site=name,
                path=path,
                cause=f"{subnet} is too {size}",
                remedy=f"a {kind} subnet has /{prefixes.start} to /{prefixes.stop - 1}",
            )


def subnets_lie_in_the_vpc(name: str, site: Site) -> Iterator[Finding]:
    """A subnet is a part of its VPC."""
    for path, subnet in _subnets(site.network) if site.network else ():
        if site.network and not subnet.subnet_of(site.network.cidr):
            yield Finding(
                site=name,
                path=path,
                cause=f"{subnet} is outside the VPC {site.network.cidr}",
                remedy="choose a part of network.cidr",
            )


def subnets_are_disjoint(name: str, site: Site) -> Iterator[Finding]:
    """AWS refuses a subnet that overlaps another of its VPC; the later of the two is reported."""
    pairs = combinations(_subnets(site.network), 2) if site.network else ()
    for (first_path, first), (path, subnet) in pairs:
        if subnet.overlaps(first):
            yield Finding(
                site=name,
                path=path,
                cause=f"{subnet} overlaps {first_path[1]}[{first_path[2]}] {first}",
                remedy="choose a part of network.cidr that is free",
            )
