"""Rules on fleet.yaml alone: accounts, operators, reservations and the order of sites."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from ipaddress import IPv4Network
from itertools import combinations

from spec.fleet import FleetSettings
from spec.problem import Finding, did_you_mean

PRIVATE_RANGES = tuple(
    map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")),
)
"""RFC 1918 and RFC 6598: what AWS recommends for VPCs, and what nobody routes on the internet."""


def account_ids_differ(settings: FleetSettings) -> Iterator[Finding]:
    """Two names for one account would let one site take the other's names."""
    seen: dict[str, str] = {}
    for name, account in settings.accounts.items():
        first = seen.setdefault(account.id, name)
        if first != name:
            cause = f"{account.id} is the id of {first} too"
            yield Finding(
                path=("accounts", name, "id"), cause=cause, remedy="write the id of the other account"
            )


def state_account_exists(settings: FleetSettings) -> Iterator[Finding]:
    """The state's account is one of the fleet's."""
    name = settings.state.account
    if name not in settings.accounts:
        yield Finding(
            path=("state", "account"),
            cause=f'"{name}" is not an account',
            remedy=did_you_mean(name, settings.accounts),
        )


def there_are_operators(settings: FleetSettings) -> Iterator[Finding]:
    """Without one, nobody could roll the fleet out."""
    if not settings.operators:
        remedy = "name at least one IAM role that may roll the fleet out"
        yield Finding(path=("operators",), cause="there is none", remedy=remedy)


def operators_are_in_the_state_account(settings: FleetSettings) -> Iterator[Finding]:
    """People enter the fleet through one account; the others trust only that."""
    home = settings.accounts.get(settings.state.account)
    for index, arn in enumerate(settings.operators):
        account_id = arn.split(":")[4]
        if home and account_id != home.id:
            yield Finding(
                path=("operators", index),
                cause=f"is a role of {account_id}, not of the state's account {home.id}",
                remedy=f"name a role of {settings.state.account}",
            )


def pool_is_private(settings: FleetSettings) -> Iterator[Finding]:
    """A VPC over public addresses hides the part of the internet that has them."""
    if not any(settings.cidr_pool.subnet_of(private) for private in PRIVATE_RANGES):
        yield Finding(
            path=("cidr_pool",),
            cause=f"{settings.cidr_pool} is not private address space",
            remedy=f"choose a part of {', '.join(map(str, PRIVATE_RANGES))}",
        )


def reservations_are_for_sites(settings: FleetSettings) -> Iterator[Finding]:
    """A reservation is kept for a site of the fleet."""
    names = [entry.name for entry in settings.sites]
    for name in settings.reserved_cidrs:
        if name not in names:
            cause = f'"{name}" is not a site'
            yield Finding(path=("reserved_cidrs", name), cause=cause, remedy=did_you_mean(name, names))


def reservations_lie_in_the_pool(settings: FleetSettings) -> Iterator[Finding]:
    """What is reserved is a part of the pool, or it reserves nothing."""
    for name, cidr in settings.reserved_cidrs.items():
        if not cidr.subnet_of(settings.cidr_pool):
            yield Finding(
                path=("reserved_cidrs", name),
                cause=f"{cidr} is outside cidr_pool {settings.cidr_pool}",
                remedy="choose a part of cidr_pool",
            )


def reservations_are_disjoint(settings: FleetSettings) -> Iterator[Finding]:
    """Two sites cannot be promised the same addresses."""
    for (first, taken), (name, cidr) in combinations(settings.reserved_cidrs.items(), 2):
        if cidr.overlaps(taken):
            yield Finding(
                path=("reserved_cidrs", name),
                cause=f"{cidr} overlaps {taken} of {first}",
                remedy="choose a part of cidr_pool that is free",
            )


def there_are_sites(settings: FleetSettings) -> Iterator[Finding]:
    """A fleet has at least its hub."""
    if not settings.sites:
        yield Finding(path=("sites",), cause="there is none", remedy="list at least the hub")


def sites_are_listed_once(settings: FleetSettings) -> Iterator[Finding]:
    """A site is one stack."""
    names = [entry.name for entry in settings.sites]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Finding(
                path=("sites", index, "name"), cause=f"{name} is listed twice", remedy="list it once"
            )


def after_names_other_sites(settings: FleetSettings) -> Iterator[Finding]:
    """A site waits for other sites of the fleet, never for itself."""
    names = [entry.name for entry in settings.sites]
    for site, entry in enumerate(settings.sites):
        for index, name in enumerate(entry.after):
            path = ("sites", site, "after", index)
            if name == entry.name:
                yield Finding(path=path, cause=f"{name} cannot wait for itself", remedy="remove it")
            elif name not in names:
                cause = f'"{name}" is not a site'
                yield Finding(path=path, cause=cause, remedy=did_you_mean(name, names))


def order_has_no_cycle(settings: FleetSettings) -> Iterator[Finding]:
    """The cycle is printed as one, starting at the site that fleet.yaml lists first."""
    after = {entry.name: [name for name in entry.after if name != entry.name] for entry in settings.sites}
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        cycle = error.args[1][:-1]
        start = cycle.index(min(cycle, key=list(after).index))
        ring = [*cycle[start:], *cycle[:start], cycle[start]]
        index = list(after).index(ring[0])
        yield Finding(
            path=("sites", index, "after"),
            cause=f"sites wait for each other: {' before '.join(ring)}",
            remedy="remove one of these from `after`",
        )
