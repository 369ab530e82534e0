"""The service itself: its clusters, its clock, and what it does without being asked.

Nothing runs in the background but the joining of nodes to Kubernetes: states are read off the clock when somebody asks.
Two things that no client calls can be made to fail, like an operation: `ProvisionCluster` (a cluster's create is taken
back) and `RunDeepHealthCheck` (a node does not pass).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from moto.ec2.models import ec2_backends
from moto.eks.models import eks_backends

from sandbox.aws import ec2, eks_nodes
from sandbox.aws.dispatch import MOTO_LOCK
from sandbox.aws.eks_state import EksCluster
from sandbox.aws.faults import FaultTable, Place
from sandbox.aws.hyperpod import labels, life
from sandbox.aws.hyperpod.model import Cluster, Event, Node
from sandbox.state import Latency

PROVISION, CHECK = "ProvisionCluster", "RunDeepHealthCheck"
"""What the service does by itself: faults may name it (`sandbox.aws.strikes.INTERNAL`)."""

FAILED_CHECK = "Deep health check failed: InstanceStress: DCGM level 4 diagnostics found a faulty GPU."
ROLLED_BACK = (
    "Failed to provision the cluster: not enough capacity for instance group {group} of {instance_type}."
)


@dataclass(slots=True)
class Service:
    """Every HyperPod cluster of the emulator. To be used under moto's lock."""

    faults: FaultTable = field(default_factory=FaultTable)
    latency: Latency = field(default_factory=Latency)
    clock: Callable[[], float] = time.time
    _clusters: dict[tuple[str, str], dict[str, Cluster]] = field(default_factory=dict)

    @property
    def times(self) -> life.Times:
        return life.Times.of(self.latency)

    def clusters(self, account: str, region: str) -> dict[str, Cluster]:
        """The clusters of a place by name, as they are now: what has ended is gone, what failed is replaced."""
        found = self._clusters.setdefault((account, region), {})
        for cluster in list(found.values()):
            self._settle(cluster)
            if cluster.ends_at is not None and self.clock() >= cluster.ends_at:
                self._remove(cluster, cluster.nodes)
                del found[cluster.name]
        return found

    def everywhere(self) -> Iterator[Cluster]:
        """All clusters of all places."""
        for account, region in list(self._clusters):
            yield from self.clusters(account, region).values()

    def launch(
        self, cluster: Cluster, group: str, count: int, instance_type: str | None = None
    ) -> list[Node]:
        """New nodes of a group, each with an interface in the group's subnet."""
        return [self._launch(cluster, group, instance_type) for _ in range(count)]

    def end(self, cluster: Cluster, nodes: Sequence[Node]) -> None:
        """Shut nodes down; they are gone after a while."""
        for node in nodes:
            node.ends_at = self.clock() + life.DELETE * self.times.cluster_s
            self.tell(
                cluster,
                Event(
                    at=self.clock(),
                    kind="Instance",
                    text="Instance is shutting down.",
                    group=node.group,
                    instance_id=node.instance_id,
                ),
            )
            _leave(cluster, node)
        self._settle(cluster)

    def tell(self, cluster: Cluster, event: Event) -> None:
        """Keep an event of a cluster that tells."""
        if cluster.is_continuous:
            cluster.events.append(event)

    def is_struck(self, operation: str, account: str, region: str) -> bool:
        """Whether a fault makes this fail."""
        place = Place(service="sagemaker", operation=operation, account=account, region=region)
        strike = self.faults.meet(place)
        if strike is not None:
            strike.hit()
        return strike is not None

    def _launch(self, cluster: Cluster, group: str, instance_type: str | None) -> Node:
        spec, backend = cluster.groups[group], ec2_backends[cluster.account][cluster.region]
        vpc: Mapping[str, Any] = spec.get("OverrideVpcConfig") or cluster.settings.get("VpcConfig") or {}
        subnets = vpc.get("Subnets", [])
        subnet_id = subnets[len(cluster.nodes_of(group)) % len(subnets)] if subnets else None
        address, interface_id = "10.0.0.4", None
        if subnet_id:
            address = ec2.free_address(backend, subnet_id)
            interface = backend.create_network_interface(subnet_id, address)
            groups = [backend.get_security_group_from_id(item) for item in vpc["SecurityGroupIds"]]
            ec2.manage(
                interface,
                address=address,
                interface_type="interface",
                description=f"[Do not delete] ENI managed by SageMaker HyperPod cluster {cluster.name}",
                groups=groups,
            )
            interface_id = interface.id
        checks = tuple(spec.get("OnStartDeepHealthChecks", ()))
        node = Node(
            group=group,
            instance_type=instance_type
            or spec.get("InstanceType")
            or spec["InstanceRequirements"]["InstanceTypes"][0],
            checks=checks,
            subnet_id=subnet_id,
            interface_id=interface_id,
            address=address,
            launched_at=self.clock(),
            fails_check=bool(checks) and self.is_struck(CHECK, cluster.account, cluster.region),
            capacity="Spot" if "Spot" in spec.get("CapacityRequirements", {}) else "OnDemand",
        )
        cluster.nodes.append(node)
        self.tell(
            cluster,
            Event(
                at=self.clock(),
                kind="Instance",
                text="Instance is being launched.",
                group=group,
                instance_id=node.instance_id,
            ),
        )
        if cluster.eks_cluster_arn:
            self._join_in_time(cluster, node)
        return node

    def _join_in_time(self, cluster: Cluster, node: Node) -> None:
        """A node joins when its instance is there, and says so again when its checks are over."""
        times, now = self.times, self.clock()
        for moment in sorted({life.running_at(node, times), life.checked_at(node, times)}):
            if moment <= now:
                self._join(cluster, node)
            else:
                timer = threading.Timer(moment - now, self._join_later, (cluster, node))
                timer.daemon = True
                timer.start()

    def _join_later(self, cluster: Cluster, node: Node) -> None:
        with MOTO_LOCK:
            self._join(cluster, node)

    def _join(self, cluster: Cluster, node: Node) -> None:
        status = life.node_status(node, self.clock(), self.times)
        if status == "ShuttingDown" or cluster.ends_at is not None:
            return
        eks_cluster = eks_cluster_of(cluster)
        if eks_cluster is None:
            return
        zone, zone_id = self.zone_of(cluster, node)
        facts = eks_nodes.NodeFacts(
            name=node.name,
            provider_id=f"aws:///{zone_id}/sagemaker/cluster/{node.name}",
            labels=labels.labels(cluster, node, status, zone=zone, zone_id=zone_id),
            taints=labels.taints(cluster, node, status),
            capacity=eks_nodes.capacity(node.instance_type.removeprefix("ml.")),
            zone=zone,
            instance_type=node.instance_type,
            internal_ip=node.address,
        )
        for listener in eks_nodes.LISTENERS:
            listener.joined(eks_cluster, facts)

    def zone_of(self, cluster: Cluster, node: Node) -> tuple[str, str]:
        """Name and id of the zone that a node is in."""
        if node.subnet_id is None:
            return f"{cluster.region}a", ""
        subnet = ec2_backends[cluster.account][cluster.region].get_subnet(node.subnet_id)
        return subnet.availability_zone, subnet._availability_zone.zone_id

    def _settle(self, cluster: Cluster) -> None:
        """Nodes that have shut down are gone; those that failed their checks are replaced where nodes recover."""
        now, times = self.clock(), self.times
        ended = [node for node in cluster.nodes if node.ends_at is not None and now >= node.ends_at]
        self._remove(cluster, ended)
        if not cluster.recovers or cluster.ends_at is not None:
            return
        for node in list(cluster.nodes):
            if life.node_status(node, now, times) == "Failure":
                self.tell(
                    cluster,
                    Event(
                        at=now,
                        kind="Instance",
                        text="Replacing a faulty instance.",
                        level="Error",
                        group=node.group,
                        instance_id=node.instance_id,
                        failure=FAILED_CHECK,
                    ),
                )
                self.end(cluster, [node])
                self._launch(cluster, node.group, node.instance_type)

    def _remove(self, cluster: Cluster, nodes: Sequence[Node]) -> None:
        interfaces = ec2_backends[cluster.account][cluster.region].enis
        for node in list(nodes):
            interfaces.pop(node.interface_id, None)
            cluster.nodes.remove(node)
            _leave(cluster, node)


def eks_cluster_of(cluster: Cluster) -> EksCluster | None:
    """The EKS cluster that a cluster is attached to, if it is there."""
    arn = cluster.eks_cluster_arn
    return eks_cluster(arn) if arn else None


def eks_cluster(arn: str) -> EksCluster | None:
    """The EKS cluster with this ARN."""
    if arn.count(":") < 5:
        return None
    region, account, resource = arn.split(":")[3:6]
    found: EksCluster | None = eks_backends[account][region].clusters.get(resource.partition("/")[2])
    return found


def _leave(cluster: Cluster, node: Node) -> None:
    eks_cluster = eks_cluster_of(cluster)
    if eks_cluster is not None:
        for listener in eks_nodes.LISTENERS:
            listener.left(eks_cluster, node.name)


SERVICE = Service()
"""The emulator's own; it gives it its faults and its latency."""
