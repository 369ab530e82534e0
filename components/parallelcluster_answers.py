"""What ParallelCluster's API answers about a cluster, as the provider needs it: outputs, causes, what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from components.parallelcluster_api import ApiError
from plan.cluster_messages import Message, RefusedChange, of_update, of_validation

INPUTS = (
    "name",
    "configuration",
    "file",
    "region",
    "api_url",
    "user_role_arn",
    "execution_role_arn",
    "owner",
    "updates",
)
PLACE = ("name", "region")
"""A change of these is another cluster."""

OWNER_TAG = "fleet:site"
"""The tag by which a cluster that is there already is known to be this site's."""

OUTPUTS = (
    "cluster_name",
    "cluster_status",
    "cluster_version",
    "scheduler",
    "compute_fleet_status",
    "head_node_id",
    "head_node_private_ip",
    "stack_arn",
)
"""What the API tells, beside the inputs."""

CAUSES_MAX = 3
NO_CHANGE = "No changes found in your cluster configuration"
EXISTS = "already exists"
GONE = "does not exist"
"""What the API says of what is done already (its controllers and models/cluster.py)."""


class ClusterError(Exception):
    """What went wrong with a cluster, as one message with its cause."""


def outputs_of(props: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a cluster: the inputs, and what the API tells."""
    head = found.get("headNode", {})
    return {
        **{key: props[key] for key in INPUTS},
        "cluster_name": found["clusterName"],
        "cluster_status": found["clusterStatus"],
        "cluster_version": found["version"],
        "scheduler": found["scheduler"]["type"],
        "compute_fleet_status": found["computeFleetStatus"],
        "head_node_id": head.get("instanceId", ""),
        "head_node_private_ip": head.get("privateIpAddress", ""),
        "stack_arn": found["cloudformationStackArn"],
    }


def is_known(props: Mapping[str, Any]) -> bool:
    """Whether no input is an output of something that is not there yet; all of them are text."""
    return all(isinstance(props.get(key), str) for key in INPUTS)


def has_changed(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Whether AWS has to be asked about the inputs again."""
    return any(olds.get(key) != news[key] for key in ("configuration", *PLACE))


def is_allowed(change: RefusedChange, updates: str) -> bool:
    """Whether the site file lets a change be made that needs more than an update."""
    return updates == "replace" or (change.needs_stop and updates == "stop-fleet")


def is_stop_enough(error: ApiError) -> bool:
    """Whether what was refused would be done with a stopped compute fleet."""
    changes = of_update(error.body.get("updateValidationErrors", ()))
    return bool(changes) and all(change.needs_stop for change in changes)


def begin(ask: Callable[[], Any], already: str) -> None:
    """Begin an operation; that it was done `already`, by a request whose answer was lost, is no error."""
    try:
        ask()
    except ApiError as error:
        if already not in str(error):
            raise


def require_ours(found: Mapping[str, Any], props: Mapping[str, Any]) -> None:
    """Raise ClusterError for a cluster of this name that is not this site's."""
    tags = {tag["key"]: tag["value"] for tag in found.get("tags", ())}
    if tags.get(OWNER_TAG) != props["owner"]:
        raise ClusterError(
            f"there is a cluster {props['name']} whose tag {OWNER_TAG} is {tags.get(OWNER_TAG)}, "
            f"not {props['owner']}; delete it or choose another name"
        )


def cause_of(api: Any, name: str, found: Mapping[str, Any] | None) -> str:
    """Why: the API's failures, then those of the cluster's stack."""
    if found is None:
        return "it is gone; somebody deleted it meanwhile"
    said = [
        f"{failure['failureCode']}: {failure['failureReason']}" for failure in found.get("failures") or ()
    ]
    return "; ".join([*said, *api.failures(name)[:CAUSES_MAX]]) or f"its status is {found['clusterStatus']}"


def told(error: ApiError, props: Mapping[str, Any]) -> str:
    """Everything that the API says about a refused configuration, a line each."""
    file = props["file"]
    said: list[Message | RefusedChange] = [
        *of_validation(error.body.get("configurationValidationErrors", ()), props["configuration"]),
        *of_update(error.body.get("updateValidationErrors", ())),
    ]
    return "\n".join(item.line(file) for item in said) or f"{file}: ParallelCluster's API refused: {error}"
