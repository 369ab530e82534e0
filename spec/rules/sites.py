"""Rules between a site and the fleet, and between sites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from itertools import combinations

from spec.fleet import FleetSettings
from spec.problem import Finding, did_you_mean
from spec.site import Site

Sites = Mapping[str, Site]


def hub_has_a_network(name: str, site: Site) -> Iterator[Finding]:
    """Argo CD runs in an EKS cluster, and that in a VPC."""
    if site.hub and site.network is None:
        yield Finding(
            site=name,
            path=("hub",),
            cause="the hub has no network, and Argo CD needs one",
            remedy="add `network` or make another site the hub",
        )


def accounts_exist(settings: FleetSettings, sites: Sites) -> Iterator[Finding]:
    """A site's account is one of the fleet's."""
    for name, site in sites.items():
        if site.account not in settings.accounts:
            yield Finding(
                site=name,
                path=("account",),
                cause=f'"{site.account}" is not an account of fleet.yaml',
                remedy=did_you_mean(site.account, settings.accounts),
            )


def purposes_differ(_: FleetSettings, sites: Sites) -> Iterator[Finding]:
    """Two sites of one account, region and purpose would claim the same names."""
    for (first, taken), (name, site) in combinations(sites.items(), 2):
        key = (site.account, site.region, site.purpose)
        if key == (taken.account, taken.region, taken.purpose):
            yield Finding(
                site=name,
                path=("purpose",),
                cause=f"{first} is the {site.purpose} site of {site.account} in {site.region} already",
                remedy="change account, region or purpose, or add to that site",
            )


def one_hub(settings: FleetSettings, sites: Sites) -> Iterator[Finding]:
    """None is reported only when every site could be read: the missing one may be the hub."""
    hubs = [name for name, site in sites.items() if site.hub]
    for name in hubs[1:]:
        cause = f"{hubs[0]} is the hub already, and a fleet has one"
        yield Finding(site=name, path=("hub",), cause=cause, remedy="remove `hub` from one of them")
    if not hubs and sites and all(entry.name in sites for entry in settings.sites):
        remedy = "write `hub: true` in the file of the site that runs Argo CD"
        yield Finding(path=("sites",), cause="no site is the hub", remedy=remedy)


def networks_lie_in_the_pool(settings: FleetSettings, sites: Sites) -> Iterator[Finding]:
    """Routes and firewalls outside of the fleet rely on the pool."""
    for name, cidr in _cidrs(sites).items():
        if not cidr.subnet_of(settings.cidr_pool):
            yield Finding(
                site=name,
                path=("network", "cidr"),
                cause=f"{cidr} is outside cidr_pool {settings.cidr_pool}",
                remedy=_free_cidr(settings, sites, cidr.prefixlen),
            )


def networks_are_disjoint(settings: FleetSettings, sites: Sites) -> Iterator[Finding]:
    """Peered VPCs cannot overlap, and any two may be peered one day; the later site is reported."""
    for (first, taken), (name, cidr) in combinations(_cidrs(sites).items(), 2):
        if cidr.overlaps(taken):
            yield Finding(
                site=name,
                path=("network", "cidr"),
                cause=f"{cidr} overlaps {taken} of {first}",
                remedy=_free_cidr(settings, sites, cidr.prefixlen),
            )


def reservations_are_kept(settings: FleetSettings, sites: Sites) -> Iterator[Finding]:
    """A reservation is for one site: others stay out of it, and that one stays inside."""
    for name, cidr in _cidrs(sites).items():
        for owner, reserved in settings.reserved_cidrs.items():
            if name != owner and cidr.overlaps(reserved):
                cause = f"{cidr} overlaps {reserved}, which fleet.yaml reserves for {owner}"
                remedy = _free_cidr(settings, sites, cidr.prefixlen)
            elif name == owner and not cidr.subnet_of(reserved):
                cause = f"{cidr} is outside {reserved}, which fleet.yaml reserves for this site"
                remedy = f"use {reserved} or change reserved_cidrs"
            else:
                continue
            yield Finding(site=name, path=("network", "cidr"), cause=cause, remedy=remedy)


def _cidrs(sites: Sites) -> dict[str, IPv4Network]:
    return {name: site.network.cidr for name, site in sites.items() if site.network}


def _free_cidr(settings: FleetSettings, sites: Sites, prefix: int) -> str:
    """The remedy for a taken CIDR: the first one of its size in the pool that nobody has."""
    taken = [*_cidrs(sites).values(), *settings.reserved_cidrs.values()]
    pool = settings.cidr_pool
    candidates = pool.subnets(new_prefix=prefix) if prefix >= pool.prefixlen else iter(())
    free = next((cidr for cidr in candidates if not any(cidr.overlaps(other) for other in taken)), None)
    return f"{free} is free" if free else f"cidr_pool {pool} has no /{prefix} left; widen it"
