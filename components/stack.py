"""What each kind of stack is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import pulumi

from components import foundation
from components.alerts import Alerts, AlertsArgs
from components.contracts import promise, read
from components.data import Data, DataArgs
from components.eks import Eks, EksArgs
from components.hyperpod import HyperPod, HyperPodArgs
from components.keys import Keys, KeysArgs
from components.layer import Layer, LayerOptions
from components.links import Peering, PeeringArgs
from components.network import Network, NetworkArgs
from components.parallelcluster import ParallelCluster, ParallelClusterArgs
from components.registry import Registry, RegistryArgs
from components.replication import Replication, ReplicationArgs
from components.roles import Roles, RolesArgs
from components.storage import Storage, StorageArgs
from plan import FleetPlan, LinksPlan, SitePlan
from plan.contracts import KeysContract, LinksContract, NetworkContract
from plan.eks import EksPlan
from plan.hyperpod import HyperPodPlan
from plan.parallelcluster import ParallelClusterPlan
from plan.storage import StoragePlan

LayerBuilder = Callable[[str, Any, Mapping[str, Layer], LayerOptions], Layer]

LAYERS: dict[str, LayerBuilder] = {
    "network": lambda name, plan, _below, opts: Network(name, NetworkArgs(plan=plan), opts),
    "keys": lambda name, plan, _below, opts: Keys(name, KeysArgs(plan=plan), opts),
    "roles": lambda name, plan, _below, opts: Roles(name, RolesArgs(plan=plan), opts),
    "alerts": lambda name, plan, below, opts: Alerts(
        name, AlertsArgs(plan=plan, key_arn=_key_of(below)), opts
    ),
    "data": lambda name, plan, below, opts: Data(name, DataArgs(plan=plan, key_arn=_key_of(below)), opts),
    "storage": lambda name, plan, below, opts: Storage(name, _storage_args(plan, below), opts),
    "registry": lambda name, plan, below, opts: Registry(
        name, RegistryArgs(plan=plan, key_arn=_key_of(below)), opts
    ),
    "eks": lambda name, plan, below, opts: Eks(name, _eks_args(plan, below), opts),
    "hyperpod": lambda name, plan, below, opts: HyperPod(name, _hyperpod_args(plan, below), opts),
    "parallelcluster": lambda name, plan, below, opts: ParallelCluster(
        name, _parallelcluster_args(plan, below), opts
    ),
}
"""The layers of a site in the order they stand on each other, by their field of `SitePlan`.

A builder gets the layer's name, its plan, the layers below it, and options with the site's provider
and whether the site protects its state.
"""


def build(fleet: FleetPlan, stack: str) -> None:
    """Build one stack of the fleet. Raises RunError for a stack that the fleet does not have."""
    if stack not in fleet.stacks:
        raise pulumi.RunError(f"fleet.yaml has no stack {stack}; it has {', '.join(fleet.stacks)}")
    if fleet.stacks[stack].kind == "site":
        build_site(fleet.sites[stack])
    else:
        build_links(fleet.links, fleet.sites)


def build_site(plan: SitePlan) -> None:
    """A site is its layers, each under the site's provider."""
    options = LayerOptions(
        resource=pulumi.ResourceOptions(providers=_providers(plan)),
        protect_state=plan.protect_state,
    )
    layers: dict[str, Layer] = {}
    for key, builder in LAYERS.items():
        layer_plan = getattr(plan, key)
        if layer_plan is not None:
            layers[key] = builder(f"{plan.name}-{key}", layer_plan, layers, options)
            layers[key].promise()


def _providers(plan: SitePlan) -> list[pulumi.ProviderResource]:
    """What the site's layers are made with; each package that no layer needs is left out."""
    providers: list[pulumi.ProviderResource] = [foundation.provider(plan.name, plan.provider)]
    if plan.eks:
        providers.append(foundation.eks_provider(plan.name))
    if plan.hyperpod:
        providers.append(foundation.native_provider(f"{plan.name}-native", plan.provider))
    return providers


def build_links(plan: LinksPlan, sites: Mapping[str, SitePlan]) -> None:
    """Links holds what needs both ends; each end is made under the provider of its own site."""
    providers = {name: foundation.provider(name, sites[name].provider) for name in plan.sites}
    networks = {name: read(NetworkContract, name) for name in plan.peered_sites}
    peerings = {
        peering.key: Peering(peering.key, PeeringArgs(plan=peering, providers=providers, networks=networks))
        for peering in plan.peerings
    }
    if plan.replication:
        keys = {
            name: read(KeysContract, name).apply(lambda keys: keys.key_arn) for name in plan.replication.sites
        }
        Replication(
            "replication",
            ReplicationArgs(plan=plan.replication, key_arns=keys),
            LayerOptions(
                resource=pulumi.ResourceOptions(providers=[providers[plan.replication.source.site]])
            ),
        )
    promise(LinksContract, peering_connection_ids={key: peer.connection_id for key, peer in peerings.items()})


def _key_of(below: Mapping[str, Layer]) -> pulumi.Output[str]:
    """The site's key; every layer that stores something stands on it."""
    return cast("Keys", below["keys"]).key_arn


def _eks_args(plan: EksPlan, below: Mapping[str, Layer]) -> EksArgs:
    """Clusters stand in the network and work with the site's roles and its key."""
    return EksArgs(
        plan=plan,
        network=cast("Network", below["network"]),
        roles=cast("Roles", below["roles"]),
        key_arn=_key_of(below),
    )


def _storage_args(plan: StoragePlan, below: Mapping[str, Layer]) -> StorageArgs:
    """File systems stand in the network, and are linked to the bucket of the data layer where there is one."""
    return StorageArgs(
        plan=plan,
        network=cast("Network", below["network"]),
        key_arn=_key_of(below),
        topic_arn=cast("Alerts", below["alerts"]).topic_arn if "alerts" in below else None,
        data=below.get("data"),
    )


def _hyperpod_args(plan: HyperPodPlan, below: Mapping[str, Layer]) -> HyperPodArgs:
    """Clusters stand on everything of their site: ways, roles, file systems, the bucket of their scripts."""
    return HyperPodArgs(
        plan=plan,
        network=cast("Network", below["network"]),
        key_arn=_key_of(below),
        data=cast("Data", below["data"]),
        roles=below["roles"],
        storage=cast("Storage", below["storage"]) if "storage" in below else None,
        eks=cast("Eks", below["eks"]).clusters if "eks" in below else {},
    )


def _parallelcluster_args(plan: ParallelClusterPlan, below: Mapping[str, Layer]) -> ParallelClusterArgs:
    """Slurm clusters stand in the network, with the roles of their nodes, and mount the site's file systems."""
    return ParallelClusterArgs(
        plan=plan,
        site=pulumi.get_stack(),
        network=cast("Network", below["network"]),
        roles=below.get("roles"),
        storage=cast("Storage", below["storage"]) if "storage" in below else None,
    )
