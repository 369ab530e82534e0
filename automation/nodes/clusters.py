"""The clusters that the fleet's files name: what counts as a node of this fleet."""

from __future__ import annotations

from collections.abc import Iterator

from automation.nodes.model import Cluster
from plan import names
from spec import Fleet


def clusters_of(fleet: Fleet) -> dict[str, tuple[Cluster, ...]]:
    """The clusters of each site, in the order of the files; none for a site that has none."""
    return {site: tuple(_of_site(fleet, site)) for site in fleet.sites}


def _of_site(fleet: Fleet, site: str) -> Iterator[Cluster]:
    found = fleet.sites[site]
    for short in found.eks or ():
        name = names.cluster(site, short)
        yield Cluster(site=site, kind="eks", name=name, kubernetes=name)
    for short in found.parallelcluster.clusters if found.parallelcluster else ():
        yield Cluster(site=site, kind="parallelcluster", name=names.cluster(site, short))
    for short, cluster in (found.hyperpod or {}).items():
        kubernetes = names.cluster(site, cluster.eks_cluster) if cluster.eks_cluster else None
        yield Cluster(site=site, kind="hyperpod", name=names.cluster(site, short), kubernetes=kubernetes)
