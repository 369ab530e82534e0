"""Rules on HyperPod clusters: where they can be, on what, and which options go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spec.fleet import FleetSettings
from spec.hyperpod import HyperPodCluster, InstanceGroup
from spec.hyperpod_fields import CLUSTER_NAME_CHARACTERS_MAX
from spec.hyperpod_instance_types import is_accelerated
from spec.problem import Finding, Path, did_you_mean
from spec.site import Site


def _clusters(site: Site) -> Iterator[tuple[Path, str, HyperPodCluster]]:
    for short, cluster in (site.hyperpod or {}).items():
        yield ("hyperpod", short), short, cluster


def _groups(site: Site) -> Iterator[tuple[Path, str, HyperPodCluster, InstanceGroup]]:
    for path, _, cluster in _clusters(site):
        for key, group in cluster.groups.items():
            yield (*path, "groups", key), key, cluster, group


def hyperpod_has_a_place(name: str, site: Site) -> Iterator[Finding]:
    """Nodes live in private subnets, as roles that training sites alone have."""
    if site.hyperpod is None:
        return
    if site.network is None:
        cause, remedy = "the site has no network, and nodes live in its subnets", "add `network`"
    elif site.purpose != "training":
        cause, remedy = f"the site is for {site.purpose}", "write `purpose: training`"
    else:
        return
    yield Finding(site=name, path=("hyperpod",), cause=cause, remedy=f"{remedy} or remove `hyperpod`")


def hyperpod_holds_something(name: str, site: Site) -> Iterator[Finding]:
    """No cluster, and a cluster without a group, are mistakes, not wishes."""
    if site.hyperpod is not None and not site.hyperpod:
        yield Finding(
            site=name, path=("hyperpod",), cause="holds nothing", remedy="add a cluster or remove it"
        )
    for path, _, cluster in _clusters(site):
        if not cluster.groups:
            yield Finding(
                site=name, path=(*path, "groups"), cause="holds nothing", remedy="add at least one group"
            )


def hyperpod_names_are_short(name: str, site: Site) -> Iterator[Finding]:
    """A cluster is named after its site and itself."""
    for path, short, _ in _clusters(site):
        full = f"{name}--{short}"
        if len(full) > CLUSTER_NAME_CHARACTERS_MAX:
            yield Finding(
                site=name,
                path=path,
                cause=f"the cluster's name {full} has {len(full)} characters",
                remedy=f"shorten it or the site's to {CLUSTER_NAME_CHARACTERS_MAX} together",
            )


def hyperpod_lies_in_a_zone_of_the_network(name: str, site: Site) -> Iterator[Finding]:
    """The zone of a cluster, and that of a bought plan (row H6), picks the private subnet."""
    zones = site.network.availability_zones if site.network else ()
    wanted = [((*path, "availability_zone"), item.availability_zone) for path, _, item in _clusters(site)]
    wanted += [
        ((*path, "training_plan", "availability_zone"), group.training_plan.availability_zone)
        for path, _, _, group in _groups(site)
        if group.training_plan
    ]
    for path, zone in wanted if zones else ():
        if zone not in zones:
            yield Finding(
                site=name,
                path=path,
                cause=f"the network has no subnet in {zone}",
                remedy=f"add the zone to `network`, or choose one of {', '.join(zones)}",
            )


def eks_cluster_is_the_site_s(name: str, site: Site) -> Iterator[Finding]:
    """A cluster on EKS has an EKS cluster of its own site, one on Slurm has none (row H4)."""
    known = site.eks or {}
    for path, _, cluster in _clusters(site):
        place = (*path, "eks_cluster")
        if cluster.orchestrator == "slurm" and cluster.eks_cluster is not None:
            cause, remedy = "the cluster is on Slurm", "remove it, or write `orchestrator: eks`"
        elif cluster.orchestrator == "eks" and cluster.eks_cluster is None:
            place, cause = path, "is on EKS, and names no cluster of `eks`"
            remedy = f"add `eks_cluster`; {did_you_mean('', known)}"
        elif cluster.eks_cluster is not None and cluster.eks_cluster not in known:
            cause = f'"{cluster.eks_cluster}" is no cluster of `eks` of this site'
            remedy = did_you_mean(cluster.eks_cluster, known)
        else:
            continue
        yield Finding(site=name, path=place, cause=cause, remedy=remedy)


def eks_clusters_have_one_hyperpod(name: str, site: Site) -> Iterator[Finding]:
    """SageMaker attaches one HyperPod cluster to an EKS cluster. The later is reported."""
    owners: dict[str, str] = {}
    for path, short, cluster in _clusters(site):
        if cluster.orchestrator != "eks" or cluster.eks_cluster is None:
            continue
        first = owners.setdefault(cluster.eks_cluster, short)
        if first != short:
            yield Finding(
                site=name,
                path=(*path, "eks_cluster"),
                cause=f"{cluster.eks_cluster} carries the HyperPod cluster {first} already",
                remedy="choose another EKS cluster, or add the groups to that one",
            )


def slurm_groups_know_what_they_are(name: str, site: Site) -> Iterator[Finding]:
    """`SlurmConfig` of each group: on Slurm all have one, on EKS none."""
    for path, key, cluster, group in _groups(site):
        if cluster.orchestrator == "eks":
            for field in ("slurm_node", "partition"):
                if getattr(group, field) is not None:
                    yield Finding(
                        site=name,
                        path=(*path, field),
                        cause="the cluster is on EKS, which knows no such thing",
                        remedy="remove it",
                    )
        elif group.slurm_node is None:
            yield Finding(
                site=name,
                path=path,
                cause=f"does not say what {key} is to Slurm",
                remedy="add `slurm_node`: controller, login or compute",
            )
        elif group.partition is not None and group.slurm_node != "compute":
            yield Finding(
                site=name,
                path=(*path, "partition"),
                cause=f"{key} is a {group.slurm_node} group, which runs no jobs",
                remedy="remove it",
            )


def slurm_has_one_controller_and_workers(name: str, site: Site) -> Iterator[Finding]:
    """One controller keeps the state of the queues; without compute nodes there is nothing to queue for."""
    for path, _, cluster in _clusters(site):
        if cluster.orchestrator != "slurm" or not cluster.groups:
            continue
        counts = [group.count for group in cluster.groups.values() if group.slurm_node == "controller"]
        if counts != [1]:
            yield Finding(
                site=name,
                path=(*path, "groups"),
                cause=f"has {sum(counts)} controllers in {len(counts)} groups",
                remedy="let one group be `slurm_node: controller` with `count: 1`",
            )
        if all(group.slurm_node != "compute" for group in cluster.groups.values()):
            yield Finding(
                site=name,
                path=(*path, "groups"),
                cause="has no compute group",
                remedy="let at least one be `slurm_node: compute`",
            )


def options_fit_the_orchestrator(name: str, site: Site) -> Iterator[Finding]:
    """SageMaker AI Developer Guide: Karpenter and tiered checkpoints are for EKS, accounting is for Slurm."""
    for path, _, cluster in _clusters(site):
        has = {
            "autoscaling": ("eks", cluster.autoscaling),
            "tiered_storage_memory_percent": ("eks", cluster.tiered_storage_memory_percent is not None),
            "accounting_database": ("slurm", cluster.accounting_database is not None),
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
    for path, _, cluster in _clusters(site):
        if cluster.continuous_provisioning:
            continue
        wanted = [
            ((*path, "autoscaling"), cluster.autoscaling),
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


def autoscaled_groups_are_karpenter_s(name: str, site: Site) -> Iterator[Finding]:
    """Who scales: the cluster's switch and the groups' must agree."""
    for path, key, cluster, group in _groups(site):
        if group.autoscaled and not cluster.autoscaling:
            yield Finding(
                site=name,
                path=(*path, "autoscaled"),
                cause=f"nobody would scale {key}: the cluster has no autoscaling",
                remedy="write `autoscaling: true` for the cluster, or a `count` and no `autoscaled`",
            )
    for path, _, cluster in _clusters(site):
        if cluster.autoscaling and not any(group.autoscaled for group in cluster.groups.values()):
            yield Finding(
                site=name,
                path=(*path, "autoscaling"),
                cause="no group is autoscaled",
                remedy="write `autoscaled: true` for a group, or remove it",
            )


def autoscaled_groups_start_empty_and_plain(name: str, site: Site) -> Iterator[Finding]:
    """SageMaker AI Developer Guide, "Create a NodeClass": what Karpenter on HyperPod does not take."""
    for path, _, _, group in _groups(site):
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
    for path, _, _, group in _groups(site):
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


def training_plans_are_the_site_s(settings: FleetSettings, sites: Mapping[str, Site]) -> Iterator[Finding]:
    """A plan serves the account and region that bought it (row L3)."""
    for name, site in sites.items():
        account = settings.accounts.get(site.account)
        for path, _, _, group in _groups(site):
            if group.training_plan is None or account is None:
                continue
            region, account_id = group.training_plan.arn.split(":")[3:5]
            if (region, account_id) != (site.region, account.id):
                yield Finding(
                    site=name,
                    path=(*path, "training_plan", "arn"),
                    cause=f"the plan was bought by {account_id} in {region}, not by {account.id} in {site.region}",
                    remedy="name a plan of the site's own account and region",
                )


def lifecycle_scripts_have_a_bucket(settings: FleetSettings, sites: Mapping[str, Site]) -> Iterator[Finding]:
    """Nodes read their scripts from the site's data bucket."""
    data = settings.data
    holders = (data.central, *data.replicas) if data else ()
    for name, site in sites.items():
        if site.hyperpod is not None and name not in holders:
            yield Finding(
                site=name,
                path=("hyperpod",),
                cause="the site has no data bucket, from which nodes read their lifecycle scripts",
                remedy=f"add {name} to `data.replicas` in fleet.yaml or remove `hyperpod`",
            )
