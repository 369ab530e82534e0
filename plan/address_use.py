"""How many addresses of each private subnet clusters may come to need, against row N8's budget.

Each consumer says the most that it can ever have: HyperPod its counts, ParallelCluster its queues' maxima, Karpenter
what its GPU limit allows, all of it in one zone, since it may launch there. What grows without a limit (a group that
SageMaker's Karpenter scales) counts with what it starts with.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plan.cluster_config import filled
from plan.eks import EksPlan
from plan.hyperpod import HyperPodPlan
from plan.ip_budget import ADDRESSES_PER_NODE, BUDGET, Orchestrator, usable_addresses
from plan.network import NetworkPlan, SubnetPlan
from plan.parallelcluster import ParallelClusterPlan, example_facts

MAX_COUNT = 10
"""ParallelCluster's own default of a compute resource (User Guide 3, SlurmQueues)."""

GPUS_PER_NODE = 8
"""Of a P5 and its relatives, the machines that row N8 counts in."""

_KINDS: Mapping[str, Orchestrator] = {"eks": "hyperpod-eks", "slurm": "slurm"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """So many nodes of one consumer in one zone. `path` is where the site's file asks for them."""

    path: tuple[str | int, ...]
    what: str
    zone_id: str
    nodes: int
    orchestrator: Orchestrator

    @property
    def addresses(self) -> int:
        return self.nodes * ADDRESSES_PER_NODE[self.orchestrator]


@dataclass(frozen=True, kw_only=True, slots=True)
class Overrun:
    """A subnet that is too small for all that may come into it."""

    subnet: SubnetPlan
    uses: tuple[Use, ...]

    @property
    def cause(self) -> str:
        """Who needs how much of how much."""
        parts = ", ".join(f"{use.what} {use.addresses}" for use in self.uses)
        needed, usable = sum(use.addresses for use in self.uses), usable_addresses(self.subnet.cidr)
        return (
            f"{needed} addresses of {self.subnet.cidr} in {self.subnet.zone_id} may be needed ({parts}), "
            f"and nodes may have {allowed(self.subnet)} of its {usable}"
        )

    @property
    def remedy(self) -> str:
        """What can be done about it."""
        return "lower the counts, move a group to another zone, or widen the subnet before anything is in it"


def allowed(subnet: SubnetPlan) -> int:
    """The most addresses of a subnet that nodes may have."""
    return math.ceil(usable_addresses(subnet.cidr) * BUDGET) - 1


def hyperpod_uses(plan: HyperPodPlan | None) -> Iterator[Use]:
    """The groups of HyperPod clusters, each in its zone."""
    for short, cluster in plan.clusters.items() if plan else ():
        for group in cluster.groups:
            yield Use(
                path=("hyperpod", short, "groups", group.name, "count"),
                what=f"HyperPod {short}/{group.name}",
                zone_id=group.zone_id,
                nodes=group.count,
                orchestrator=_KINDS[cluster.orchestrator],
            )


def karpenter_uses(plan: EksPlan | None) -> Iterator[Use]:
    """What Karpenter may launch in each zone by a cluster's GPU limit."""
    for short, cluster in plan.clusters.items() if plan else ():
        for zone_id in plan.zone_ids if plan else ():
            yield Use(
                path=("eks", short, "karpenter", "gpu_limit"),
                what=f"Karpenter of {short}",
                zone_id=zone_id,
                nodes=math.ceil(cluster.karpenter.gpu_limit / GPUS_PER_NODE),
                orchestrator="hyperpod-eks",
            )


def parallelcluster_uses(plan: ParallelClusterPlan | None) -> Iterator[Use]:
    """The most nodes that each queue of a Slurm cluster may have, by the cluster's file.

    A queue that is left out, as that of a capacity block without a reservation, needs none.
    """
    if plan is None:
        return
    for cluster in plan.clusters:
        config = filled(cluster.file, cluster.config, example_facts(plan, cluster, None))
        for queue in config.get("Scheduling", {}).get("SlurmQueues", ()):
            nodes = sum(int(item.get("MaxCount", MAX_COUNT)) for item in queue.get("ComputeResources", ()))
            yield Use(
                path=("parallelcluster", "clusters", cluster.key),
                what=f"queue {queue['Name']} of ParallelCluster {cluster.key}",
                zone_id=cluster.zone_id,
                nodes=nodes,
                orchestrator="slurm",
            )


def overruns(network: NetworkPlan, uses: tuple[Use, ...]) -> Iterator[Overrun]:
    """Every private subnet that could run out of addresses."""
    for subnet in network.private_subnets:
        here = tuple(use for use in uses if use.zone_id == subnet.zone_id and use.nodes)
        if sum(use.addresses for use in here) > allowed(subnet):
            yield Overrun(subnet=subnet, uses=here)
