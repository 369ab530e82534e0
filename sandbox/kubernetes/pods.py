"""What a kubelet would do about a pod: pure, from the pod as it is to its next status."""

from __future__ import annotations

from typing import Any

Pod = dict[str, Any]
_CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


def is_going(pod: Pod) -> bool:
    """Whether it was told to end: its containers do so at once, so it may go."""
    return "deletionTimestamp" in pod["metadata"]


def next_status(pod: Pod, *, host_ip: str, pod_ip: str, now: str) -> dict[str, Any] | None:
    """The status to write next; None when it stays as it is.

    A pod that was bound runs; one of a Job that is to end (it is not restarted always) has done its work then.
    """
    phase = pod.get("status", {}).get("phase", "Pending")
    if phase == "Pending":
        return _running(pod, host_ip, pod_ip, now)
    if phase == "Running" and _is_to_end(pod):
        return _succeeded(pod, now)
    return None


def _is_to_end(pod: Pod) -> bool:
    owners = pod["metadata"].get("ownerReferences", [])
    return pod["spec"].get("restartPolicy") != "Always" and any(owner["kind"] == "Job" for owner in owners)


def _running(pod: Pod, host_ip: str, pod_ip: str, now: str) -> dict[str, Any]:
    initial = pod["spec"].get("initContainers", [])
    return {
        "phase": "Running",
        "startTime": now,
        "hostIP": host_ip,
        "hostIPs": [{"ip": host_ip}],
        "podIP": pod_ip,
        "podIPs": [{"ip": pod_ip}],
        "conditions": [{"type": kind, "status": "True", "lastTransitionTime": now} for kind in _CONDITIONS],
        "initContainerStatuses": [
            _running_container(item, now) if item.get("restartPolicy") == "Always" else _ended(item, now)
            for item in initial
        ],
        "containerStatuses": [_running_container(item, now) for item in pod["spec"]["containers"]],
    }


def _succeeded(pod: Pod, now: str) -> dict[str, Any]:
    done = {"reason": "PodCompleted", "lastTransitionTime": now}
    return {
        "phase": "Succeeded",
        "conditions": [
            {"type": kind, "status": "False", **done}
            if kind in {"Ready", "ContainersReady"}
            else {"type": kind, "status": "True"}
            for kind in _CONDITIONS
        ],
        "containerStatuses": [_ended(item, now) for item in pod["spec"]["containers"]],
    }


def _running_container(container: dict[str, Any], now: str) -> dict[str, Any]:
    return {**_container(container, ready=True), "started": True, "state": {"running": {"startedAt": now}}}


def _ended(container: dict[str, Any], now: str) -> dict[str, Any]:
    ended = {"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}
    return {**_container(container, ready=False), "started": False, "state": {"terminated": ended}}


def _container(container: dict[str, Any], *, ready: bool) -> dict[str, Any]:
    return {
        "name": container["name"],
        "image": container["image"],
        "imageID": f"sandbox://{container['image']}",
        "containerID": f"sandbox://{container['name']}",
        "restartCount": 0,
        "ready": ready,
    }
