"""The EKS clusters of a site (rows E1 to E3): control plane, system nodes, add-ons, Karpenter's side, who gets in."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from plan import names, tags
from plan.addons import ADDONS, SYSTEM_TAINT, AddonPlan, addons
from plan.karpenter import KarpenterPlan, plan_karpenter
from plan.network_watch import LogGroupPlan
from plan.roles.scope import site_scope
from spec import Fleet
from spec.eks import HUB_SYSTEM_NODES_MIN, SERVICES_CIDR, AccessEntry, EksCluster, SystemNodeGroup
from spec.eks_fields import SYSTEM_NODES_MIN

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
"""All that there are (EKS API, ClusterLogging)."""

VOLUME_GIB = 100
"""Root volume of a system node: images of all add-ons, several versions of each while they are updated."""

ACCESS_POLICY_ARN = "arn:aws:eks::aws:cluster-access-policy"
API_PORT = 443


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeGroupPlan:
    """The managed node group that runs what the cluster needs. IMDS takes tokens only, and one hop ends before pods."""

    ami_type: str
    instance_type: str
    min_size: int
    desired_size: int
    max_size: int
    volume_gib: int
    metadata_hops: int
    taint: str
    role: str
    instance_tags: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessEntryPlan:
    """Who gets in. `policy_arn` is None for nodes, whose type says what they may; `role` is our own role's key."""

    key: str
    principal_arn: str
    type: Literal["STANDARD", "EC2_LINUX"]
    policy_arn: str | None = None
    namespaces: tuple[str, ...] = ()
    role: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PodIdentityPlan:
    """The role that pods of one service account get."""

    key: str
    namespace: str
    service_account: str
    role: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiIngressPlan:
    """A network whose machines may call the private endpoint."""

    key: str
    cidr: IPv4Network
    port: int
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EksClusterPlan:
    """One cluster. Roles are named by their keys in the plan of the site's roles."""

    name: str
    version: str
    authentication_mode: Literal["API", "API_AND_CONFIG_MAP"]
    support: Literal["STANDARD", "EXTENDED"]
    deletion_protection: bool
    public_cidrs: tuple[IPv4Network, ...]
    services_cidr: IPv4Network
    log_types: tuple[str, ...]
    log_group: LogGroupPlan
    role: str
    administrator_role_arn: str
    api_ingress: tuple[ApiIngressPlan, ...]
    system_nodes: NodeGroupPlan
    addons: tuple[AddonPlan, ...]
    pod_identities: tuple[PodIdentityPlan, ...]
    access: tuple[AccessEntryPlan, ...]
    karpenter: KarpenterPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class EksPlan:
    """The clusters of a site by their short names; all are in its private subnets."""

    zone_ids: tuple[str, ...]
    clusters: dict[str, EksClusterPlan]


def plan_eks(fleet: Fleet, name: str) -> EksPlan | None:
    """The EKS clusters of a site of the fleet; None for one that has none."""
    site = fleet.sites[name]
    if not site.eks or site.network is None:
        return None
    return EksPlan(
        zone_ids=site.network.availability_zones,
        clusters={short: _cluster(fleet, name, short, cluster) for short, cluster in site.eks.items()},
    )


def _cluster(fleet: Fleet, site_name: str, short: str, cluster: EksCluster) -> EksClusterPlan:
    site, scope, name = fleet.sites[site_name], site_scope(fleet, site_name), names.cluster(site_name, short)
    karpenter = plan_karpenter(scope, name, cluster.karpenter)
    return EksClusterPlan(
        name=name,
        version=cluster.version,
        authentication_mode=cluster.authentication_mode,
        support=cluster.support,
        deletion_protection=site.environment == "prod",
        public_cidrs=cluster.public_cidrs,
        services_cidr=SERVICES_CIDR,
        log_types=LOG_TYPES,
        # EKS makes a group of this name by itself, kept for ever, when there is none.
        log_group=LogGroupPlan(name=f"/aws/eks/{name}/cluster", retention_days=cluster.log_retention_days),
        role=names.EKS_CLUSTER_ROLE,
        administrator_role_arn=names.role_arn(scope.account_id, names.EXECUTION_ROLE),
        api_ingress=_api_ingress(fleet),
        system_nodes=_system_nodes(
            name, cluster.system_nodes, tags.of_site(fleet, site_name), is_hub=site.hub
        ),
        addons=addons(cluster.version),
        pod_identities=_pod_identities(karpenter),
        access=(_karpenter_nodes(karpenter), *map(_access, cluster.access)),
        karpenter=karpenter,
    )


def _api_ingress(fleet: Fleet) -> tuple[ApiIngressPlan, ...]:
    """The hub, where Argo CD runs, and the runners. Nodes are in the cluster's own group, which lets them in."""
    hub = fleet.sites[fleet.hub].network
    allowed = []
    if hub is not None:
        allowed.append(
            ApiIngressPlan(
                key="hub", cidr=hub.cidr, port=API_PORT, description=f"API from {fleet.hub}, the hub"
            )
        )
    allowed += [
        ApiIngressPlan(key=f"runners-{index}", cidr=cidr, port=API_PORT, description="API from runners")
        for index, cidr in enumerate(fleet.settings.runner_cidrs)
        if hub is None or cidr != hub.cidr
    ]
    return tuple(allowed)


def _system_nodes(
    cluster: str, nodes: SystemNodeGroup, site_tags: dict[str, str], *, is_hub: bool
) -> NodeGroupPlan:
    """Instances get their tags from here: a provider's default tags end at what the provider itself makes."""
    smallest = nodes.min_size or (HUB_SYSTEM_NODES_MIN if is_hub else SYSTEM_NODES_MIN)
    return NodeGroupPlan(
        ami_type="AL2023_x86_64_STANDARD",
        instance_type=nodes.instance_type,
        min_size=smallest,
        desired_size=nodes.desired_size or smallest,
        max_size=nodes.max_size,
        volume_gib=VOLUME_GIB,
        metadata_hops=1,
        taint=SYSTEM_TAINT,
        role=names.EKS_NODE_ROLE,
        instance_tags={**site_tags, "Name": f"{cluster}-system"},
    )


def _pod_identities(karpenter: KarpenterPlan) -> tuple[PodIdentityPlan, ...]:
    of_addons = (
        PodIdentityPlan(
            key=addon.name,
            namespace=addon.pod_role.namespace,
            service_account=addon.pod_role.service_account,
            role=addon.pod_role.role,
        )
        for addon in ADDONS
        if addon.pod_role
    )
    of_karpenter = PodIdentityPlan(
        key="karpenter",
        namespace=karpenter.namespace,
        service_account=karpenter.service_account,
        role=names.KARPENTER_CONTROLLER_ROLE,
    )
    return (*of_addons, of_karpenter)


def _karpenter_nodes(karpenter: KarpenterPlan) -> AccessEntryPlan:
    """Managed nodes get their entry from EKS; those that Karpenter launches need one."""
    return AccessEntryPlan(
        key="karpenter-nodes",
        principal_arn=karpenter.node_role_arn,
        type="EC2_LINUX",
        role=names.KARPENTER_NODE_ROLE,
    )


def _access(entry: AccessEntry) -> AccessEntryPlan:
    account_id, role = entry.role.split(":")[4], entry.role.rpartition("/")[2]
    return AccessEntryPlan(
        key=f"{account_id}-{role}",
        principal_arn=entry.role,
        type="STANDARD",
        policy_arn=f"{ACCESS_POLICY_ARN}/{entry.policy}",
        namespaces=entry.namespaces,
    )
