"""The calls about single nodes: list, describe, delete, reboot, replace, add."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.hyperpod import shown
from sandbox.aws.hyperpod.model import Cluster, Node
from sandbox.aws.hyperpod.operations import cluster_of, page, usable
from sandbox.aws.hyperpod.orchestrators import invalid
from sandbox.aws.hyperpod.service import SERVICE


def list_nodes(call: Call) -> dict[str, Any]:
    """The nodes of a cluster, newest first unless asked otherwise."""
    found, asked = cluster_of(call), call.params
    part = asked.get("InstanceGroupNameContains", "")
    nodes = [node for node in found.nodes if part in node.group]
    by_name = asked.get("SortBy") == "NAME"
    nodes.sort(
        key=lambda node: node.group if by_name else node.launched_at,
        reverse=asked.get("SortOrder", "Ascending" if by_name else "Descending") == "Descending",
    )
    return page(call, "ClusterNodeSummaries", [shown.node(found, node) for node in nodes])


def describe_node(call: Call) -> dict[str, Any]:
    """One node, by either of its ids."""
    found, asked = cluster_of(call), call.params
    wanted = asked.get("NodeId") or asked.get("NodeLogicalId")
    node = next((item for item in found.nodes if wanted in {item.instance_id, item.logical_id}), None)
    if node is None:
        raise Refused("ResourceNotFound", f"Node {wanted} not found in cluster {found.name}.")
    return {"NodeDetails": shown.node_details(found, node)}


def _delete(found: Cluster, node: Node) -> None:
    SERVICE.end(found, [node])
    spec = found.groups[node.group]
    spec["InstanceCount"] = max(0, spec["InstanceCount"] - 1)


def _reboot(_found: Cluster, node: Node) -> None:
    node.rebooted_at = SERVICE.clock()


def _replace(found: Cluster, node: Node) -> None:
    SERVICE.end(found, [node])
    SERVICE.launch(found, node.group, 1, node.instance_type)


def _batch(act: Callable[[Cluster, Node], None], code: str, not_found: str, in_use: str) -> Operation:
    """An operation that does the same to each of the nodes and says for each how it went."""

    def carry_out(call: Call) -> dict[str, Any]:
        found = usable(call)
        answer: dict[str, list[Any]] = {"Successful": [], "Failed": []}
        logical: dict[str, list[Any]] = {"SuccessfulNodeLogicalIds": [], "FailedNodeLogicalIds": []}
        for wanted, by_logical_id in _asked(call):
            node = next((item for item in found.nodes if wanted in {item.instance_id, item.logical_id}), None)
            target = logical if by_logical_id else answer
            suffix = "NodeLogicalIds" if by_logical_id else ""
            if node is None:
                failure = (not_found, f"Node {wanted} not found in cluster {found.name}.")
            elif node.ends_at is not None:
                failure = (in_use, f"Node {wanted} is shutting down.")
            else:
                act(found, node)
                target[f"Successful{suffix}"].append(wanted)
                continue
            id_name = "NodeLogicalId" if by_logical_id else "NodeId"
            target[f"Failed{suffix}"].append({id_name: wanted, code: failure[0], "Message": failure[1]})
        return {**answer, **{name: items for name, items in logical.items() if items}}

    return carry_out


def _asked(call: Call) -> Iterator[tuple[str, bool]]:
    ids = call.params.get("NodeIds", []), call.params.get("NodeLogicalIds", [])
    if not any(ids):
        raise invalid("Specify NodeIds or NodeLogicalIds.")
    for by_logical_id, wanted in enumerate(ids):
        for item in wanted:
            yield item, bool(by_logical_id)


def _is_no_controller(call: Call) -> None:
    """SageMaker API, BatchDeleteClusterNodes: a Slurm controller node cannot be deleted."""
    found = cluster_of(call)
    ids = {*call.params.get("NodeIds", []), *call.params.get("NodeLogicalIds", [])}
    for node in found.nodes:
        kind = found.groups[node.group].get("SlurmConfig", {}).get("NodeType")
        if kind == "Controller" and ids & {node.instance_id, node.logical_id}:
            raise invalid(f"Node {node.instance_id} is the Slurm controller, which cannot be deleted.")


def add_nodes(call: Call) -> dict[str, Any]:
    """More nodes of groups: what autoscaling calls."""
    found = usable(call)
    if not found.is_continuous:
        raise invalid("BatchAddClusterNodes is only supported with NodeProvisioningMode Continuous.")
    made, failed = [], []
    for item in call.params["NodesToAdd"]:
        name, count = item["InstanceGroupName"], item["IncrementTargetCountBy"]
        if name not in found.groups:
            failed.append(
                {"InstanceGroupName": name, "ErrorCode": "InstanceGroupNotFound", "FailedCount": count}
            )
            continue
        found.groups[name]["InstanceCount"] += count
        made += [
            {"NodeLogicalId": node.logical_id, "InstanceGroupName": name, "Status": "Pending"}
            for node in SERVICE.launch(found, name, count, next(iter(item.get("InstanceTypes", [])), None))
        ]
    return {"Successful": made, "Failed": failed}


REFUSALS: dict[Key, tuple[Refusal, ...]] = {("sagemaker", "BatchDeleteClusterNodes"): (_is_no_controller,)}
OPERATIONS: dict[Key, Operation] = {
    ("sagemaker", "ListClusterNodes"): list_nodes,
    ("sagemaker", "DescribeClusterNode"): describe_node,
    ("sagemaker", "BatchDeleteClusterNodes"): _batch(_delete, "Code", "NodeIdNotFound", "InvalidNodeStatus"),
    ("sagemaker", "BatchRebootClusterNodes"): _batch(
        _reboot, "ErrorCode", "InstanceIdNotFound", "InvalidInstanceStatus"
    ),
    ("sagemaker", "BatchReplaceClusterNodes"): _batch(
        _replace, "ErrorCode", "InstanceIdNotFound", "InvalidInstanceStatus"
    ),
    ("sagemaker", "BatchAddClusterNodes"): add_nodes,
}
