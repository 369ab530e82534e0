"""Rules on Slurm clusters and on the API that makes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from spec.fleet import FleetSettings
from spec.problem import Finding
from spec.site import Site

NAME_CHARACTERS_MAX = 60
ACCOUNTED_NAME_CHARACTERS_MAX = 40
"""ParallelCluster's ClusterNameValidator: 60, and 40 for a cluster with Slurm accounting."""

BOUNDARY_PATTERN = r"[a-zA-Z0-9_-]+"
"""AllowedPattern of PermissionsBoundaryPolicy in the template of ParallelCluster's API."""


def slurm_clusters_have_a_network(name: str, site: Site) -> Iterator[Finding]:
    """Nodes live in subnets."""
    if site.parallelcluster and site.network is None:
        yield Finding(
            site=name,
            path=("parallelcluster",),
            cause="the site has no network, and nodes live in its subnets",
            remedy="add `network` or remove `parallelcluster`",
        )


def slurm_clusters_train(name: str, site: Site) -> Iterator[Finding]:
    """The roles of their nodes are made where training is (row A3)."""
    if site.parallelcluster and site.purpose != "training":
        yield Finding(
            site=name,
            path=("parallelcluster",),
            cause=f"the site's purpose is {site.purpose}, and Slurm clusters are at training sites",
            remedy="move the clusters to one",
        )


def there_are_slurm_clusters(name: str, site: Site) -> Iterator[Finding]:
    """An API that makes nothing is a mistake, not a wish."""
    if site.parallelcluster and not site.parallelcluster.clusters:
        remedy = "add one, or remove `parallelcluster`"
        yield Finding(site=name, path=("parallelcluster", "clusters"), cause="there is none", remedy=remedy)


def slurm_clusters_lie_in_a_zone_of_the_network(name: str, site: Site) -> Iterator[Finding]:
    """All nodes of a cluster are in one private subnet."""
    zones = site.network.availability_zones if site.network else ()
    for key, cluster in site.parallelcluster.clusters.items() if site.parallelcluster else ():
        if zones and cluster.availability_zone not in zones:
            yield Finding(
                site=name,
                path=("parallelcluster", "clusters", key, "availability_zone"),
                cause=f"the network has no subnet in {cluster.availability_zone}",
                remedy=f"choose one of {', '.join(zones)}",
            )


def slurm_cluster_names_are_short_enough(name: str, site: Site) -> Iterator[Finding]:
    """A cluster's name is `<site>--<key>`."""
    for key, cluster in site.parallelcluster.clusters.items() if site.parallelcluster else ():
        accounted = cluster.slurm_database or cluster.external_slurmdbd
        most = ACCOUNTED_NAME_CHARACTERS_MAX if accounted else NAME_CHARACTERS_MAX
        full = f"{name}--{key}"
        if len(full) > most:
            why = " with Slurm accounting" if accounted else ""
            yield Finding(
                site=name,
                path=("parallelcluster", "clusters", key),
                cause=f"its name {full} has {len(full)} characters; ParallelCluster allows {most}{why}",
                remedy="shorten it",
            )


def slurm_accounting_is_one(name: str, site: Site) -> Iterator[Finding]:
    """One slurmdbd, on the head node or elsewhere."""
    for key, cluster in site.parallelcluster.clusters.items() if site.parallelcluster else ():
        if cluster.slurm_database and cluster.external_slurmdbd:
            yield Finding(
                site=name,
                path=("parallelcluster", "clusters", key, "external_slurmdbd"),
                cause="the cluster has slurm_database too, and slurmdbd runs in one place",
                remedy="remove one of them",
            )


def one_parallelcluster_api_in_a_region(
    _settings: FleetSettings, sites: Mapping[str, Site]
) -> Iterator[Finding]:
    """The API is there once an account and region, under one name; the site that has it holds all its clusters."""
    having = {name: site for name, site in sites.items() if site.parallelcluster}
    for (first, taken), (name, site) in combinations(having.items(), 2):
        if (site.account, site.region) == (taken.account, taken.region):
            yield Finding(
                site=name,
                path=("parallelcluster",),
                cause=f"{first} has the ParallelCluster API of {site.account} in {site.region} already",
                remedy=f"move the clusters to {first}",
            )


def parallelcluster_takes_the_boundary(
    settings: FleetSettings, sites: Mapping[str, Site]
) -> Iterator[Finding]:
    """The API's template takes a permissions boundary by a plain name only."""
    boundary = settings.iam.permissions_boundary if settings.iam else None
    if boundary and re.fullmatch(BOUNDARY_PATTERN, boundary, re.ASCII) is None:
        for name in (name for name, site in sites.items() if site.parallelcluster):
            yield Finding(
                path=("iam", "permissions_boundary"),
                cause=f"{name} has Slurm clusters, and ParallelCluster takes no policy called {boundary}",
                remedy="use a policy without a path, of letters, digits, - and _",
            )
