"""How each cluster of the fleet is: its version, what AWS says of it, and how many of its nodes are ready."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError

from automation.nodes.model import Cluster, Health, Node
from automation.nodes.survey import UNREADABLE, SiteNodes


class Wellness(StrEnum):
    """A cluster in one word."""

    HEALTHY = "healthy"
    CHANGING = "changing"
    DEGRADED = "degraded"
    FAILED = "failed"
    ABSENT = "not deployed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """A cluster as its service describes it; `status` is AWS's own word, `issue` what it complains of."""

    version: str
    status: str
    issue: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterState:
    """A cluster with its nodes counted."""

    cluster: Cluster
    described: Described | None
    ready: int
    total: int
    health: Wellness
    detail: str


Describe = Callable[[Cluster], Described | None]
"""The description of a cluster; None when there is no such cluster. Raises FleetError or an error of botocore."""

AT_A_TIME = 8
"""Clusters that are asked about at once."""

GONE = frozenset({"ResourceNotFoundException", "ResourceNotFound", "NotFoundException"})
IN_SERVICE = frozenset({"ACTIVE", "InService", "CREATE_COMPLETE", "UPDATE_COMPLETE"})
BROKEN = frozenset({"FAILED", "Failed", "RollingBack", "CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED"})
"""Of EKS's ClusterStatus, SageMaker's ClusterStatus and ParallelCluster's; every other word is a change going on."""


def assess(
    clusters: Mapping[str, Sequence[Cluster]], surveyed: Sequence[SiteNodes], describe: Describe
) -> dict[str, tuple[ClusterState, ...]]:
    """The state of each cluster, by site."""
    by_site = {site.site: site for site in surveyed}
    every = [cluster for found in clusters.values() for cluster in found]
    with ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
        states = tuple(
            pool.map(
                lambda cluster: _state(
                    cluster, by_site.get(cluster.site, SiteNodes(site=cluster.site)), describe
                ),
                every,
            )
        )
    return {site: tuple(state for state in states if state.cluster.site == site) for site in clusters}


def _state(cluster: Cluster, site: SiteNodes, describe: Describe) -> ClusterState:
    nodes = [node for node in site.nodes if node.cluster == cluster and not node.is_head]
    described, failure = None, site.failure
    if not failure:
        try:
            described = describe(cluster)
        except UNREADABLE as error:
            failure = str(error)
    health, detail = (Wellness.UNKNOWN, failure) if failure else judge(described, nodes)
    ready = sum(node.health is Health.READY for node in nodes)
    return ClusterState(
        cluster=cluster, described=described, ready=ready, total=len(nodes), health=health, detail=detail
    )


def judge(described: Described | None, nodes: Sequence[Node]) -> tuple[Wellness, str]:
    """A cluster in one word, and why it is not healthy."""
    if described is None:
        return Wellness.ABSENT, ""
    if described.status in BROKEN:
        return Wellness.FAILED, described.issue
    if described.status not in IN_SERVICE:
        return Wellness.CHANGING, described.issue
    if described.issue:
        return Wellness.DEGRADED, described.issue
    bad = [node for node in nodes if node.health is Health.NOT_READY]
    if bad:
        more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
        return Wellness.DEGRADED, f"{bad[0].id} is not ready{more}"
    unknown = next((node for node in nodes if node.health is Health.UNKNOWN), None)
    return (Wellness.UNKNOWN, unknown.detail) if unknown else (Wellness.HEALTHY, "")


def describe_eks(eks: Any, cluster: Cluster) -> Described | None:
    """An EKS cluster with what EKS itself finds wrong with it."""
    answer = _unless_gone(lambda: eks.describe_cluster(name=cluster.name))
    if answer is None:
        return None
    found = answer["cluster"]
    issues = found.get("health", {}).get("issues", [])
    return Described(
        version=found["version"],
        status=found["status"],
        issue="; ".join(f"{issue['code']}: {issue['message']}" for issue in issues),
    )


def describe_hyperpod(sagemaker: Any, cluster: Cluster) -> Described | None:
    """A HyperPod cluster; its version is that of its nodes' images, of which there may be several."""
    found = _unless_gone(lambda: sagemaker.describe_cluster(ClusterName=cluster.name))
    if found is None:
        return None
    groups = found.get("InstanceGroups", ())
    versions = {
        group["CurrentImageReleaseVersion"] for group in groups if "CurrentImageReleaseVersion" in group
    }
    return Described(
        version=", ".join(sorted(versions)),
        status=found["ClusterStatus"],
        issue=found.get("FailureMessage", ""),
    )


def _unless_gone(call: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            return None
        raise
