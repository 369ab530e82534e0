"""What is wrong with a fleet as it is planned: what no field and no pair of fields shows. Asked at every reading."""

from __future__ import annotations

from collections.abc import Iterator

from plan import address_use, hyperpod_prerequisites
from plan.site import SitePlan, plan_site
from spec import Fleet
from spec.problem import Finding


def hyperpod_has_its_prerequisites(fleet: Fleet) -> Iterator[Finding]:
    """Every HyperPod cluster against the EKS cluster, the network and the roles that it is planned on (H3, L3)."""
    for name in fleet.sites:
        site = plan_site(fleet, name)
        for short, cluster in site.hyperpod.clusters.items() if site.hyperpod else ():
            carried = site.eks.clusters.get(cluster.eks_cluster) if site.eks and cluster.eks_cluster else None
            problems = (
                *(
                    hyperpod_prerequisites.of_eks(hyperpod_prerequisites.planned_eks(carried))
                    if carried
                    else ()
                ),
                *(hyperpod_prerequisites.of_network(cluster, site.network) if site.network else ()),
                *(hyperpod_prerequisites.of_roles(cluster, site.roles.roles) if site.roles else ()),
            )
            for problem in problems:
                yield Finding(
                    site=name,
                    path=("hyperpod", short, problem.about),
                    cause=problem.cause,
                    remedy=problem.remedy,
                )


def subnets_have_addresses_for_all_nodes(fleet: Fleet) -> Iterator[Finding]:
    """Row N8 over everything that comes into a subnet, reported at the one that wants most."""
    for name in fleet.sites:
        site = plan_site(fleet, name)
        for overrun in address_use.overruns(site.network, _uses(site)) if site.network else ():
            largest = max(overrun.uses, key=lambda use: use.addresses)
            yield Finding(site=name, path=largest.path, cause=overrun.cause, remedy=overrun.remedy)


def _uses(site: SitePlan) -> tuple[address_use.Use, ...]:
    return (
        *address_use.hyperpod_uses(site.hyperpod),
        *address_use.parallelcluster_uses(site.parallelcluster),
        *address_use.karpenter_uses(site.eks),
    )


CHECKS = (hyperpod_has_its_prerequisites, subnets_have_addresses_for_all_nodes)
