"""What Argo CD knows of an EKS cluster: one table of switches and one of facts.

A switch is a label of the cluster's secret, "true" or "false", since ApplicationSets select by labels (row T1). A
fact is an annotation. Every cluster has all of them, a fact that does not apply as "": templates fail on a name that
is missing, never on a cluster that lacks something. docs/gitops-facts.md is this table as a page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from plan import names, tags
from plan.registered_cluster import GPU_FLEET, Subject


@dataclass(frozen=True, kw_only=True, slots=True)
class Switch:
    """A label `enable_<name>`: what it turns on, and where it is on by itself."""

    name: str
    meaning: str
    default: Callable[[Subject], bool]
    rule: str

    @property
    def label(self) -> str:
        """Its name on the cluster's secret."""
        return f"enable_{self.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """A label or an annotation: what it says and where that comes from."""

    name: str
    meaning: str
    source: str
    value: Callable[[Subject], str]


def _everywhere(_: Subject) -> bool:
    return True


def _without_hyperpod(subject: Subject) -> bool:
    return not subject.cluster.has_hyperpod


def _for_training(subject: Subject) -> bool:
    return subject.site.purpose == "training"


def _on_spokes(subject: Subject) -> bool:
    return not subject.site.hub


EVERYWHERE = "every cluster"
NO_HYPERPOD = "clusters without HyperPod, whose own chart brings it"

SWITCHES: tuple[Switch, ...] = (
    Switch(name="karpenter", meaning="Karpenter and its CRDs", default=_everywhere, rule=EVERYWHERE),
    Switch(
        name="node_pools",
        meaning="NodePools and EC2NodeClasses (rows E4, R2); off before karpenter, so that their nodes can go",
        default=_everywhere,
        rule=EVERYWHERE,
    ),
    Switch(
        name="nvidia_device_plugin",
        meaning="NVIDIA device plugin, with time slicing where a node asks for it (row R6)",
        default=_without_hyperpod,
        rule=NO_HYPERPOD,
    ),
    Switch(
        name="efa_device_plugin", meaning="EFA device plugin", default=_without_hyperpod, rule=NO_HYPERPOD
    ),
    Switch(
        name="load_balancer_controller",
        meaning="AWS Load Balancer Controller",
        default=_everywhere,
        rule=EVERYWHERE,
    ),
    Switch(name="metrics_server", meaning="Metrics Server", default=_everywhere, rule=EVERYWHERE),
    Switch(name="cert_manager", meaning="cert-manager", default=_everywhere, rule=EVERYWHERE),
    Switch(
        name="external_secrets",
        meaning="External Secrets Operator",
        default=_on_spokes,
        rule="every cluster but the hub, whose site installs it to bring Argo CD's repository credential",
    ),
    Switch(name="dcgm_exporter", meaning="DCGM exporter: GPU metrics", default=_everywhere, rule=EVERYWHERE),
    Switch(
        name="prometheus", meaning="Prometheus and Grafana (row R8)", default=_everywhere, rule=EVERYWHERE
    ),
    Switch(
        name="kueue",
        meaning="Kueue, its flavor, and a queue for each team",
        default=_for_training,
        rule="clusters of training sites",
    ),
    Switch(name="storage_classes", meaning="Storage classes (row R4)", default=_everywhere, rule=EVERYWHERE),
)

SITE_FILE = "site file"
FLEET_FILE = "fleet.yaml"
REPOSITORY = "fleet.yaml, the sandbox's own in the sandbox"
NAMES = "plan/names.py"
NETWORK = "stack output network"
STORAGE = "stack output storage"

LABELS: tuple[Fact, ...] = (
    Fact(
        name="cluster_type",
        meaning="training or inference: the third layer of values",
        source=SITE_FILE,
        value=lambda s: s.site.purpose,
    ),
    Fact(
        name="environment",
        meaning="prod or dev: the second layer of values",
        source=SITE_FILE,
        value=lambda s: s.site.environment,
    ),
    Fact(name="aws_region", meaning="AWS region", source=SITE_FILE, value=lambda s: s.site.region),
    Fact(
        name="kubernetes_version",
        meaning="Kubernetes minor version",
        source=SITE_FILE,
        value=lambda s: s.cluster.kubernetes_version,
    ),
)


def _role(role: str) -> Callable[[Subject], str]:
    return lambda s: names.site_role(role, s.cluster.site)


def _json(value: Mapping[str, str]) -> str:
    return json.dumps(value, sort_keys=True)


def _tags(subject: Subject) -> str:
    settings = subject.fleet.settings
    return _json(
        tags.default_tags(
            site=subject.cluster.site,
            environment=subject.site.environment,
            owner=settings.owner,
            repository=settings.repository,
        )
    )


FACTS: tuple[Fact, ...] = (
    Fact(
        name="aws_account_id",
        meaning="AWS account, 12 digits",
        source=FLEET_FILE,
        value=lambda s: s.account_id,
    ),
    Fact(
        name="aws_vpc_id", meaning="the site's VPC", source=NETWORK, value=lambda s: s.deployed.network.vpc_id
    ),
    Fact(
        name="aws_tags", meaning="tags of everything the site makes, as JSON", source=FLEET_FILE, value=_tags
    ),
    Fact(
        name="gitops_repository",
        meaning="the repository that the cluster is filled from",
        source=REPOSITORY,
        value=lambda s: s.source.url,
    ),
    Fact(
        name="gitops_revision",
        meaning="the branch of it that the cluster follows",
        source="main, unless the cluster tries another",
        value=lambda s: s.source.revision,
    ),
    Fact(name="site", meaning="the site", source=FLEET_FILE, value=lambda s: s.cluster.site),
    Fact(
        name="cluster_endpoint",
        meaning="the cluster's API",
        source="EKS",
        value=lambda s: s.deployed.endpoint,
    ),
    Fact(
        name="private_subnet_ids",
        meaning="subnets of nodes, all zones, with commas",
        source=NETWORK,
        value=lambda s: ",".join(
            subnet for _, subnet in sorted(s.deployed.network.private_subnet_ids.items())
        ),
    ),
    Fact(
        name="gpu_subnet_id",
        meaning="the subnet of GPU nodes: Lustre's zone, else the site's first",
        source=NETWORK,
        value=lambda s: s.deployed.network.private_subnet_ids[s.gpu_zone_id],
    ),
    Fact(
        name="gpu_placement_group",
        meaning=f"placement group of the GPU fleet {GPU_FLEET} in that zone",
        source=NETWORK,
        value=lambda s: s.deployed.network.placement_groups.get(f"{GPU_FLEET}-{s.gpu_zone_id}", ""),
    ),
    Fact(
        name="node_security_group_ids",
        meaning="security groups of every node: the cluster's own and base, with commas",
        source=f"EKS, {NETWORK}",
        value=lambda s: f"{s.deployed.security_group_id},{s.deployed.network.security_group_ids['base']}",
    ),
    Fact(
        name="efa_security_group_id",
        meaning="security group of EFA traffic, self only",
        source=NETWORK,
        value=lambda s: s.deployed.network.security_group_ids["efa"],
    ),
    Fact(
        name="kms_key_arn",
        meaning="the site's key",
        source="stack output keys",
        value=lambda s: s.deployed.key_arn,
    ),
    Fact(
        name="karpenter_queue",
        meaning="queue of interruptions; it has the cluster's name",
        source=NAMES,
        value=lambda s: s.cluster.name,
    ),
    Fact(
        name="karpenter_instance_profile",
        meaning="instance profile of Karpenter's nodes",
        source=NAMES,
        value=_role(names.KARPENTER_NODE_ROLE),
    ),
    Fact(
        name="gpu_limit",
        meaning="most GPUs that Karpenter's pool gpu-training runs at once",
        source=SITE_FILE,
        value=lambda s: str(s.cluster.gpu_limit),
    ),
    Fact(
        name="capacity_reservations",
        meaning="reservations and capacity blocks of GPU nodes (row E5), with commas",
        source=SITE_FILE,
        value=lambda s: ",".join(s.cluster.capacity_reservations),
    ),
    Fact(name="data_bucket", meaning="the site's data bucket", source=NAMES, value=lambda s: s.data_bucket),
    Fact(
        name="lustre_id",
        meaning="FSx for Lustre file system",
        source=STORAGE,
        value=lambda s: s.stored("file_system_ids", "lustre"),
    ),
    Fact(
        name="lustre_dns_name",
        meaning="its DNS name",
        source=STORAGE,
        value=lambda s: s.stored("dns_names", "lustre"),
    ),
    Fact(
        name="lustre_mount_name",
        meaning="its mount name",
        source=STORAGE,
        value=lambda s: s.stored("mount_names", "lustre"),
    ),
    Fact(
        name="lustre_capacity_gib",
        meaning="its size in GiB",
        source=SITE_FILE,
        value=lambda s: (
            str(s.site.storage.lustre.capacity_gib) if s.site.storage and s.site.storage.lustre else ""
        ),
    ),
    Fact(
        name="lustre_security_group_id",
        meaning="security group of Lustre servers",
        source=NETWORK,
        value=lambda s: s.deployed.network.security_group_ids.get("lustre", ""),
    ),
    Fact(
        name="efs_id",
        meaning="EFS file system",
        source=STORAGE,
        value=lambda s: s.stored("file_system_ids", "efs"),
    ),
    Fact(
        name="efs_access_points",
        meaning="access points of EFS by team, as JSON",
        source=STORAGE,
        value=lambda s: _json(s.deployed.storage.access_point_ids if s.deployed.storage else {}),
    ),
)
