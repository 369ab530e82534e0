"""Which sites have which roles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plan.iam import RolePlan
from plan.roles import addons, eks, hyperpod, karpenter, parallelcluster
from plan.roles.scope import Scope, site_scope
from spec import Fleet


@dataclass(frozen=True, kw_only=True, slots=True)
class Consumer:
    """A kind of cluster, the purposes of sites that may run it (row A3), and its roles."""

    purposes: frozenset[str]
    roles: Callable[[Scope], tuple[RolePlan, ...]]


CONSUMERS = (
    Consumer(purposes=frozenset({"training"}), roles=parallelcluster.roles),
    Consumer(purposes=frozenset({"training", "inference"}), roles=eks.roles),
    Consumer(purposes=frozenset({"training", "inference"}), roles=addons.roles),
    Consumer(purposes=frozenset({"training", "inference"}), roles=karpenter.roles),
    Consumer(purposes=frozenset({"training"}), roles=hyperpod.roles),
)
"""Made before the clusters are, so that a cluster added to a site finds its roles."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RolesPlan:
    """The roles of a site, by their names without the site's."""

    roles: dict[str, RolePlan]


def plan_roles(fleet: Fleet, site_name: str) -> RolesPlan | None:
    """The roles of one site; None where no cluster can be: without a network, or for data alone."""
    site = fleet.sites[site_name]
    if site.network is None:
        return None
    scope = site_scope(fleet, site_name)
    planned = (
        role for consumer in CONSUMERS if site.purpose in consumer.purposes for role in consumer.roles(scope)
    )
    roles = {role.name.removesuffix(f"-{site_name}"): role for role in planned}
    return RolesPlan(roles=roles) if roles else None
