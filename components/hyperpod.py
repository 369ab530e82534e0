"""A site's HyperPod clusters, as their plan says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pulumi
import pulumi_aws_native as aws_native
import pulumi_kubernetes as kubernetes

from components import foundation, lifecycle_scripts
from components.cloud_control import sdk_names
from components.contracts import promise
from components.data import Data
from components.eks import EksCluster
from components.layer import Layer, LayerOptions
from components.network import Network
from components.storage import Storage
from plan import mounts
from plan.contracts import HyperPodContract, StorageContract
from plan.hyperpod import HyperPodClusterPlan, HyperPodPlan
from plan.hyperpod_chart import ChartPlan
from plan.hyperpod_model import Given, free_counts, model

TIMEOUT = pulumi.CustomTimeouts(create="3h", update="3h", delete="2h")
"""A group that does not get its instances is given up after three hours (SageMaker API, MinInstanceCount)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HyperPodArgs:
    """What HyperPod clusters are built from. `roles` is the layer that makes their roles."""

    plan: HyperPodPlan
    network: Network
    key_arn: pulumi.Output[str]
    data: Data
    roles: Layer
    storage: Storage | None
    eks: Mapping[str, EksCluster]


class HyperPod(Layer):
    """The HyperPod clusters of a site. Names and ARNs are promised as `HyperPodContract`."""

    cluster_arns: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: HyperPodArgs, opts: LayerOptions | None = None) -> None:
        super().__init__(name, opts)
        self._args = args
        self._mounts = _mounts(args)
        clusters = {short: self._cluster(short, plan) for short, plan in args.plan.clusters.items()}
        self.cluster_arns = {short: cluster.cluster_arn for short, cluster in clusters.items()}
        self._contract: dict[str, pulumi.Input[Any]] = {
            "cluster_names": {short: plan.name for short, plan in args.plan.clusters.items()},
            "cluster_arns": self.cluster_arns,
            "eks_clusters": {
                short: plan.eks_cluster for short, plan in args.plan.clusters.items() if plan.eks_cluster
            },
        }
        self.register_outputs(self._contract)

    def promise(self) -> None:
        """Export what other stacks may rely on."""
        promise(HyperPodContract, **self._contract)

    def _cluster(self, short: str, plan: HyperPodClusterPlan) -> aws_native.sagemaker.Cluster:
        """The cluster, after its roles, its scripts, the ways of its groups and, on EKS, all that it stands on."""
        args, eks = self._args, self._args.eks[plan.eks_cluster] if plan.eks_cluster else None
        scripts = lifecycle_scripts.upload(
            self,
            short,
            plan.scripts,
            bucket=args.data.bucket_name,
            key_arn=args.key_arn,
            fstab=self._mounts.fstab if plan.orchestrator == "slurm" else (),
        )
        groups = tuple(args.network.security_group_ids[key] for key in plan.security_groups)
        given = Given(
            subnet_ids=args.network.private_subnet_ids,
            security_group_ids=(*groups, *((eks.security_group_id,) if eks else ())),
            key_arn=args.key_arn,
            scripts_uri=scripts.s3_uri,
            lustre=self._mounts.lustre,
            eks_cluster_arn=eks.arn if eks else None,
        )
        below = [*eks.ready, self._dependencies(short, plan.chart, eks)] if eks and plan.chart else []
        rules = [rule for key in plan.security_groups for rule in args.network.security_group_rules[key]]
        return self.child(
            aws_native.sagemaker.Cluster,
            short,
            stateful=True,
            **_arguments(model(plan, given)),
            opts=pulumi.ResourceOptions(
                depends_on=[args.roles, *rules, *below],
                custom_timeouts=TIMEOUT,
                delete_before_replace=True,  # its name is fixed
                ignore_changes=list(free_counts(plan)),
            ),
        )

    def _dependencies(self, short: str, plan: ChartPlan, eks: EksCluster) -> kubernetes.helm.v3.Release:
        """AWS's chart in the EKS cluster, once that is up. Not waited for: what it brings runs on nodes to come."""
        provider = foundation.kubernetes_provider(f"{self.name}-{short}", eks.kubeconfig, eks.arn, self)
        return self.child(
            kubernetes.helm.v3.Release,
            f"{short}-dependencies",
            name=plan.release,
            namespace=plan.namespace,
            chart=plan.chart,
            dependency_update=True,
            skip_await=True,
            values=plan.values,
            opts=pulumi.ResourceOptions(provider=provider, depends_on=eks.ready),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mounts:
    """What nodes mount: Lustre by the API, and lines of /etc/fstab for the rest."""

    lustre: tuple[pulumi.Output[Any], ...]
    fstab: pulumi.Output[Sequence[str]]


def _mounts(args: HyperPodArgs) -> _Mounts:
    """Ids come from the site's own storage layer, under the names of its contract."""
    if args.storage is None:
        return _Mounts(lustre=(), fstab=pulumi.Output.from_input(()))
    plan, outputs = args.storage.plan, pulumi.Output.from_input(args.storage.promised)
    promised = outputs.apply(lambda ids: StorageContract(**cast("dict[str, dict[str, str]]", ids)))
    lustre = (promised.apply(lambda ids: mounts.hyperpod_storage(plan, ids)[0]),) if plan.lustre else ()
    return _Mounts(
        lustre=tuple(mount.apply(sdk_names) for mount in lustre),
        fstab=promised.apply(lambda ids: mounts.hyperpod_fstab(plan, ids)),
    )


def _arguments(cluster: dict[str, Any]) -> dict[str, Any]:
    """A model as arguments of the SDK, which has top-level names with underscores."""
    named = {
        "ClusterName": "cluster_name",
        "ClusterRole": "cluster_role",
        "AutoScaling": "auto_scaling",
        "InstanceGroups": "instance_groups",
        "NodeProvisioningMode": "node_provisioning_mode",
        "NodeRecovery": "node_recovery",
        "Orchestrator": "orchestrator",
        "TieredStorageConfig": "tiered_storage_config",
        "VpcConfig": "vpc_config",
    }
    return {named[name]: sdk_names(value) for name, value in cluster.items()}
