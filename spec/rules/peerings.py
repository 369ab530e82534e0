"""Rules on VPC peerings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spec.fleet import FleetSettings
from spec.problem import Finding, did_you_mean
from spec.site import Site

PEERINGS_MAX = 4
"""Row N4: peering is the choice for at most four connections; beyond, it is decided again."""


def partners_are_sites(settings: FleetSettings) -> Iterator[Finding]:
    """Both ends of a peering are sites of the fleet."""
    names = [entry.name for entry in settings.sites]
    for index, pair in enumerate(settings.peerings):
        for end, name in enumerate(pair):
            if name not in names:
                yield Finding(
                    path=("peerings", index, end),
                    cause=f'"{name}" is not a site',
                    remedy=did_you_mean(name, names),
                )


def partners_differ(settings: FleetSettings) -> Iterator[Finding]:
    """A VPC reaches itself without peering."""
    for index, (one, other) in enumerate(settings.peerings):
        if one == other:
            yield Finding(
                path=("peerings", index),
                cause=f"{one} cannot be peered with itself",
                remedy="name two sites",
            )


def pairs_are_listed_once(settings: FleetSettings) -> Iterator[Finding]:
    """AWS refuses a second peering of two VPCs, in either direction."""
    pairs = [frozenset(pair) for pair in settings.peerings]
    for index, pair in enumerate(pairs):
        if pair in pairs[:index]:
            yield Finding(
                path=("peerings", index),
                cause=f"{' and '.join(settings.peerings[index])} are peered by [{pairs.index(pair)}] already",
                remedy="remove one of the two; a peering works both ways",
            )


def few_enough_for_peering(settings: FleetSettings) -> Iterator[Finding]:
    """Each further site multiplies connections and routes; a transit gateway does not."""
    if len(settings.peerings) > PEERINGS_MAX:
        yield Finding(
            path=("peerings", PEERINGS_MAX),
            cause=f"{len(settings.peerings)} peerings, and VPC peering is for at most {PEERINGS_MAX}",
            remedy="decide: drop the pairs that need no direct way, or move to a transit gateway, "
            "and record it in docs/decisions",
        )


def partners_have_networks(settings: FleetSettings, sites: Mapping[str, Site]) -> Iterator[Finding]:
    """There is nothing to peer at a site without a VPC."""
    for index, pair in enumerate(settings.peerings):
        for end, name in enumerate(pair):
            if name in sites and sites[name].network is None:
                yield Finding(
                    path=("peerings", index, end),
                    cause=f"{name} has no network",
                    remedy=f"add `network` to Pulumi.{name}.yaml or remove the pair",
                )
