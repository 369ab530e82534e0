"""The whole fleet: every stack and what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plan.links import LinksPlan, plan_links
from plan.site import SitePlan, plan_site
from plan.stacks import Stack, graph
from spec import Fleet


@dataclass(frozen=True, kw_only=True, slots=True)
class FleetPlan:
    """What will exist, stack by stack."""

    stacks: Mapping[str, Stack]
    sites: Mapping[str, SitePlan]
    links: LinksPlan


def plan_fleet(fleet: Fleet) -> FleetPlan:
    """Everything that decides count, name, size or existence, from the committed files alone."""
    return FleetPlan(
        stacks=graph(fleet),
        sites={name: plan_site(fleet, name) for name in fleet.sites},
        links=plan_links(fleet),
    )
