from __future__ import annotations

from typing import Any

import pytest

from sandbox.kubernetes.pods import is_going, next_status

NOW = "2026-11-24T12:00:00Z"
JOB = [{"kind": "Job", "name": "once"}]
SET = [{"kind": "ReplicaSet", "name": "web"}]


def pod(
    phase: str | None = None, *, owners: Any = (), restart: str = "Always", **spec: Any
) -> dict[str, Any]:
    return {
        "metadata": {"name": "web", "ownerReferences": list(owners)},
        "spec": {"containers": [{"name": "main", "image": "web:1"}], "restartPolicy": restart, **spec},
        "status": {"phase": phase} if phase else {},
    }


def after(item: dict[str, Any]) -> dict[str, Any] | None:
    return next_status(item, host_ip="10.0.0.1", pod_ip="100.64.0.1", now=NOW)


@pytest.mark.parametrize(
    ("item", "phase"),
    [
        (pod(), "Running"),
        (pod("Pending", owners=JOB, restart="Never"), "Running"),
        (pod("Running", owners=JOB, restart="Never"), "Succeeded"),
        (pod("Running", owners=JOB, restart="OnFailure"), "Succeeded"),
        (pod("Running", owners=SET), None),
        (pod("Running", restart="Never"), None),
        (pod("Running", owners=[{"kind": "PyTorchJob"}], restart="Never"), None),
        (pod("Succeeded", owners=JOB, restart="Never"), None),
        (pod("Failed"), None),
    ],
)
def test_the_phases_of_a_pod(item: dict[str, Any], phase: str | None) -> None:
    status = after(item)
    assert (status["phase"] if status else None) == phase


def test_a_pod_that_runs_is_ready_with_addresses() -> None:
    setup = {"name": "setup", "image": "tools:1"}
    sidecar = {"name": "sidecar", "image": "proxy:1", "restartPolicy": "Always"}
    status = after(pod(initContainers=[setup, sidecar]))
    assert status is not None
    assert (status["hostIP"], status["podIP"], status["startTime"]) == ("10.0.0.1", "100.64.0.1", NOW)
    assert {item["type"] for item in status["conditions"] if item["status"] == "True"} == {
        *("PodScheduled", "PodReadyToStartContainers", "Initialized", "ContainersReady", "Ready")
    }
    states = [list(item["state"]) for item in status["initContainerStatuses"]]
    assert states == [["terminated"], ["running"]]
    assert [(item["name"], item["ready"]) for item in status["containerStatuses"]] == [("main", True)]


def test_a_pod_that_has_ended_is_not_ready() -> None:
    status = after(pod("Running", owners=JOB, restart="Never"))
    assert status is not None
    ready = {item["type"]: item["status"] for item in status["conditions"]}
    assert (ready["Ready"], ready["PodScheduled"]) == ("False", "True")
    assert status["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 0


def test_a_pod_that_was_told_to_end_is_going() -> None:
    assert not is_going(pod())
    assert is_going({"metadata": {"deletionTimestamp": NOW}})
