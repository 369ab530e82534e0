"""Inventory configurations, kept as they were put: moto forgets part of them and cannot delete them.

Recorded, not emulated: no report is ever delivered.
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused


def put_inventory(call: Call) -> dict[str, Any]:
    """Keep the configuration under its id."""
    _inventories(call)[call.params["Id"]] = call.params["InventoryConfiguration"]
    return {}


def get_inventory(call: Call) -> dict[str, Any]:
    """NoSuchConfiguration when there is none of this id."""
    _must_exist(call)
    return {"InventoryConfiguration": _inventories(call)[call.params["Id"]]}


def list_inventories(call: Call) -> dict[str, Any]:
    """All of a bucket's."""
    return {"InventoryConfigurationList": list(_inventories(call).values()), "IsTruncated": False}


def delete_inventory(call: Call) -> dict[str, Any]:
    """NoSuchConfiguration when there is none of this id."""
    _must_exist(call)
    del _inventories(call)[call.params["Id"]]
    return {}


def _must_exist(call: Call) -> None:
    if call.params["Id"] not in _inventories(call):
        raise Refused("NoSuchConfiguration", "The specified configuration does not exist.")


def _inventories(call: Call) -> dict[str, Any]:
    found: dict[str, Any] = call.response.backend.get_bucket(
        call.response.uri_match["Bucket"]
    ).inventory_configs
    return found


REFUSALS: dict[Key, tuple[Refusal, ...]] = {}
OPERATIONS: dict[Key, Operation] = {
    ("s3", "PutBucketInventoryConfiguration"): put_inventory,
    ("s3", "GetBucketInventoryConfiguration"): get_inventory,
    ("s3", "ListBucketInventoryConfigurations"): list_inventories,
    ("s3", "DeleteBucketInventoryConfiguration"): delete_inventory,
}
