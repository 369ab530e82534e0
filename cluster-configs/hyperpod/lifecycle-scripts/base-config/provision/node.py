"""Which node this is: SageMaker's resource config has every group with its addresses, this node has one of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provision.host import Host, ProvisionError
from provision.parameters import Parameters

ADDRESS_TRIES = 7
FIRST_PAUSE_S = 5


@dataclass(frozen=True)
class Node:
    """This node. `controllers` are the addresses of its cluster's controller; `cluster_id` is SageMaker's."""

    group: str
    node_type: str
    instance_id: str
    address: str
    controllers: tuple[str, ...]
    cluster_id: str


def identify(host: Host, resource_config: Path, parameters: Parameters) -> Node:
    """This node by its address. Raises ProvisionError when the resource config does not know it."""
    try:
        config = json.loads(resource_config.read_text())
        groups = {group["Name"]: group.get("Instances") or [] for group in config["InstanceGroups"]}
        cluster_id = config.get("ClusterConfig", {}).get("ClusterArn", "").rpartition("/")[2]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProvisionError(f"{resource_config} is not SageMaker's resource config: {error!r}") from None
    types = {group.instance_group_name: group.node_type for group in parameters.groups}
    addresses = own_addresses(host)
    for name, instances in groups.items():
        for instance in instances:
            if instance.get("CustomerIpAddress") in addresses:
                return _node(name, instance, types, groups, cluster_id)
    raise ProvisionError(
        f"no group of {resource_config} has the address {' or '.join(addresses)}; it knows {', '.join(groups)}"
    )


def own_addresses(host: Host) -> tuple[str, ...]:
    """The IPv4 addresses of this node; the network may come up later than this runs."""
    pause_s = FIRST_PAUSE_S
    for attempt in range(ADDRESS_TRIES):
        found = tuple(item for item in host.run("hostname", "-I").split() if "." in item)
        if found:
            return found
        if attempt < ADDRESS_TRIES - 1:
            host.run("sleep", str(pause_s))
            pause_s *= 2
    raise ProvisionError(f"hostname -I shows no IPv4 address after {ADDRESS_TRIES} tries")


def _node(
    name: str, instance: dict[str, Any], types: dict[str, str], groups: dict[str, Any], cluster_id: str
) -> Node:
    if name not in types:
        raise ProvisionError(
            f"instance group {name} is not in the parameters, which have {', '.join(types)}; roll the site out again"
        )
    controllers = (group for group, node_type in types.items() if node_type == "controller")
    return Node(
        group=name,
        node_type=types[name],
        instance_id=instance.get("InstanceId", "unknown"),
        address=instance["CustomerIpAddress"],
        controllers=tuple(
            item["CustomerIpAddress"] for group in controllers for item in groups.get(group, ())
        ),
        cluster_id=cluster_id,
    )
