"""Rules on EKS clusters: where they can be, how they are reached, and who gets in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spec.eks import HUB_SYSTEM_NODES_MIN, SERVICES_CIDR, EksCluster
from spec.fleet import FleetSettings
from spec.problem import Finding, Path
from spec.rules.cluster_names import too_long
from spec.site import Site

CLUSTER_NAME_CHARACTERS_MAX = 40
"""Of `<site>--<name>`. A node group's name takes 63 characters and is made of it, a word and a random part."""

EXECUTION_ROLE = "FleetExecutionRole"


def _clusters(site: Site) -> Iterator[tuple[Path, str, EksCluster]]:
    for short, cluster in (site.eks or {}).items():
        yield ("eks", short), short, cluster


def clusters_have_a_network(name: str, site: Site) -> Iterator[Finding]:
    """A cluster's API and nodes live in private subnets."""
    if site.eks is not None and site.network is None:
        yield Finding(
            site=name,
            path=("eks",),
            cause="the site has no network, and clusters live in its subnets",
            remedy="add `network` or remove `eks`",
        )


def clusters_have_a_purpose(name: str, site: Site) -> Iterator[Finding]:
    """A site for data alone has no roles that clusters could work with."""
    if site.eks is not None and site.purpose == "data":
        yield Finding(
            site=name,
            path=("eks",),
            cause="the site is for data alone",
            remedy="write `purpose: training` or `purpose: inference`, or remove `eks`",
        )


def there_are_clusters(name: str, site: Site) -> Iterator[Finding]:
    """An empty `eks` is a mistake, not a wish."""
    if site.eks is not None and not site.eks:
        yield Finding(site=name, path=("eks",), cause="holds nothing", remedy="add a cluster or remove it")


def cluster_names_are_short(name: str, site: Site) -> Iterator[Finding]:
    """What is made for a cluster is named after it and its site."""
    for path, short, _ in _clusters(site):
        yield from too_long(name, path, short, most=CLUSTER_NAME_CHARACTERS_MAX)


def system_nodes_are_in_order(name: str, site: Site) -> Iterator[Finding]:
    """EKS refuses a node group whose sizes are not min <= desired <= max; a size left out is 2, and 3 on the hub."""
    least = HUB_SYSTEM_NODES_MIN if site.hub else 2
    for path, _, cluster in _clusters(site):
        nodes = cluster.system_nodes
        smallest, desired = nodes.min_size or least, nodes.desired_size or max(least, nodes.min_size or 0)
        if not smallest <= desired <= nodes.max_size:
            yield Finding(
                site=name,
                path=(*path, "system_nodes"),
                cause=f"min {smallest}, desired {desired} and max {nodes.max_size} are not in order",
                remedy="let min_size be the least and max_size the most",
            )


def hub_has_nodes_for_argo_cd(name: str, site: Site) -> Iterator[Finding]:
    """Argo CD in high availability spreads over three nodes; two of them would wait for a third for ever."""
    for path, _, cluster in _clusters(site) if site.hub else ():
        for field in ("min_size", "desired_size"):
            size = getattr(cluster.system_nodes, field)
            if size is not None and size < HUB_SYSTEM_NODES_MIN:
                yield Finding(
                    site=name,
                    path=(*path, "system_nodes", field),
                    cause=f"{size}, and Argo CD on the hub needs {HUB_SYSTEM_NODES_MIN} nodes",
                    remedy=f"write {HUB_SYSTEM_NODES_MIN} or more, or leave it out",
                )


def access_roles_differ(name: str, site: Site) -> Iterator[Finding]:
    """A role has one access entry in a cluster. The later is reported."""
    for path, _, cluster in _clusters(site):
        roles = [entry.role for entry in cluster.access]
        for index, role in enumerate(roles):
            if role in roles[:index]:
                yield Finding(
                    site=name,
                    path=(*path, "access", index, "role"),
                    cause=f"{role} is the role of access[{roles.index(role)}] too",
                    remedy="list each role once, with the wider policy",
                )


def execution_role_is_in_already(name: str, site: Site) -> Iterator[Finding]:
    """Who made a cluster is its administrator; EKS refuses a second entry for the role."""
    for path, _, cluster in _clusters(site):
        for index, entry in enumerate(cluster.access):
            if entry.role.rpartition("/")[2] == EXECUTION_ROLE:
                yield Finding(
                    site=name,
                    path=(*path, "access", index, "role"),
                    cause=f"{EXECUTION_ROLE} makes the cluster and is its administrator already",
                    remedy="remove the entry",
                )


def hub_reaches_private_clusters(settings: FleetSettings, sites: Mapping[str, Site]) -> Iterator[Finding]:
    """Argo CD on the hub talks to every cluster; one without a public endpoint it reaches by a peering alone.

    Holds back while a pair names no two sites: the missing peering may be that one.
    """
    hub = next((name for name, site in sites.items() if site.hub and site.network), None)
    if hub is None or any(
        one == other or not {one, other} <= sites.keys() for one, other in settings.peerings
    ):
        return
    reached = {hub, *(site for pair in settings.peerings if hub in pair for site in pair)}
    for name, site in sites.items():
        if name in reached or site.network is None:
            continue
        for path, short, cluster in _clusters(site):
            if not cluster.public_cidrs:
                yield Finding(
                    site=name,
                    path=path,
                    cause=f"{name}--{short} is private, and {name} is not peered with the hub {hub}",
                    remedy=f"add [{hub}, {name}] to `peerings` in fleet.yaml",
                )


def services_lie_outside_the_pool(settings: FleetSettings, sites: Mapping[str, Site]) -> Iterator[Finding]:
    """A service whose address is also a machine's would hide that machine from all pods."""
    if settings.cidr_pool.overlaps(SERVICES_CIDR) and any(site.eks for site in sites.values()):
        yield Finding(
            path=("cidr_pool",),
            cause=f"{settings.cidr_pool} overlaps {SERVICES_CIDR}, the addresses of Kubernetes services",
            remedy="choose a pool beside it, such as 10.0.0.0/12",
        )
