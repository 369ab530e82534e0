"""When an object is ready, by what its controllers say of it. Pure.

Kinds that are not here are ready when they are written; so are Services, Ingresses and claims, which the real
provider waits for: no load balancer and no storage driver works in the sandbox.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

Object = Mapping[str, Any]


def unready(live: Object) -> str | None:
    """What an object still lacks; None when it is ready."""
    check = _CHECKS.get((live["apiVersion"], live["kind"]))
    return check(live) if check else None


def _of_replicas(live: Object, *counts: str) -> str | None:
    """Whether the controller has seen the newest spec, and all replicas are of it."""
    wanted, status = live["spec"].get("replicas", 1), live.get("status", {})
    if status.get("observedGeneration", 0) < live["metadata"]["generation"]:
        return "its controller has not seen it yet"
    for count in counts:
        if status.get(count, 0) != wanted:
            return f"{status.get(count, 0)} of {wanted} {count}{_because(live)}"
    return None


def _because(live: Object) -> str:
    """What the conditions that do not hold say."""
    conditions = live.get("status", {}).get("conditions", [])
    told = [item["message"] for item in conditions if item["status"] == "False" and item.get("message")]
    return f": {'; '.join(told)}" if told else ""


def _deployment(live: Object) -> str | None:
    if live["spec"].get("paused"):
        return None
    return (
        _of_replicas(live, "replicas", "updatedReplicas", "availableReplicas") if _wants_any(live) else None
    )


def _wants_any(live: Object) -> bool:
    return bool(live["spec"].get("replicas", 1))


def _stateful_set(live: Object) -> str | None:
    if live["spec"].get("updateStrategy", {}).get("type") == "OnDelete" or not _wants_any(live):
        return None
    return _of_replicas(live, "replicas", "updatedReplicas", "readyReplicas")


def _daemon_set(live: Object) -> str | None:
    status = live.get("status", {})
    if status.get("observedGeneration", 0) < live["metadata"]["generation"]:
        return "its controller has not seen it yet"
    wanted, ready = status.get("desiredNumberScheduled", 0), status.get("numberAvailable", 0)
    return None if ready >= wanted else f"{ready} of {wanted} numberAvailable"


def _job(live: Object) -> str | None:
    if live["spec"].get("suspend"):
        return None
    return None if _condition(live, "Complete") else f"it is not complete{_failed(live)}"


def _failed(live: Object) -> str:
    return ": it failed" if _condition(live, "Failed") else ""


def _pod(live: Object) -> str | None:
    phase = live.get("status", {}).get("phase", "Pending")
    if phase == "Succeeded" or _condition(live, "Ready"):
        return None
    return f"it is {phase}{_because(live)}"


def _definition(live: Object) -> str | None:
    names = [item for item in live.get("status", {}).get("conditions", []) if item["type"] == "NamesAccepted"]
    refused = next((item["message"] for item in names if item["status"] == "False"), None)
    if _condition(live, "Established"):
        return None
    return f"it is not established{': ' + refused if refused else ''}"


def _condition(live: Object, kind: str) -> bool:
    conditions = live.get("status", {}).get("conditions", [])
    return any(item["type"] == kind and item["status"] == "True" for item in conditions)


_CHECKS: Final[Mapping[tuple[str, str], Callable[[Object], str | None]]] = {
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"): _definition,
    ("apps/v1", "DaemonSet"): _daemon_set,
    ("apps/v1", "Deployment"): _deployment,
    ("apps/v1", "StatefulSet"): _stateful_set,
    ("batch/v1", "Job"): _job,
    ("v1", "Pod"): _pod,
}
