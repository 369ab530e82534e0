"""The nodes of all sites, read at the same time. A site that cannot be read is said, and hides no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from botocore.exceptions import BotoCoreError, ClientError

from automation.errors import FleetError
from automation.nodes.model import Cluster, Condition, Health, Node

UNREADABLE = (FleetError, BotoCoreError, ClientError)

Read = Callable[[str, Sequence[Cluster]], Sequence[Node]]
"""The nodes of a site's clusters, as AWS tells them."""

Conditions = Callable[[Cluster], Mapping[str, Condition]]
"""What a cluster's API server says of its nodes, by their names there. Raises FleetError when it cannot be asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteNodes:
    """What was found of one site; `failure` says why nothing was."""

    site: str
    nodes: tuple[Node, ...] = ()
    failure: str = ""


def survey(
    clusters: Mapping[str, Sequence[Cluster]], read: Read, conditions: Conditions
) -> tuple[SiteNodes, ...]:
    """The nodes of every site that has clusters, in the order of the sites."""
    sites = {site: found for site, found in clusters.items() if found}
    if not sites:
        return ()
    with ThreadPoolExecutor(max_workers=len(sites)) as pool:
        return tuple(pool.map(lambda site: _site(site, sites[site], read, conditions), sites))


def _site(site: str, clusters: Sequence[Cluster], read: Read, conditions: Conditions) -> SiteNodes:
    try:
        nodes = read(site, clusters)
    except UNREADABLE as error:
        return SiteNodes(site=site, failure=str(error))
    found: list[Node] = []
    for cluster in clusters:
        own = [node for node in nodes if node.cluster == cluster]
        found += _with_conditions(cluster, own, conditions) if own and cluster.kubernetes else own
    return SiteNodes(site=site, nodes=tuple(sorted(found, key=_order)))


def _with_conditions(cluster: Cluster, nodes: Sequence[Node], conditions: Conditions) -> list[Node]:
    """A node that runs is as ready as Kubernetes says; an API server that is not reached leaves what AWS says."""
    try:
        said = conditions(cluster)
    except UNREADABLE as error:
        return [_doubted(node, str(error)) for node in nodes]
    return [_conditioned(node, said) for node in nodes]


def _conditioned(node: Node, said: Mapping[str, Condition]) -> Node:
    if node.health is not Health.READY:
        return node
    condition = said.get(node.host)
    if condition is None:
        return replace(node, health=Health.STARTING, detail="it has not joined Kubernetes")
    health = Health.READY if condition.is_ready else Health.NOT_READY
    return replace(node, health=health, detail=condition.detail)


def _doubted(node: Node, why: str) -> Node:
    if node.health is not Health.READY:
        return node
    return replace(node, health=Health.UNKNOWN, detail=f"Kubernetes was not asked: {why}")


def _order(node: Node) -> tuple[str, str, str]:
    return (node.cluster.name, node.group, node.id)
