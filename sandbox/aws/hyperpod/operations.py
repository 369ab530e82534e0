"""The calls about clusters: create, describe, change, delete, list, events, software, tags."""

from __future__ import annotations

from typing import Any

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.hyperpod import life, refusals, shown
from sandbox.aws.hyperpod.model import Cluster, Event
from sandbox.aws.hyperpod.orchestrators import invalid
from sandbox.aws.hyperpod.service import PROVISION, ROLLED_BACK, SERVICE

SETTINGS = (
    "AutoScaling",
    "ClusterRole",
    "NodeProvisioningMode",
    "NodeRecovery",
    "Orchestrator",
    "TieredStorageConfig",
    "VpcConfig",
)
"""What a cluster as a whole has."""

CHANGED = tuple(name for name in SETTINGS if name != "VpcConfig")
PAGE = 100


def cluster_of(call: Call) -> Cluster:
    """The cluster that a call names by name or ARN. Raises `Refused` when there is none."""
    named = call.params["ClusterName"]
    for found in SERVICE.clusters(call.account, call.region).values():
        if named in {found.name, found.arn}:
            return found
    raise Refused("ResourceNotFound", f"Cluster with name {named} not found.")


def usable(call: Call) -> Cluster:
    """The cluster of a call that changes it. Raises `Refused` while another change is under way."""
    found = cluster_of(call)
    status = life.cluster_status(found, SERVICE.clock())
    if status != "InService":
        raise Refused(
            "ConflictException", f"Cluster {found.name} is {status}; it can be changed when it is InService."
        )
    return found


def create(call: Call) -> dict[str, Any]:
    """A cluster on its way, with its nodes; or one that is going to be taken back."""
    asked, now = call.params, SERVICE.clock()
    found = Cluster(
        account=call.account,
        region=call.region,
        name=asked["ClusterName"],
        settings={name: asked[name] for name in SETTINGS if name in asked},
        groups={spec["InstanceGroupName"]: dict(spec) for spec in asked["InstanceGroups"]},
        tags={tag["Key"]: tag["Value"] for tag in asked.get("Tags", [])},
        created_at=now,
        changed_at=now,
        ready_at=now + SERVICE.times.cluster_s,
    )
    SERVICE.clusters(call.account, call.region)[found.name] = found
    if SERVICE.is_struck(PROVISION, call.account, call.region):
        group, spec = next(reversed(found.groups.items()))
        found.failure = ROLLED_BACK.format(group=group, instance_type=spec.get("InstanceType", "its types"))
        return {"ClusterArn": found.arn}
    SERVICE.tell(found, Event(at=now, kind="Cluster", text="Cluster is being created."))
    for name, spec in found.groups.items():
        SERVICE.launch(found, name, spec["InstanceCount"])
    return {"ClusterArn": found.arn}


def describe(call: Call) -> dict[str, Any]:
    """The cluster as it is now."""
    return shown.cluster(cluster_of(call))


def update(call: Call) -> dict[str, Any]:
    """Groups that are named are added or changed, those to delete go, the others stay as they are."""
    found, asked, now = usable(call), call.params, SERVICE.clock()
    refusals.may_be_updated(call, found)
    found.settings |= {name: asked[name] for name in CHANGED if name in asked}
    found.changed_at, found.ready_at = now, now + life.CHANGE * SERVICE.times.cluster_s
    for name in asked.get("InstanceGroupsToDelete", []):
        SERVICE.end(found, found.nodes_of(name))
        del found.groups[name]
    for spec in asked.get("InstanceGroups", []):
        found.groups[spec["InstanceGroupName"]] = dict(spec)
        _scale(found, spec["InstanceGroupName"], spec["InstanceCount"])
    SERVICE.tell(found, Event(at=now, kind="Cluster", text="Cluster is being updated."))
    return {"ClusterArn": found.arn}


def _scale(found: Cluster, group: str, count: int) -> None:
    nodes = found.nodes_of(group)
    SERVICE.end(found, nodes[count:])
    SERVICE.launch(found, group, count - len(nodes[:count]))


def delete(call: Call) -> dict[str, Any]:
    """All nodes go, then the cluster."""
    found = cluster_of(call)
    if found.ends_at is None:
        status = life.cluster_status(found, SERVICE.clock())
        if status in {"Creating", "RollingBack", "Updating"}:
            raise Refused("ConflictException", f"Cluster {found.name} is {status}; it cannot be deleted now.")
        found.ends_at = SERVICE.clock() + life.DELETE * SERVICE.times.cluster_s
        SERVICE.end(found, [node for node in found.nodes if node.ends_at is None])
    arn = found.arn
    SERVICE.clusters(call.account, call.region)
    return {"ClusterArn": arn}


def list_clusters(call: Call) -> dict[str, Any]:
    """The clusters of the region, newest first unless asked otherwise."""
    asked = call.params
    found = [
        item
        for item in SERVICE.clusters(call.account, call.region).values()
        if asked.get("NameContains", "") in item.name
    ]
    by_name = asked.get("SortBy") == "NAME"
    found.sort(
        key=lambda item: item.name if by_name else item.created_at,
        reverse=asked.get("SortOrder", "Ascending" if by_name else "Descending") == "Descending",
    )
    return page(call, "ClusterSummaries", [shown.summary(item) for item in found])


def list_events(call: Call) -> dict[str, Any]:
    """What happened to a cluster with continuous provisioning, newest first unless asked otherwise."""
    found, asked = cluster_of(call), call.params
    if not found.is_continuous:
        raise invalid("ListClusterEvents is only supported with NodeProvisioningMode Continuous.")
    wanted = {"group": "InstanceGroupName", "instance_id": "NodeId", "kind": "ResourceType"}
    events = [
        item
        for item in found.events
        if all(asked.get(name) in {None, getattr(item, own)} for own, name in wanted.items())
    ]
    if asked.get("SortOrder", "Descending") == "Descending":
        events.reverse()
    return page(call, "Events", [shown.event(found, item) for item in events])


def describe_event(call: Call) -> dict[str, Any]:
    """One event, with what it failed of."""
    found = cluster_of(call)
    one = next((item for item in found.events if item.id == call.params["EventId"]), None)
    if one is None:
        raise Refused("ResourceNotFound", f"Event {call.params['EventId']} not found.")
    return {"EventDetails": shown.event_details(found, one)}


def update_software(call: Call) -> dict[str, Any]:
    """The nodes of the named groups, or of all, get the image anew."""
    found = usable(call)
    named = [item["InstanceGroupName"] for item in call.params.get("InstanceGroups", [])] or list(
        found.groups
    )
    for name in named:
        if name not in found.groups:
            raise invalid(f"Instance group {name} does not exist in cluster {found.name}.")
        for node in found.nodes_of(name):
            node.updated_at = SERVICE.clock()
    return {"ClusterArn": found.arn}


def page(call: Call, member: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    """A page of a list; the token is where the next one begins."""
    begin = int(call.params.get("NextToken") or 0)
    end = begin + call.params.get("MaxResults", PAGE)
    return {member: items[begin:end], **({"NextToken": str(end)} if end < len(items) else {})}


def _tagged(call: Call) -> Cluster | None:
    arn = call.params["ResourceArn"]
    clusters = SERVICE.clusters(call.account, call.region).values()
    return next((item for item in clusters if item.arn == arn), None)


def add_tags(call: Call) -> Any:
    """Tags of a cluster; moto's for everything else."""
    found = _tagged(call)
    if found is None:
        return call.moto()
    found.tags |= {tag["Key"]: tag["Value"] for tag in call.params["Tags"]}
    return {"Tags": shown.tags_of(found)}


def delete_tags(call: Call) -> Any:
    """Tags of a cluster; moto's for everything else."""
    found = _tagged(call)
    if found is None:
        return call.moto()
    for key in call.params["TagKeys"]:
        found.tags.pop(key, None)
    return {}


def list_tags(call: Call) -> Any:
    """Tags of a cluster; moto's for everything else."""
    found = _tagged(call)
    return call.moto() if found is None else {"Tags": shown.tags_of(found)}


REFUSALS: dict[Key, tuple[Refusal, ...]] = {("sagemaker", "CreateCluster"): (refusals.may_be_created,)}
OPERATIONS: dict[Key, Operation] = {
    ("sagemaker", "CreateCluster"): create,
    ("sagemaker", "DescribeCluster"): describe,
    ("sagemaker", "UpdateCluster"): update,
    ("sagemaker", "DeleteCluster"): delete,
    ("sagemaker", "ListClusters"): list_clusters,
    ("sagemaker", "ListClusterEvents"): list_events,
    ("sagemaker", "DescribeClusterEvent"): describe_event,
    ("sagemaker", "UpdateClusterSoftware"): update_software,
    ("sagemaker", "AddTags"): add_tags,
    ("sagemaker", "DeleteTags"): delete_tags,
    ("sagemaker", "ListTags"): list_tags,
}
