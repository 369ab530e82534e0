"""Nodes of managed node groups: EC2 instances with AWS's tags, and what the cluster sees of each.

Whoever runs the clusters' API servers listens: `LISTENERS` are told of every node that joins or leaves.
Source: EKS User Guide, "Managed node groups" and "Tagging your Amazon EKS resources"; kubernetes.io, "Well-Known
Labels, Annotations and Taints".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from moto.ec2.models import ec2_backends
from moto.ec2.models.instance_types import INSTANCE_TYPES

from sandbox.aws.eks_state import EksCluster, Shown

EFFECTS = {
    "NO_SCHEDULE": "NoSchedule",
    "NO_EXECUTE": "NoExecute",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
}
"""The API's word -> Kubernetes'."""

IMAGE = "ami-0eks1234567890abc"
"""An EKS-optimised image; nobody starts it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeFacts:
    """A node as its cluster sees it. `capacity` are quantities as Kubernetes writes them."""

    name: str
    provider_id: str
    labels: dict[str, str]
    taints: tuple[dict[str, str], ...]
    capacity: dict[str, str]
    zone: str
    instance_type: str
    internal_ip: str


class Listener(Protocol):
    """Told of nodes, under the lock of moto: it must return at once."""

    def joined(self, cluster: EksCluster, node: NodeFacts) -> None:
        """A node is up."""

    def left(self, cluster: EksCluster, name: str) -> None:
        """A node is gone."""


LISTENERS: list[Listener] = []


def launch(cluster: EksCluster, group: Shown, count: int) -> list[str]:
    """Launch instances for a node group, spread over its subnets; their ids."""
    backend = ec2_backends[cluster.account][cluster.region]
    launched = []
    for _ in range(count):
        taken = len(list(instances(cluster, group["nodegroupName"])))
        subnet_id = group["subnets"][taken % len(group["subnets"])]
        reservation = backend.run_instances(IMAGE, 1, None, [], **_how(cluster, group, subnet_id))
        instance = reservation.instances[0]
        for interface in instance.nics.values():
            interface.delete_on_termination = True  # as for every interface that a launch makes
        launched.append(str(instance.id))
        for listener in LISTENERS:
            listener.joined(cluster, facts(cluster, group, instance))
    return launched


def _how(cluster: EksCluster, group: Shown, subnet_id: str) -> dict[str, Any]:
    how: dict[str, Any] = {
        "instance_type": group["instanceTypes"][0],
        "is_instance_type_default": False,
        "region_name": cluster.region,
        "subnet_id": subnet_id,
        "tags": {
            "instance": {
                **group["tags"],
                "eks:cluster-name": cluster.name,
                "eks:nodegroup-name": group["nodegroupName"],
                f"kubernetes.io/cluster/{cluster.name}": "owned",
            }
        },
    }
    template = group.get("launchTemplate")
    if template:
        how["launch_template"] = {"LaunchTemplateId": template["id"], "Version": template["version"]}
        backend = ec2_backends[cluster.account][cluster.region]
        data = backend.launch_templates[template["id"]].get_version(template["version"]).data
        if "BlockDeviceMappings" in data:  # else moto adds them to a disk of its own
            how["block_device_mappings"] = data["BlockDeviceMappings"]
    else:
        how["security_group_ids"] = [cluster.shown["resourcesVpcConfig"]["clusterSecurityGroupId"]]
    return how


def instances(cluster: EksCluster, nodegroup: str) -> Iterator[Any]:
    """Moto's running instances of a node group, the oldest first."""
    backend = ec2_backends[cluster.account][cluster.region]
    wanted = {"eks:cluster-name": cluster.name, "eks:nodegroup-name": nodegroup}
    for reservation in backend.reservations.values():
        for instance in reservation.instances:
            tags = backend.tags.get(instance.id, {})
            if instance.state == "running" and wanted.items() <= tags.items():
                yield instance


def terminate(cluster: EksCluster, gone: Iterable[Any]) -> None:
    """End instances; their nodes leave first, as EKS drains them."""
    backend = ec2_backends[cluster.account][cluster.region]
    for instance in list(gone):
        for listener in LISTENERS:
            listener.left(cluster, str(instance.private_dns_name))
        backend.terminate_instances([instance.id])


def facts(cluster: EksCluster, group: Shown, instance: Any) -> NodeFacts:
    """What the cluster sees of an instance of a node group."""
    kind = INSTANCE_TYPES[instance.instance_type]
    zone = str(instance.placement.zone)
    template = group.get("launchTemplate") or {}
    labels = {
        **group["labels"],
        "eks.amazonaws.com/nodegroup": group["nodegroupName"],
        "eks.amazonaws.com/nodegroup-image": IMAGE,
        "eks.amazonaws.com/capacityType": group["capacityType"],
        "kubernetes.io/arch": "arm64"
        if "arm64" in kind["ProcessorInfo"]["SupportedArchitectures"]
        else "amd64",
        "kubernetes.io/hostname": str(instance.private_dns_name),
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": instance.instance_type,
        "topology.kubernetes.io/region": cluster.region,
        "topology.kubernetes.io/zone": zone,
    }
    if template:
        labels["eks.amazonaws.com/sourceLaunchTemplateId"] = template["id"]
        labels["eks.amazonaws.com/sourceLaunchTemplateVersion"] = template["version"]
    return NodeFacts(
        name=str(instance.private_dns_name),
        provider_id=f"aws:///{zone}/{instance.id}",
        labels=labels,
        taints=tuple(
            {"key": taint["key"], "value": taint.get("value", ""), "effect": EFFECTS[taint["effect"]]}
            for taint in group["taints"]
        ),
        capacity=capacity(instance.instance_type),
        zone=zone,
        instance_type=instance.instance_type,
        internal_ip=str(instance.private_ip),
    )


def capacity(instance_type: str) -> dict[str, str]:
    """What a node of a type has: pods as the VPC CNI gives them addresses, GPUs and EFA as their plugins count them."""
    kind = INSTANCE_TYPES[instance_type]
    network = kind["NetworkInfo"]
    per_interface = network["Ipv4AddressesPerInterface"]
    pods = min(network["MaximumNetworkInterfaces"] * (per_interface - 1) + 2, 110)
    found = {
        "cpu": str(kind["VCpuInfo"]["DefaultVCpus"]),
        "memory": f"{kind['MemoryInfo']['SizeInMiB'] * 1024}Ki",
        "pods": str(pods),
    }
    gpus = sum(gpu["Count"] for gpu in kind.get("GpuInfo", {}).get("Gpus", []))
    if gpus:
        found["nvidia.com/gpu"] = str(gpus)
    if network.get("EfaSupported"):
        found["vpc.amazonaws.com/efa"] = str(network["EfaInfo"]["MaximumEfaInterfaces"])
    return found
