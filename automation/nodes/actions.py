"""Rebooting, replacing and draining one node: what will be done, said first, and then done.

A node is found among the nodes of the fleet's clusters or not at all, so that no other instance is ever touched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from automation.errors import FleetError
from automation.nodes import slurm
from automation.nodes.model import Health, Node
from automation.nodes.survey import SiteNodes

Verb = Literal["reboot", "replace", "drain"]

DRAIN = ("--ignore-daemonsets", "--delete-emptydir-data", "--timeout=10m")
"""DaemonSets come back by themselves; an emptyDir is lost with its pod anyway."""

DONE = {"reboot": "rebooted", "replace": "replaced", "drain": "drained"}


class Tools(Protocol):
    """What actions use: clients of the node's site, and kubectl for its cluster."""

    def client(self, service: str, site: str) -> Any:
        """A boto3 client in the account and region of a site."""

    def kubectl(self, node: Node, *arguments: str) -> None:
        """Run kubectl against the cluster of the node. Raises FleetError when it fails."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing that will be done, in words, and the call that does it."""

    text: str
    run: Callable[[], None]


def find(surveyed: Sequence[SiteNodes], node_id: str) -> Node:
    """The node with this id. Raises FleetError when no cluster of the fleet has it."""
    for site in surveyed:
        for node in site.nodes:
            if node_id in (node.id, node.host):
                return node
    unread = [f"{site.site} ({site.failure})" for site in surveyed if site.failure]
    if unread:
        raise FleetError(
            f"no node {node_id} was found, and these sites could not be read: {', '.join(unread)}",
            remedy="repair that first; nothing was touched",
        )
    raise FleetError(
        f"{node_id} is no node of this fleet's clusters; nothing was touched", remedy="fleet nodes lists them"
    )


def plan(verb: Verb, node: Node, surveyed: Sequence[SiteNodes], tools: Tools) -> tuple[Step, ...]:
    """The steps. Raises FleetError for what cannot be done to this node."""
    if node.health is Health.STOPPING:
        raise FleetError(f"{node.id} is {node.state}: it goes already")
    if node.cluster.kind == "hyperpod":
        return _hyperpod(verb, node, tools)
    if node.cluster.kind == "eks":
        return _eks(verb, node, tools)
    return _parallelcluster(verb, node, surveyed, tools)


def _hyperpod(verb: Verb, node: Node, tools: Tools) -> tuple[Step, ...]:
    if verb == "drain":
        if node.cluster.kubernetes:
            return (_kubectl_drain(node, tools),)
        raise FleetError(
            f"{node.id} cannot be drained from here: SageMaker has no call for it, and runs no commands on nodes",
            remedy=f"on the controller: sudo scontrol update nodename={slurm_name(node)} state=drain reason=fleet",
        )
    text = f"SageMaker {verb}s {node.id} of {node.cluster.name}; what runs on it is lost"
    return (Step(text=text, run=lambda: _batch(verb, node, tools)),)


def slurm_name(node: Node) -> str:
    """What Slurm calls a HyperPod node: its address, whatever its host is called."""
    return f"ip-{node.address.replace('.', '-')}" if node.address else "NODE"


def _batch(verb: Verb, node: Node, tools: Tools) -> None:
    sagemaker = tools.client("sagemaker", node.cluster.site)
    call = sagemaker.batch_reboot_cluster_nodes if verb == "reboot" else sagemaker.batch_replace_cluster_nodes
    answer = call(ClusterName=node.cluster.name, NodeIds=[node.id])
    for failed in answer.get("Failed", ()):
        raise FleetError(f"SageMaker did not {verb} {node.id}: {failed['Message']} ({failed['ErrorCode']})")


def _eks(verb: Verb, node: Node, tools: Tools) -> tuple[Step, ...]:
    drain = _kubectl_drain(node, tools)
    ec2 = tools.client("ec2", node.cluster.site)
    if verb == "drain":
        return (drain,)
    if verb == "reboot":
        reboot = Step(text=f"EC2 reboots {node.id}", run=lambda: ec2.reboot_instances(InstanceIds=[node.id]))
        again = Step(
            text=f"kubectl uncordons {node.host}, so that pods come back when it is ready",
            run=lambda: tools.kubectl(node, "uncordon", node.host),
        )
        return (drain, reboot, again)
    text = f"EC2 terminates {node.id}; {node.group or 'its node group'} launches another"
    return (drain, Step(text=text, run=lambda: ec2.terminate_instances(InstanceIds=[node.id])))


def _kubectl_drain(node: Node, tools: Tools) -> Step:
    return Step(
        text=f"kubectl drains {node.host} of {node.cluster.kubernetes}: its pods move to other nodes",
        run=lambda: tools.kubectl(node, "drain", node.host, *DRAIN),
    )


def _parallelcluster(verb: Verb, node: Node, surveyed: Sequence[SiteNodes], tools: Tools) -> tuple[Step, ...]:
    cluster = node.cluster
    if node.is_head:
        if verb != "reboot":
            raise FleetError(
                f"{node.id} is the head node of {cluster.name}: it cannot be {DONE[verb]} alone",
                remedy="it is replaced with its cluster, by a change of the site's file and fleet up",
            )
        ec2 = tools.client("ec2", cluster.site)
        text = f"EC2 reboots {node.id}, the head node: Slurm takes no jobs until it is back"
        return (Step(text=text, run=lambda: ec2.reboot_instances(InstanceIds=[node.id])),)
    head = next(
        (one for site in surveyed for one in site.nodes if one.cluster == cluster and one.is_head), None
    )
    if head is None or head.state != "running":
        raise FleetError(f"{cluster.name} has no running head node, so Slurm cannot be told")
    text = f"Slurm on {head.id} is told to {verb} {node.id} when its jobs have ended"
    ssm = tools.client("ssm", cluster.site)
    return (Step(text=text, run=lambda: slurm.tell(ssm, head, verb, node)),)
