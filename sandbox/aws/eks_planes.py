"""EKS clusters and their control planes: one is CREATING until its API server answers, and nodes join it.

Source: EKS API Reference, Cluster ("status", "endpoint", "certificateAuthority").
"""

from __future__ import annotations

import base64
import logging
from concurrent.futures import ThreadPoolExecutor

from moto.ec2.models import ec2_backends

from sandbox.aws import ec2
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.eks_nodes import LISTENERS, NodeFacts
from sandbox.aws.eks_state import EksCluster, Shown, clusters_of
from sandbox.aws.errors import Refused
from sandbox.kubernetes import ApiError, ClusterKey, Node, PlanesError, Taint, planes

INTERFACES = 2
_log = logging.getLogger("sandbox.aws")


def key_of(cluster: EksCluster) -> ClusterKey:
    """The name of the cluster's control plane."""
    return ClusterKey(cluster.account, cluster.region, cluster.name)


def start(cluster: EksCluster) -> None:
    """Let its control plane come up, with interfaces in its subnets.

    Raises ClientException, which nobody tries again, when the sandbox has no programs for it.
    """
    cidr = cluster.shown["kubernetesNetworkConfig"]["serviceIpv4Cidr"]
    try:
        planes().start(key_of(cluster), cluster.version, service_cidr=cidr)
    except PlanesError as error:
        raise Refused("ClientException", str(error)) from None
    _attach(cluster)


def stop(cluster: EksCluster) -> None:
    """Let it go, and its interfaces."""
    planes().stop(key_of(cluster))
    enis = ec2_backends[cluster.account][cluster.region].enis
    for interface_id in [key for key, value in enis.items() if value.description == _described(cluster)]:
        del enis[interface_id]


def _attach(cluster: EksCluster) -> None:
    """EKS User Guide, "Amazon EKS networking requirements": interfaces of EKS's own in two zones."""
    backend, network = ec2_backends[cluster.account][cluster.region], cluster.shown["resourcesVpcConfig"]
    group_ids = (network["clusterSecurityGroupId"], *network["securityGroupIds"])
    groups = [backend.get_security_group_from_id(group_id) for group_id in group_ids]
    zones = {backend.get_subnet(subnet_id).availability_zone: subnet_id for subnet_id in network["subnetIds"]}
    for subnet_id in list(zones.values())[:INTERFACES]:
        address = ec2.free_address(backend, subnet_id)
        ec2.manage(
            backend.create_network_interface(subnet_id, address),
            address=address,
            interface_type="interface",
            description=_described(cluster),
            groups=groups,
        )


def _described(cluster: EksCluster) -> str:
    return f"Amazon EKS {cluster.name}"


def settle(call: Call) -> None:
    """Look at the control planes before a call is answered; it refuses nothing."""
    for cluster in clusters_of(call).values():
        if cluster.shown["status"] == "CREATING":
            _settle(cluster)


def _settle(cluster: EksCluster) -> None:
    state = planes().state(key_of(cluster))
    if state is None or state.failure:
        cluster.shown["status"] = "FAILED"
        message = (state.failure if state else None) or "its control plane is gone"
        issue: Shown = {"code": "InternalFailure", "message": message, "resourceIds": []}
        cluster.shown["health"] = {"issues": [issue]}
    elif state.ready:
        authority = base64.b64encode(state.ca_pem.encode()).decode()
        cluster.shown |= {
            "status": "ACTIVE",
            "endpoint": state.endpoint,
            "certificateAuthority": {"data": authority},
        }


class _Joining:
    """Tells the API servers of nodes, in order and from a thread of its own: moto's lock is not held for it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="nodes")

    def joined(self, cluster: EksCluster, node: NodeFacts) -> None:
        self._thread.submit(_tell, cluster, node.name, node)

    def left(self, cluster: EksCluster, name: str) -> None:
        self._thread.submit(_tell, cluster, name, None)


def _tell(cluster: EksCluster, name: str, node: NodeFacts | None) -> None:
    key = key_of(cluster)
    try:
        if node is None:
            planes().leave(key, name)
        else:
            planes().join(key, _node(node))
    except (PlanesError, ApiError, OSError) as error:
        _log.error("%s: the node %s did not %s: %s", key, name, "join" if node else "leave", error)


def _node(facts: NodeFacts) -> Node:
    return Node(
        name=facts.name,
        provider_id=facts.provider_id,
        instance_type=facts.instance_type,
        zone=facts.zone,
        internal_ip=facts.internal_ip,
        capacity=facts.capacity,
        labels=facts.labels,
        taints=tuple(Taint(**taint) for taint in facts.taints),
    )


LISTENERS.append(_Joining())

REFUSALS: dict[Key, tuple[Refusal, ...]] = {("eks", "*"): (settle,)}
OPERATIONS: dict[Key, Operation] = {}
