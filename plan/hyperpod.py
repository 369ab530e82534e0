"""The HyperPod clusters of a site, on Slurm and on EKS (rows H1 to H6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from plan import names
from plan.hyperpod_chart import ChartPlan, plan_chart
from plan.lifecycle_scripts import (
    AccountingDatabase,
    ClusterScripts,
    NodeGroup,
    User,
    eks_scripts,
    slurm_scripts,
)
from plan.roles.scope import Scope, site_scope
from plan.storage import StoragePlan
from spec import Fleet
from spec.hyperpod import HyperPodCluster, InstanceGroup, SoftwareUpdates

Orchestrator = Literal["slurm", "eks"]
SlurmNode = Literal["controller", "login", "compute"]

SECURITY_GROUPS = ("efa", "base")
"""The two groups of decision 8; nodes of an EKS cluster are in that cluster's own group too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupPlan:
    """An instance group. `zone_id` is its training plan's where it has one; `overrides_zone` says that it is another
    than the cluster's.
    """

    name: str
    instance_type: str
    count: int
    min_count: int | None
    slurm_node: SlurmNode | None
    partition: str | None
    deep_health_checks: tuple[str, ...]
    training_plan_arn: str | None
    zone_id: str
    overrides_zone: bool
    volume_gib: int | None
    capacity: Literal["on-demand", "spot"] | None
    autoscaled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class UpdatesPlan:
    """When and in which batches nodes get new software, and what takes it back."""

    schedule: str
    batch_percent: int
    rollback_batch_percent: int
    wait_seconds: int
    rollback_alarms: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HyperPodClusterPlan:
    """A cluster. Groups are in one order whatever the order in the file: those that Karpenter scales first, each part
    by name, so that a new group never moves one whose count is not ours (docs/decisions/0023).
    """

    name: str
    orchestrator: Orchestrator
    eks_cluster: str | None
    zone_id: str
    security_groups: tuple[str, ...]
    node_recovery: Literal["Automatic", "None"]
    continuous_provisioning: bool
    tiered_storage_memory_percent: int | None
    updates: UpdatesPlan | None
    accounting_database: AccountingDatabase | None
    execution_role_arn: str
    cluster_role_arn: str | None
    groups: tuple[GroupPlan, ...]
    scripts: ClusterScripts
    chart: ChartPlan | None

    @property
    def zone_ids(self) -> tuple[str, ...]:
        """The zones that its nodes live in, the cluster's own first."""
        return tuple(dict.fromkeys((self.zone_id, *(group.zone_id for group in self.groups))))


@dataclass(frozen=True, kw_only=True, slots=True)
class HyperPodPlan:
    """The clusters of a site by their short names."""

    clusters: dict[str, HyperPodClusterPlan]


def plan_hyperpod(fleet: Fleet, name: str, storage: StoragePlan | None) -> HyperPodPlan | None:
    """The HyperPod clusters of a site of the fleet; None for one that has none."""
    site = fleet.sites[name]
    if not site.hyperpod or site.network is None:
        return None
    scope = site_scope(fleet, name)
    return HyperPodPlan(
        clusters={
            short: _cluster(fleet, scope, short, cluster, storage) for short, cluster in site.hyperpod.items()
        }
    )


def _cluster(
    fleet: Fleet, scope: Scope, short: str, cluster: HyperPodCluster, storage: StoragePlan | None
) -> HyperPodClusterPlan:
    name, groups = names.cluster(scope.site, short), _groups(cluster)
    database = _accounting(cluster)
    if cluster.orchestrator == "slurm":
        scripts = slurm_scripts(
            fleet,
            scope.site,
            storage,
            cluster=name,
            groups=[_as_told(group) for group in groups],
            users=[User(name=user.name, uid=user.uid, teams=user.teams) for user in cluster.users],
            accounting_database=database,
        )
    else:
        scripts = eks_scripts(fleet, scope.site, cluster=name)
    return HyperPodClusterPlan(
        name=name,
        orchestrator=cluster.orchestrator,
        eks_cluster=cluster.eks_cluster,
        zone_id=cluster.availability_zone,
        security_groups=SECURITY_GROUPS,
        node_recovery=cluster.node_recovery,
        continuous_provisioning=cluster.continuous_provisioning,
        tiered_storage_memory_percent=cluster.tiered_storage_memory_percent,
        updates=_updates(cluster.software_updates),
        accounting_database=database,
        execution_role_arn=scope.role_arn(names.HYPERPOD_EXECUTION_ROLE),
        cluster_role_arn=scope.role_arn(names.HYPERPOD_AUTOSCALING_ROLE) if cluster.autoscaling else None,
        groups=groups,
        scripts=scripts,
        chart=plan_chart(scope.region) if cluster.orchestrator == "eks" else None,
    )


def _groups(cluster: HyperPodCluster) -> tuple[GroupPlan, ...]:
    found = (_group(cluster, key, group) for key, group in cluster.groups.items())
    return tuple(sorted(found, key=lambda group: (not group.autoscaled, group.name)))


def _group(cluster: HyperPodCluster, name: str, group: InstanceGroup) -> GroupPlan:
    bought = group.training_plan
    zone_id = bought.availability_zone if bought else cluster.availability_zone
    is_compute = group.slurm_node == "compute"
    return GroupPlan(
        name=name,
        instance_type=group.instance_type,
        count=group.count,
        min_count=group.min_count,
        slurm_node=group.slurm_node,
        partition=(group.partition or name) if is_compute else None,
        deep_health_checks=tuple(sorted(group.deep_health_checks)),
        training_plan_arn=bought.arn if bought else None,
        zone_id=zone_id,
        overrides_zone=zone_id != cluster.availability_zone,
        volume_gib=group.volume_gib,
        capacity=group.capacity,
        autoscaled=group.autoscaled,
    )


def _as_told(group: GroupPlan) -> NodeGroup:
    """A group as the lifecycle scripts know it; on Slurm each says what it is (spec.rules.hyperpod)."""
    return NodeGroup(
        instance_group_name=group.name,
        node_type=group.slurm_node or "compute",
        partition_name=group.partition,
    )


def _updates(updates: SoftwareUpdates | None) -> UpdatesPlan | None:
    if updates is None:
        return None
    return UpdatesPlan(
        schedule=updates.schedule,
        batch_percent=updates.batch_percent,
        rollback_batch_percent=updates.rollback_batch_percent,
        wait_seconds=updates.wait_seconds,
        rollback_alarms=updates.rollback_alarms,
    )


def _accounting(cluster: HyperPodCluster) -> AccountingDatabase | None:
    database = cluster.accounting_database
    if database is None:
        return None
    return AccountingDatabase(
        endpoint=database.endpoint, port=database.port, name=database.name, secret_arn=database.secret
    )


def attached(plan: HyperPodPlan | None) -> Mapping[str, str]:
    """EKS clusters, by short name, that carry a HyperPod cluster, whose short name it is."""
    clusters = plan.clusters.items() if plan else ()
    return {cluster.eks_cluster: short for short, cluster in clusters if cluster.eks_cluster}
