"""Rules on HyperPod clusters: where they can be, on what, and what their groups are to Slurm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spec.fleet import FleetSettings
from spec.hyperpod import HyperPodCluster, InstanceGroup
from spec.hyperpod_fields import CLUSTER_NAME_CHARACTERS_MAX
from spec.problem import Finding, Path, did_you_mean
from spec.rules.cluster_names import too_long
from spec.site import Site


def clusters(site: Site) -> Iterator[tuple[Path, str, HyperPodCluster]]:
    """(path, short name, cluster) of each."""
    for short, cluster in (site.hyperpod or {}).items():
        yield ("hyperpod", short), short, cluster


def groups(site: Site) -> Iterator[tuple[Path, str, HyperPodCluster, InstanceGroup]]:
    """(path, name, its cluster, group) of each."""
    for path, _, cluster in clusters(site):
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
    for path, _, cluster in clusters(site):
        if not cluster.groups:
            yield Finding(
                site=name, path=(*path, "groups"), cause="holds nothing", remedy="add at least one group"
            )


def hyperpod_names_are_short(name: str, site: Site) -> Iterator[Finding]:
    """A cluster is named after its site and itself."""
    for path, short, _ in clusters(site):
        yield from too_long(name, path, short, most=CLUSTER_NAME_CHARACTERS_MAX)


def hyperpod_lies_in_a_zone_of_the_network(name: str, site: Site) -> Iterator[Finding]:
    """The zone of a cluster, and that of a bought plan (row H6), picks the private subnet."""
    zones = site.network.availability_zones if site.network else ()
    wanted = [((*path, "availability_zone"), item.availability_zone) for path, _, item in clusters(site)]
    wanted += [
        ((*path, "training_plan", "availability_zone"), group.training_plan.availability_zone)
        for path, _, _, group in groups(site)
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
    for path, _, cluster in clusters(site):
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
    for path, short, cluster in clusters(site):
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
    for path, key, cluster, group in groups(site):
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
    for path, _, cluster in clusters(site):
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


def training_plans_are_the_site_s(settings: FleetSettings, sites: Mapping[str, Site]) -> Iterator[Finding]:
    """A plan serves the account and region that bought it (row L3)."""
    for name, site in sites.items():
        account = settings.accounts.get(site.account)
        for path, _, _, group in groups(site):
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
    """Nodes read their scripts from the site's data bucket. Holds back while a replica is no site: it may be this."""
    data = settings.data
    if data and not {*data.replicas} <= {entry.name for entry in settings.sites}:
        return
    holders = (data.central, *data.replicas) if data else ()
    for name, site in sites.items():
        if site.hyperpod is not None and name not in holders:
            yield Finding(
                site=name,
                path=("hyperpod",),
                cause="the site has no data bucket, from which nodes read their lifecycle scripts",
                remedy=f"add {name} to `data.replicas` in fleet.yaml or remove `hyperpod`",
            )
