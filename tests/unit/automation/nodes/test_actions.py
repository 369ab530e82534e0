"""What is done to a node, said first; what cannot be done; and that no other instance is ever touched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from automation.errors import FleetError
from automation.nodes import actions
from automation.nodes.actions import Verb
from automation.nodes.model import Cluster, Health, Node
from automation.nodes.survey import SiteNodes
from tests.unit.automation.nodes.fakes import EKS, HYPERPOD, HYPERPOD_EKS, PCLUSTER, Tools, error, node

HEAD = node(PCLUSTER, id="i-head", is_head=True, group="head node", address="10.0.0.2")
COMPUTE = node(PCLUSTER, id="i-c", group="gpu-ondemand", address="10.0.0.8")
FOUND = (SiteNodes(site="one", nodes=(HEAD, COMPUTE)),)
DRAIN = ("--ignore-daemonsets", "--delete-emptydir-data", "--timeout=10m")


def carry_out(
    verb: Verb, of: Node, tools: Tools, found: Sequence[SiteNodes] = FOUND
) -> tuple[list[str], list[tuple[str, Any]]]:
    """What was said, and what was asked of AWS and kubectl."""
    steps = actions.plan(verb, of, found, tools)
    assert tools.service.asked == [], "nothing is done before it was said"
    for step in steps:
        step.run()
    return [step.text for step in steps], tools.service.asked


def test_a_node_is_found_by_its_id_or_its_name() -> None:
    assert actions.find(FOUND, "i-c") == COMPUTE
    kubernetes = node(HYPERPOD_EKS, id="i-7", host="hyperpod-i-7")
    assert actions.find((SiteNodes(site="two", nodes=(kubernetes,)),), "hyperpod-i-7") == kubernetes


def test_what_is_no_node_of_the_fleet_is_not_touched() -> None:
    with pytest.raises(
        FleetError, match=r"^i-x is no node of this fleet's clusters; nothing was touched; fleet nodes"
    ):
        actions.find(FOUND, "i-x")


def test_a_site_that_was_not_read_may_have_it() -> None:
    unread = (*FOUND, SiteNodes(site="two", failure="cannot assume r"))
    cause = r"^no node i-x was found, and these sites could not be read: two \(cannot assume r\); repair that first"
    with pytest.raises(FleetError, match=cause):
        actions.find(unread, "i-x")


@pytest.mark.parametrize("verb", ["reboot", "replace"])
@pytest.mark.parametrize("cluster", [HYPERPOD, HYPERPOD_EKS])
def test_hyperpod_is_sagemaker_s(verb: Verb, cluster: Cluster) -> None:
    tools = Tools(**{f"batch_{verb}_cluster_nodes": {"Successful": ["i-7"]}})
    said, asked = carry_out(verb, node(cluster, id="i-7"), tools)
    assert said == [f"SageMaker {verb}s i-7 of {cluster.name}; what runs on it is lost"]
    assert asked == [(f"batch_{verb}_cluster_nodes", {"ClusterName": cluster.name, "NodeIds": ["i-7"]})]
    assert tools.used == {("sagemaker", "two")}


def test_what_sagemaker_refuses_is_told() -> None:
    failed = [{"NodeId": "i-7", "ErrorCode": "InvalidInstanceStatus", "Message": "It is being replaced"}]
    tools = Tools(batch_reboot_cluster_nodes={"Failed": failed})
    cause = r"^SageMaker did not reboot i-7: It is being replaced \(InvalidInstanceStatus\)$"
    with pytest.raises(FleetError, match=cause):
        carry_out("reboot", node(HYPERPOD, id="i-7"), tools)


def test_hyperpod_on_kubernetes_is_drained_there() -> None:
    said, asked = carry_out("drain", node(HYPERPOD_EKS, id="i-7", host="hyperpod-i-7"), Tools())
    assert said == ["kubectl drains hyperpod-i-7 of two--training: its pods move to other nodes"]
    assert asked == [("kubectl two--training", {"": ("drain", "hyperpod-i-7", *DRAIN)})]


def test_hyperpod_on_slurm_is_drained_on_its_controller_alone() -> None:
    cause = r"sudo scontrol update nodename=ip-10-0-0-5 state=drain reason=fleet$"
    with pytest.raises(FleetError, match=cause):
        actions.plan("drain", node(HYPERPOD, id="i-7"), (), Tools())


@pytest.mark.parametrize(
    ("verb", "said", "asked"),
    [
        ("drain", [], []),
        (
            "reboot",
            [
                "EC2 reboots i-1",
                "kubectl uncordons ip-10-0-0-5.ec2.internal, so that pods come back when it is ready",
            ],
            [
                ("reboot_instances", {"InstanceIds": ["i-1"]}),
                ("kubectl one--training", {"": ("uncordon", "ip-10-0-0-5.ec2.internal")}),
            ],
        ),
        (
            "replace",
            ["EC2 terminates i-1; system launches another"],
            [("terminate_instances", {"InstanceIds": ["i-1"]})],
        ),
    ],
)
def test_eks_moves_pods_before_anything_else(verb: Verb, said: list[str], asked: list[Any]) -> None:
    host = "ip-10-0-0-5.ec2.internal"
    drained = ("kubectl one--training", {"": ("drain", host, *DRAIN)})
    first = f"kubectl drains {host} of one--training: its pods move to other nodes"
    tools = Tools(reboot_instances={}, terminate_instances={})
    assert carry_out(verb, node(), tools) == ([first, *said], [drained, *asked])


def test_a_drain_that_fails_ends_it_before_the_instance_does() -> None:
    tools = Tools(terminate_instances={})
    tools.kubectl_fails = FleetError("kubectl drain failed: a PodDisruptionBudget stands in the way")
    with pytest.raises(FleetError, match="PodDisruptionBudget"):
        carry_out("replace", node(), tools)
    assert tools.service.asked == []


@pytest.mark.parametrize(
    ("verb", "command"),
    [
        ("drain", "update nodename=\"$name\" state=drain reason='fleet nodes'"),
        ("reboot", "reboot ASAP nextstate=RESUME reason='fleet nodes' \"$name\""),
        ("replace", "update nodename=\"$name\" state=power_down_asap reason='fleet nodes'"),
    ],
)
def test_slurm_is_told_on_its_head_node(verb: Verb, command: str) -> None:
    tools = Tools(send_command={"Command": {"CommandId": "c-1"}}, wait=None)
    said, asked = carry_out(verb, COMPUTE, tools)
    assert said == [f"Slurm on i-head is told to {verb} i-c when its jobs have ended"]
    (_, sent), (waited, about) = asked
    assert (sent["InstanceIds"], sent["DocumentName"]) == (["i-head"], "AWS-RunShellScript")
    (text,) = sent["Parameters"]["commands"]
    assert "awk -v a=10.0.0.8 '$2 == a { print $1; exit }'" in text
    assert text.splitlines()[-1] == f"/opt/slurm/bin/scontrol {command}"
    assert (waited, about["CommandId"], about["InstanceId"]) == ("wait", "c-1", "i-head")


def test_what_the_head_node_said_is_told() -> None:
    last = {"Status": "Failed", "StandardErrorContent": "Slurm has no node at 10.0.0.8\n"}
    tools = Tools(
        send_command={"Command": {"CommandId": "c-1"}},
        wait=WaiterError(name="command_executed", reason="failed", last_response=last),
    )
    cause = r"^the head node i-head did not drain i-c \(Failed\): Slurm has no node at 10.0.0.8$"
    with pytest.raises(FleetError, match=cause):
        carry_out("drain", COMPUTE, tools)


def test_a_head_node_that_ssm_does_not_reach() -> None:
    tools = Tools(send_command=error("InvalidInstanceId", "not in a valid state"))
    with pytest.raises(
        FleetError, match=r"SSM cannot run commands on the head node i-head: .*not in a valid state"
    ):
        carry_out("drain", COMPUTE, tools)


@pytest.mark.parametrize(("verb", "word"), [("drain", "drained"), ("replace", "replaced")])
def test_a_head_node_goes_with_its_cluster_only(verb: Verb, word: str) -> None:
    with pytest.raises(
        FleetError, match=rf"^i-head is the head node of one--slurm: it cannot be {word} alone"
    ):
        actions.plan(verb, HEAD, FOUND, Tools())


def test_a_head_node_may_be_rebooted() -> None:
    said, asked = carry_out("reboot", HEAD, Tools(reboot_instances={}))
    assert said == ["EC2 reboots i-head, the head node: Slurm takes no jobs until it is back"]
    assert asked == [("reboot_instances", {"InstanceIds": ["i-head"]})]


def test_slurm_without_a_head_node_cannot_be_told() -> None:
    with pytest.raises(FleetError, match=r"one--slurm has no running head node"):
        actions.plan("drain", COMPUTE, (SiteNodes(site="one", nodes=(COMPUTE,)),), Tools())


@pytest.mark.parametrize("cluster", [EKS, PCLUSTER, HYPERPOD])
def test_a_node_that_goes_already(cluster: Cluster) -> None:
    going = node(cluster, state="shutting-down", health=Health.STOPPING)
    with pytest.raises(FleetError, match=r"^i-1 is shutting-down: it goes already$"):
        actions.plan("replace", going, (), Tools())
