"""Placement groups, which moto lacks. Source: EC2 API Reference, CreatePlacementGroup and its neighbours."""

from __future__ import annotations

from typing import Any

from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, EC2_RESOURCE_TO_PREFIX, random_id

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import as_tag_list, backend_of, matches, tags_from, tags_of
from sandbox.aws.errors import Refused
from sandbox.aws.tags import forget

RESOURCE_TYPE = "placement-group"
PREFIX = "pg"
EC2_RESOURCE_TO_PREFIX[RESOURCE_TYPE] = PREFIX
EC2_PREFIX_TO_RESOURCE[PREFIX] = RESOURCE_TYPE

_GROUPS: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
"""(account, region) -> name -> the group as the API shows it, but for its tags."""


def create(call: Call) -> dict[str, Any]:
    """A group of a name that is new in the account and region."""
    name, strategy = call.params["GroupName"], call.params.get("Strategy", "cluster")
    group_id = random_id(PREFIX)
    group = {
        "GroupName": name,
        "GroupId": group_id,
        "GroupArn": f"arn:aws:ec2:{call.region}:{call.account}:placement-group/{name}",
        "State": "available",
        "Strategy": strategy,
    }
    if strategy == "partition":
        group["PartitionCount"] = call.params.get("PartitionCount", 2)
    if strategy == "spread":
        group["SpreadLevel"] = call.params.get("SpreadLevel", "rack")
    _groups(call)[name] = group
    tags = tags_from(call.params.get("TagSpecifications", []), RESOURCE_TYPE)
    backend_of(call).create_tags([group_id], tags)
    return {"PlacementGroup": _shown(call, group)}


def describe(call: Call) -> dict[str, Any]:
    """All groups, or those with the names, the ids and the filters that are asked for."""
    names, ids = call.params.get("GroupNames", []), call.params.get("GroupIds", [])
    for name in names:
        _get(call, name)
    return {
        "PlacementGroups": [
            _shown(call, group)
            for group in _groups(call).values()
            if (not names or group["GroupName"] in names)
            and (not ids or group["GroupId"] in ids)
            and matches(
                call.params.get("Filters", []), _filter_values(group), tags_of(call, group["GroupId"])
            )
        ]
    }


def delete(call: Call) -> None:
    """Remove a group by its name."""
    group = _groups(call).pop(call.params["GroupName"])
    forget(call, [group["GroupId"]])


def name_is_new(call: Call) -> None:
    """EC2 API Reference, InvalidPlacementGroup.Duplicate."""
    name = call.params["GroupName"]
    if name in _groups(call):
        raise Refused("InvalidPlacementGroup.Duplicate", f"The placement group '{name}' already exists.")


def is_known(call: Call) -> None:
    """EC2 API Reference, InvalidPlacementGroup.Unknown."""
    _get(call, call.params["GroupName"])


def _groups(call: Call) -> dict[str, dict[str, Any]]:
    return _GROUPS.setdefault((call.account, call.region), {})


def _get(call: Call, name: str) -> dict[str, Any]:
    if name not in _groups(call):
        raise Refused("InvalidPlacementGroup.Unknown", f"The Placement Group '{name}' is unknown.")
    return _groups(call)[name]


def _shown(call: Call, group: dict[str, Any]) -> dict[str, Any]:
    return {**group, "Tags": as_tag_list(tags_of(call, group["GroupId"]))}


def _filter_values(group: dict[str, Any]) -> dict[str, str]:
    return {
        "group-name": group["GroupName"],
        "group-arn": group["GroupArn"],
        "state": group["State"],
        "strategy": group["Strategy"],
    }


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("ec2", "CreatePlacementGroup"): (name_is_new,),
    ("ec2", "DeletePlacementGroup"): (is_known,),
}
OPERATIONS: dict[Key, Operation] = {
    ("ec2", "CreatePlacementGroup"): create,
    ("ec2", "DescribePlacementGroups"): describe,
    ("ec2", "DeletePlacementGroup"): delete,
}
