"""What the sandbox knows of an EKS cluster, and what all of EKS's themes share: finding one, updates, tags, times.

It takes the place of moto's clusters, which have neither add-ons nor access entries nor updates.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.eks import urls
from moto.eks.models import eks_backends
from moto.eks.responses import EKSResponse

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused

Shown = dict[str, Any]
"""Something as the API shows it."""

_PATHS = (
    "addons",
    "addons/(?P<addonName>[^/]+)",
    "addons/(?P<addonName>[^/]+)/update",
    "node-groups/(?P<nodegroupName>[^/]+)/update-version",
    "pod-identity-associations",
    "pod-identity-associations/(?P<associationId>[^/]+)",
    "updates",
    "updates/(?P<updateId>[^/]+)",
)
"""Below a cluster, what moto has no route for."""

for _path in _PATHS:
    urls.url_paths[f"{{0}}/clusters/(?P<name>[^/]+)/{_path}$"] = EKSResponse.dispatch
for _path in ("supported-versions", "configuration-schemas"):
    urls.url_paths[f"{{0}}/addons/{_path}$"] = EKSResponse.dispatch


@dataclass(slots=True)
class EksCluster:
    """A cluster and what belongs to it. `shown` is what DescribeCluster answers, but for what changes by itself."""

    name: str
    arn: str
    account: str
    region: str
    shown: Shown
    nodegroups: dict[str, Shown] = field(default_factory=dict)
    addons: dict[str, Shown] = field(default_factory=dict)
    identities: dict[str, Shown] = field(default_factory=dict)
    entries: dict[str, Shown] = field(default_factory=dict)
    updates: dict[str, Shown] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Its Kubernetes minor version."""
        return str(self.shown["version"])

    @property
    def is_active(self) -> bool:
        """Whether its API server answers."""
        return bool(self.shown["status"] == "ACTIVE")


def clusters_of(call: Call) -> dict[str, EksCluster]:
    """The clusters of the call's account and region, by name."""
    found: dict[str, EksCluster] = eks_backends[call.account][call.region].clusters
    return found


def cluster_of(call: Call) -> EksCluster:
    """The cluster that the call names. Raises ResourceNotFoundException as AWS words it."""
    name = call.params.get("name") or call.params["clusterName"]
    cluster = clusters_of(call).get(name)
    if cluster is None:
        raise Refused("ResourceNotFoundException", f"No cluster found for name: {name}.")
    return cluster


def cluster_is_active(call: Call) -> None:
    """What belongs to a cluster is made and changed only while the cluster is up."""
    cluster = cluster_of(call)
    if not cluster.is_active:
        raise Refused("InvalidRequestException", f"Cluster '{cluster.name}' is not in ACTIVE status")


def member_of(members: Mapping[str, Shown], name: str, what: str) -> Shown:
    """The node group, add-on or the like of this name. Raises ResourceNotFoundException."""
    if name not in members:
        raise Refused("ResourceNotFoundException", f"No {what} found for name: {name}.")
    return members[name]


def now() -> float:
    """The time as the API gives it."""
    return time.time()


def updated(cluster: EksCluster, kind: str, params: Mapping[str, Any], **of: str) -> Shown:
    """Record an update, which is over when the next call comes; `of` says of which part of the cluster it is."""
    update_id = str(uuid.uuid4())
    update = {
        "id": update_id,
        "status": "Successful",
        "type": kind,
        "params": [{"type": name, "value": str(value)} for name, value in params.items()],
        "createdAt": now(),
        "errors": [],
    }
    cluster.updates[update_id] = {**update, "of": of}
    return {"update": {**update, "status": "InProgress"}}


def describe_update(call: Call) -> Shown:
    """One update."""
    update = member_of(cluster_of(call).updates, call.params["updateId"], "update")
    return {"update": {key: value for key, value in update.items() if key != "of"}}


def list_updates(call: Call) -> Shown:
    """The ids of the updates of a cluster, or of its part that is named; the latest first."""
    asked = {
        name: call.params[name]
        for name in ("nodegroupName", "addonName")
        if call.params.get(name) is not None
    }
    updates = cluster_of(call).updates
    return {"updateIds": [key for key in reversed(updates) if updates[key]["of"] == asked]}


def _tagged(call: Call) -> dict[str, str]:
    arn = call.params["resourceArn"]
    tags: dict[str, str]
    for cluster in clusters_of(call).values():
        if cluster.arn == arn:
            tags = cluster.shown["tags"]
            return tags
        for members, key in (
            (cluster.nodegroups, "nodegroupArn"),
            (cluster.addons, "addonArn"),
            (cluster.identities, "associationArn"),
            (cluster.entries, "accessEntryArn"),
        ):
            for member in members.values():
                if member[key] == arn:
                    tags = member["tags"]
                    return tags
    raise Refused("NotFoundException", f"Resource not found: {arn}")


def tag(call: Call) -> Shown:
    """Put tags on a cluster or one of its parts."""
    _tagged(call).update(call.params["tags"])
    return {}


def untag(call: Call) -> Shown:
    """Take tags off."""
    tags = _tagged(call)
    for key in call.params["tagKeys"]:
        tags.pop(key, None)
    return {}


def list_tags(call: Call) -> Shown:
    """The tags of a cluster or one of its parts."""
    return {"tags": _tagged(call)}


REFUSALS: dict[Key, tuple[Refusal, ...]] = {}
OPERATIONS: dict[Key, Operation] = {
    ("eks", "DescribeUpdate"): describe_update,
    ("eks", "ListUpdates"): list_updates,
    ("eks", "TagResource"): tag,
    ("eks", "UntagResource"): untag,
    ("eks", "ListTagsForResource"): list_tags,
}
