"""What a destroy keeps when data is to survive it, and how data is given up: pure, over the state of one stack."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from automation.changes import PROVIDER_TYPE, name_of
from automation.errors import FleetError
from plan import stateful

Resources = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Division:
    """URNs of a stack: what stays, what goes, and clusters among that, with what is in them, which may be protected."""

    kept: tuple[str, ...]
    gone: tuple[str, ...]
    freed: tuple[str, ...] = ()


def divide(state: Mapping[str, Any], lost: Collection[str]) -> Division:
    """What stays when all data does but these URNs: the data, its settings, and what either of them stands on.

    What is kept is closed under dependencies, so what goes can be deleted in any stack, and an `up` makes it again.
    Clusters go, whatever protects them: they are capacity, and what they work on is in file systems and buckets.
    Raises FleetError when something kept needs what is to be lost.
    """
    resources = _resources(state)
    clusters = _in_clusters(resources)
    data = {item["urn"] for item in resources if _is_data(item)} - clusters - set(lost)
    ground = _closed(resources, data)
    settings = {
        item["urn"]
        for item in resources
        if stateful.is_setting(str(item["type"])) and item["urn"] not in lost and ground & set(_uses(item))
    }
    kept = _closed(resources, ground | settings)
    if needed := kept & set(lost):
        raise FleetError(
            f"{', '.join(sorted(map(name_of, needed)))} cannot be lost: other data that is kept stands on it",
            remedy="name that with --delete-data too",
        )
    urns = urns_of(state)
    gone = tuple(urn for urn in urns if urn not in kept)
    return Division(
        kept=tuple(urn for urn in urns if urn in kept),
        gone=gone,
        freed=tuple(urn for urn in gone if urn in clusters),
    )


def urns_of(state: Mapping[str, Any]) -> tuple[str, ...]:
    """Everything in a state, each once."""
    return tuple(dict.fromkeys(item["urn"] for item in _resources(state)))


def released(state: Mapping[str, Any], lost: Collection[str]) -> dict[str, Any]:
    """The state with these resources free to be deleted, with what is in them: not protected, not retained."""
    deployment = dict(state["deployment"])
    deployment["resources"] = [_released(item) if item["urn"] in lost else item for item in _resources(state)]
    return {**state, "deployment": deployment}


def eks_clusters(state: Mapping[str, Any], urns: Collection[str]) -> tuple[str, ...]:
    """ARNs of the EKS clusters among these resources."""
    return tuple(
        str(item["outputs"]["arn"])
        for item in _resources(state)
        if item["urn"] in urns and item["type"] == "aws:eks/cluster:Cluster" and item.get("outputs")
    )


def _released(resource: Mapping[str, Any]) -> dict[str, Any]:
    free = {**resource, "protect": False, "retainOnDelete": False}
    switch = stateful.EMPTIED_BY.get(str(resource["type"]))
    if switch:
        for side in ("inputs", "outputs"):
            free[side] = {**(resource.get(side) or {}), switch: True}
    return free


def _resources(state: Mapping[str, Any]) -> Resources:
    found: Resources = (state.get("deployment") or {}).get("resources") or ()
    return found


def _is_data(resource: Mapping[str, Any]) -> bool:
    """A provider is none, unless it is protected, as one inside a protected component is: the engine deletes none."""
    if not resource.get("custom"):
        return False
    if resource.get("protect"):
        return True
    if str(resource["type"]).startswith(PROVIDER_TYPE):
        return False
    return bool(resource.get("retainOnDelete") or stateful.reason(str(resource["type"])))


def _in_clusters(resources: Resources) -> set[str]:
    """The clusters, and everything that has one as an ancestor, as what a component makes has."""
    parents = {item["urn"]: item.get("parent") for item in resources}
    clusters = {item["urn"] for item in resources if item["type"] in stateful.CLUSTERS}

    def is_in_one(urn: str | None) -> bool:
        return urn is not None and (urn in clusters or is_in_one(parents.get(urn)))

    return {urn for urn in parents if is_in_one(urn)}


def _closed(resources: Resources, urns: Collection[str]) -> set[str]:
    """These resources, and everything that they need."""
    needs: dict[str, set[str]] = {}
    for item in resources:
        needs.setdefault(item["urn"], set()).update(_needs(item))
    found: set[str] = set()
    waiting = list(urns)
    while waiting:
        urn = waiting.pop()
        if urn not in found:
            found.add(urn)
            waiting += needs.get(urn, ())
    return found


def _needs(resource: Mapping[str, Any]) -> Iterator[str]:
    for role in ("parent", "deletedWith"):
        if resource.get(role):
            yield resource[role]
    if resource.get("provider"):
        yield str(resource["provider"]).rpartition("::")[0]
    yield from _uses(resource)


def _uses(resource: Mapping[str, Any]) -> Iterator[str]:
    """The resources whose ids or other outputs this one was given."""
    yield from resource.get("dependencies") or ()
    for urns in (resource.get("propertyDependencies") or {}).values():
        yield from urns or ()
