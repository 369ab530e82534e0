"""What each kind of stack is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import pulumi

from components import foundation
from components.contracts import promise, read
from components.keys import Keys, KeysArgs
from components.layer import Layer, LayerOptions
from components.links import Peering, PeeringArgs
from components.network import Network, NetworkArgs
from components.registry import Registry, RegistryArgs
from components.storage import Storage, StorageArgs
from plan import FleetPlan, LinksPlan, SitePlan
from plan.contracts import LinksContract, NetworkContract
from plan.storage import StoragePlan


def _keys(below: Mapping[str, Layer]) -> Keys:
    return cast("Keys", below["keys"])


def _storage_args(plan: StoragePlan, below: Mapping[str, Layer]) -> StorageArgs:
    return StorageArgs(
        plan=plan,
        network=cast("Network", below["network"]),
        key_arn=_keys(below).key_arn,
        topic_arn=None,
        data=below.get("data"),
    )


LayerBuilder = Callable[[str, Any, Mapping[str, Layer], LayerOptions], Layer]

LAYERS: dict[str, LayerBuilder] = {
    "network": lambda name, plan, _below, opts: Network(name, NetworkArgs(plan=plan), opts),
    "keys": lambda name, plan, _below, opts: Keys(name, KeysArgs(plan=plan), opts),
    "storage": lambda name, plan, below, opts: Storage(name, _storage_args(plan, below), opts),
    "registry": lambda name, plan, below, opts: Registry(
        name, RegistryArgs(plan=plan, key_arn=_keys(below).key_arn), opts
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
        resource=pulumi.ResourceOptions(providers=[foundation.provider(plan.name, plan.provider)]),
        protect_state=plan.protect_state,
    )
    layers: dict[str, Layer] = {}
    for key, builder in LAYERS.items():
        layer_plan = getattr(plan, key)
        if layer_plan is not None:
            layers[key] = builder(f"{plan.name}-{key}", layer_plan, layers, options)
            layers[key].promise()


def build_links(plan: LinksPlan, sites: Mapping[str, SitePlan]) -> None:
    """Links holds what needs both ends; each end is made under the provider of its own site."""
    providers = {name: foundation.provider(name, sites[name].provider) for name in plan.sites}
    networks = {name: read(NetworkContract, name) for name in plan.sites}
    peerings = {
        peering.key: Peering(peering.key, PeeringArgs(plan=peering, providers=providers, networks=networks))
        for peering in plan.peerings
    }
    promise(LinksContract, peering_connection_ids={key: peer.connection_id for key, peer in peerings.items()})
