"""Rules on the options of HyperPod clusters and groups: which go together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from spec.hyperpod_instance_types import is_accelerated
from spec.problem import Finding, did_you_mean
from spec.rules.hyperpod import clusters, groups
from spec.site import Site


def options_fit_the_orchestrator(name: str, site: Site) -> Iterator[Finding]:
    """SageMaker AI Developer Guide: Karpenter and tiered checkpoints are for EKS, accounting is for Slurm. Users live
    on nodes that people log in to.
    """
    for path, _, cluster in clusters(site):
        has = {
            "autoscaling": ("eks", cluster.autoscaling),
            "tiered_storage_memory_percent": ("eks", cluster.tiered_storage_memory_percent is not None),
            "accounting_database": ("slurm", cluster.accounting_database is not None),
            "users": ("slurm", bool(cluster.users)),
        }
        for field, (orchestrator, is_set) in has.items():
            if is_set and cluster.orchestrator != orchestrator:
                label = {"eks": "EKS", "slurm": "Slurm"}[orchestrator]
                yield Finding(
                    site=name,
                    path=(*path, field),
                    cause=f"is for clusters on {label}",
                    remedy=f"remove it, or write `orchestrator: {orchestrator}`",
                )


def options_fit_the_provisioning(name: str, site: Site) -> Iterator[Finding]:
    """What works with continuous provisioning alone (SageMaker API, CreateCluster; Developer Guide, "Spot instances"
    and "Autoscaling on SageMaker HyperPod EKS").
    """
    for path, _, cluster in clusters(site):
        if cluster.continuous_provisioning:
            continue
        wanted = [
            ((*path, "autoscaling"), cluster.autoscaling and cluster.orchestrator == "eks"),
            ((*path, "accounting_database"), cluster.accounting_database is not None),
        ]
        for key, group in cluster.groups.items():
            wanted.append(((*path, "groups", key, "capacity"), group.capacity == "spot"))
            wanted.append(((*path, "groups", key, "min_count"), group.min_count is not None))
        for place, is_set in wanted:
            if is_set:
                yield Finding(
                    site=name,
                    path=place,
                    cause="SageMaker takes it with continuous provisioning alone",
                    remedy="write `continuous_provisioning: true` for the cluster, or remove it",
                )


def users_differ(name: str, site: Site) -> Iterator[Finding]:
    """Of one name or one uid two users would be one. The later is reported."""
    for path, _, cluster in clusters(site):
        for (first, taken), (index, user) in combinations(enumerate(cluster.users), 2):
            for field in ("name", "uid"):
                if getattr(user, field) == getattr(taken, field):
                    yield Finding(
                        site=name,
                        path=(*path, "users", index, field),
                        cause=f"is that of user {first + 1} too",
                        remedy="give each user his own",
                    )


def users_are_in_teams_of_the_site(name: str, site: Site) -> Iterator[Finding]:
    """A team is an access point of the site's EFS: its group owns the team's directory."""
    points = site.storage.efs.access_points if site.storage and site.storage.efs else ()
    teams = [point.name for point in points]
    for path, _, cluster in clusters(site):
        for index, user in enumerate(cluster.users):
            if user.name in teams:
                yield Finding(
                    site=name,
                    path=(*path, "users", index, "name"),
                    cause="is a team's name, and each user has a group of his own name",
                    remedy="choose another name",
                )
            for position, team in enumerate(user.teams):
                if team not in teams:
                    yield Finding(
                        site=name,
                        path=(*path, "users", index, "teams", position),
                        cause=f"the site's EFS has no access point {team}",
                        remedy=did_you_mean(team, teams)
                        if teams
                        else "add one under storage.efs.access_points",
                    )


def autoscaled_groups_are_karpenter_s(name: str, site: Site) -> Iterator[Finding]:
    """Who scales: the cluster's switch and the groups' must agree."""
    for path, key, cluster, group in groups(site):
        if group.autoscaled and not cluster.autoscaling:
            yield Finding(
                site=name,
                path=(*path, "autoscaled"),
                cause=f"nobody would scale {key}: the cluster has no autoscaling",
                remedy="write `autoscaling: true` for the cluster, or a `count` and no `autoscaled`",
            )
    for path, _, cluster in clusters(site):
        on_eks = cluster.orchestrator == "eks"
        if cluster.autoscaling and on_eks and not any(group.autoscaled for group in cluster.groups.values()):
            yield Finding(
                site=name,
                path=(*path, "autoscaling"),
                cause="no group is autoscaled",
                remedy="write `autoscaled: true` for a group, or remove it",
            )


def autoscaled_groups_start_empty_and_plain(name: str, site: Site) -> Iterator[Finding]:
    """SageMaker AI Developer Guide, "Create a NodeClass": what Karpenter on HyperPod does not take."""
    for path, _, _, group in groups(site):
        if not group.autoscaled:
            continue
        excluded = {
            "count": (group.count > 0, "Karpenter starts from none, and scales any other number down to 0"),
            "min_count": (group.min_count is not None, "Karpenter decides the number of nodes"),
            "deep_health_checks": (
                bool(group.deep_health_checks),
                "the checks take over an hour, in which Karpenter would launch more and more",
            ),
            "training_plan": (group.training_plan is not None, "Karpenter buys on demand or spot alone"),
        }
        for field, (is_set, cause) in excluded.items():
            if is_set:
                remedy = "write 0" if field == "count" else "remove it"
                yield Finding(
                    site=name, path=(*path, field), cause=cause, remedy=f"{remedy}, or remove `autoscaled`"
                )


def groups_ask_for_what_there_is(name: str, site: Site) -> Iterator[Finding]:
    """A minimum below the count; checks and plans for accelerators alone; a plan is not spot."""
    for path, _, _, group in groups(site):
        if group.min_count is not None and group.min_count > group.count:
            yield Finding(
                site=name,
                path=(*path, "min_count"),
                cause=f"{group.min_count} is more than the count of {group.count}",
                remedy=f"write at most {group.count}",
            )
        if group.training_plan and group.capacity is not None:
            yield Finding(
                site=name,
                path=(*path, "capacity"),
                cause="the capacity is the training plan's",
                remedy="remove it, or the training plan",
            )
        for field in ("deep_health_checks", "training_plan"):
            if getattr(group, field) and not is_accelerated(group.instance_type):
                yield Finding(
                    site=name,
                    path=(*path, field),
                    cause=f"{group.instance_type} has no accelerators, which it is about",
                    remedy="remove it, or choose an instance type with GPUs or Trainium",
                )
