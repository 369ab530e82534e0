"""The provider of Slurm clusters against an API that answers as told, with a clock that does not wait."""

from __future__ import annotations

import base64
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from components.parallelcluster_answers import ClusterError
from components.parallelcluster_api import ApiError, Place
from components.parallelcluster_provider import Clock, ClusterProvider

PROPS = {
    "name": "one--slurm",
    "configuration": "HeadNode: {InstanceType: m5.xlarge}\n",
    "file": "cluster-configs/parallelcluster/slurm.yaml",
    "region": "us-east-1",
    "api_url": "https://abc.execute-api.us-east-1.amazonaws.com/prod",
    "user_role_arn": "arn:aws:iam::123456789012:role/PCAPIUserRole-1",
    "execution_role_arn": "arn:aws:iam::123456789012:role/FleetExecutionRole",
    "owner": "one",
    "updates": "live",
}
STOP = "All compute nodes must be stopped or QueueUpdateStrategy must be set to TERMINATE."
NEVER = "Update actions are not currently supported for the 'InstanceType' parameter."


def cluster(status: str, **more: Any) -> dict[str, Any]:
    return {
        "clusterName": "one--slurm",
        "clusterStatus": status,
        "version": "3.16.1",
        "scheduler": {"type": "slurm"},
        "computeFleetStatus": "RUNNING",
        "cloudformationStackArn": "arn:stack",
        "headNode": {"instanceId": "i-1", "privateIpAddress": "10.0.0.4"},
        "tags": [{"key": "fleet:site", "value": "one"}],
        **more,
    }


def refused(*reasons: str) -> ApiError:
    errors = [
        {"parameter": "P", "currentValue": "1", "requestedValue": "2", "message": reason}
        for reason in reasons
    ]
    return ApiError(400, {"message": "Update failure", "updateValidationErrors": errors})


@dataclass
class FakeApi:
    """Answers `describe` from a list, whose last stays, and refuses what `refusals` says, once each."""

    described: list[dict[str, Any] | None]
    refusals: dict[str, list[ApiError]] = field(default_factory=dict)
    fleet: str = "RUNNING"
    calls: list[str] = field(default_factory=list)

    def describe(self, _name: str) -> dict[str, Any] | None:
        return self.described.pop(0) if len(self.described) > 1 else self.described[0]

    def create(self, _name: str, _configuration: str, *, dry_run: bool = False) -> dict[str, Any]:
        return self._call("create", dry_run=dry_run)

    def update(self, _name: str, _configuration: str, *, dry_run: bool = False) -> dict[str, Any]:
        return self._call("update", dry_run=dry_run)

    def delete(self, _name: str) -> None:
        self._call("delete", dry_run=False)

    def set_fleet(self, _name: str, status: str) -> None:
        self.calls.append(status)
        self.fleet = {"STOP_REQUESTED": "STOPPED", "START_REQUESTED": "RUNNING"}[status]

    def fleet_status(self, _name: str) -> str:
        return self.fleet

    def failures(self, _name: str) -> list[str]:
        return ["HeadNodeWaitCondition: Failed to mount FSX."]

    def _call(self, what: str, *, dry_run: bool) -> dict[str, Any]:
        what = f"{what} dry" if dry_run else what
        self.calls.append(what)
        if self.refusals.get(what):
            raise self.refusals[what].pop(0)
        return {}


def provider(api: FakeApi) -> ClusterProvider:
    def connect(place: Place) -> FakeApi:
        assert place.url == PROPS["api_url"]
        return api

    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    return ClusterProvider(connect, Clock(now=lambda: now[0], sleep=sleep))


def failures(api: FakeApi, olds: dict[str, Any], news: dict[str, Any]) -> list[str]:
    return [failure.reason for failure in provider(api).check(olds, news).failures]


def message(act: Callable[[], object]) -> str:
    with pytest.raises(ClusterError) as refused_:
        act()
    return str(refused_.value)


CHANGED = {**PROPS, "configuration": "HeadNode: {InstanceType: m5.2xlarge}\n"}


def test_a_cluster_is_made_and_waited_for() -> None:
    api = FakeApi(
        [None, cluster("CREATE_IN_PROGRESS"), cluster("CREATE_IN_PROGRESS"), cluster("CREATE_COMPLETE")]
    )
    made = provider(api).create(PROPS)
    assert (made.id, api.calls) == ("one--slurm", ["create"])
    assert made.outs is not None
    assert made.outs == {
        **PROPS,
        "cluster_name": "one--slurm",
        "cluster_status": "CREATE_COMPLETE",
        "cluster_version": "3.16.1",
        "scheduler": "slurm",
        "compute_fleet_status": "RUNNING",
        "head_node_id": "i-1",
        "head_node_private_ip": "10.0.0.4",
        "stack_arn": "arn:stack",
    }


def test_f28_a_create_that_is_running_already_is_waited_for_not_repeated() -> None:
    api = FakeApi([cluster("CREATE_IN_PROGRESS"), cluster("CREATE_IN_PROGRESS"), cluster("CREATE_COMPLETE")])
    assert provider(api).create(PROPS).id == "one--slurm"
    assert api.calls == []


def test_a_create_whose_answer_was_lost_is_not_an_error() -> None:
    lost = ApiError(400, {"message": "Bad Request: Cluster one--slurm already exists."})
    api = FakeApi([None, cluster("CREATE_COMPLETE")], {"create": [lost]})
    assert provider(api).create(PROPS).id == "one--slurm"


def test_a_cluster_of_somebody_else_is_left_alone() -> None:
    api = FakeApi([cluster("CREATE_COMPLETE", tags=[{"key": "fleet:site", "value": "two"}])])
    said = message(lambda: provider(api).create(PROPS))
    assert said == (
        "there is a cluster one--slurm whose tag fleet:site is two, not one; delete it or choose another name"
    )
    assert api.calls == []


def test_what_failed_before_goes_first() -> None:
    api = FakeApi([cluster("CREATE_FAILED"), None, cluster("CREATE_COMPLETE")])
    assert provider(api).create(PROPS).id == "one--slurm"
    assert api.calls == ["delete", "create"]


def test_a_failed_create_says_why() -> None:
    failed = [{"failureCode": "FsxMountFailure", "failureReason": "Failed to mount FSX."}]
    api = FakeApi([None, cluster("CREATE_FAILED", failures=failed)])
    assert message(lambda: provider(api).create(PROPS)) == (
        "one--slurm was not made: FsxMountFailure: Failed to mount FSX.; "
        "HeadNodeWaitCondition: Failed to mount FSX."
    )


def test_waiting_has_an_end() -> None:
    api = FakeApi([None, cluster("CREATE_IN_PROGRESS")])
    assert message(lambda: provider(api).create(PROPS)).endswith("after 60 min")


def test_a_dry_run_before_a_create_tells_what_aws_refuses() -> None:
    said = [
        {
            "level": "ERROR",
            "type": "EfaValidator",
            "message": "Instance type 'm5.xlarge' does not support EFA.",
        }
    ]
    error = ApiError(400, {"message": "Invalid", "configurationValidationErrors": said})
    api = FakeApi([None], {"create dry": [error]})
    assert failures(api, {}, PROPS) == [
        (
            "cluster-configs/parallelcluster/slurm.yaml: HeadNode.InstanceType: Instance type 'm5.xlarge' does not "
            "support EFA. (EfaValidator); choose an instance type that has EFA, or remove Efa"
        )
    ]


def test_nothing_is_asked_while_the_api_is_not_there_or_nothing_changes() -> None:
    api = FakeApi([None])
    assert failures(api, {}, {**PROPS, "api_url": object()}) == []
    assert failures(api, PROPS, PROPS) == []
    assert api.calls == []


@pytest.mark.parametrize(
    ("updates", "reason", "refused_lines"),
    [
        ("live", STOP, 1),
        ("stop-fleet", STOP, 0),
        ("live", NEVER, 1),
        ("stop-fleet", NEVER, 1),
        ("replace", NEVER, 0),
    ],
)
def test_a_change_is_refused_at_preview_unless_the_site_file_allows_it(
    updates: str, reason: str, refused_lines: int
) -> None:
    api = FakeApi([cluster("CREATE_COMPLETE")], {"update dry": [refused(reason)]})
    said = failures(api, PROPS, {**CHANGED, "updates": updates})
    assert len(said) == refused_lines
    assert all(reason.rstrip(".") in line for line in said)


def test_a_change_that_is_never_made_is_a_replacement_where_that_is_allowed() -> None:
    api = FakeApi([cluster("CREATE_COMPLETE")], {"update dry": [refused(NEVER)]})
    diff = provider(api).diff("one--slurm", PROPS, {**CHANGED, "updates": "replace"})
    assert (diff.changes, diff.replaces, diff.delete_before_replace) == (True, ["configuration"], True)


def test_another_region_is_another_cluster_and_no_change_is_none() -> None:
    api = FakeApi([cluster("CREATE_COMPLETE")])
    assert provider(api).diff("one--slurm", PROPS, {**PROPS, "region": "us-west-2"}).replaces == ["region"]
    same = provider(api).diff("one--slurm", PROPS, dict(PROPS))
    assert (same.changes, same.replaces, api.calls) == (False, [], [])


def test_an_update_waits_for_what_runs_and_then_for_itself() -> None:
    running = cluster("UPDATE_IN_PROGRESS")
    api = FakeApi([running, cluster("UPDATE_COMPLETE"), running, cluster("UPDATE_COMPLETE")])
    done = provider(api).update("one--slurm", PROPS, CHANGED)
    assert api.calls == ["update"]
    assert done.outs is not None
    assert done.outs["configuration"] == CHANGED["configuration"]


def test_an_update_that_was_done_already_is_no_error() -> None:
    done = ApiError(400, {"message": "Bad Request: No changes found in your cluster configuration."})
    api = FakeApi([cluster("UPDATE_COMPLETE")], {"update": [done]})
    provider(api).update("one--slurm", PROPS, CHANGED)
    assert api.calls == ["update"]


def test_the_fleet_is_stopped_and_started_where_that_is_allowed() -> None:
    api = FakeApi([cluster("UPDATE_COMPLETE")], {"update": [refused(STOP)]})
    provider(api).update("one--slurm", PROPS, {**CHANGED, "updates": "stop-fleet"})
    assert api.calls == ["update", "STOP_REQUESTED", "update", "START_REQUESTED"]


def test_a_fleet_that_was_stopped_in_vain_is_started_again() -> None:
    api = FakeApi([cluster("UPDATE_COMPLETE")], {"update": [refused(STOP), refused(NEVER)]})
    news = {**CHANGED, "updates": "stop-fleet"}
    assert NEVER.rstrip(".") in message(lambda: provider(api).update("one--slurm", PROPS, news))
    assert api.calls == ["update", "STOP_REQUESTED", "update", "START_REQUESTED"]


def test_the_fleet_is_not_stopped_otherwise() -> None:
    api = FakeApi([cluster("UPDATE_COMPLETE")], {"update": [refused(STOP)]})
    assert STOP.rstrip(".") in message(lambda: provider(api).update("one--slurm", PROPS, CHANGED))
    assert api.calls == ["update"]


def test_a_failed_update_says_why() -> None:
    api = FakeApi([cluster("CREATE_COMPLETE"), cluster("UPDATE_FAILED")])
    assert message(lambda: provider(api).update("one--slurm", PROPS, CHANGED)) == (
        "one--slurm was not updated, and is as it was before: HeadNodeWaitCondition: Failed to mount FSX."
    )


def test_a_delete_waits_until_the_cluster_is_gone() -> None:
    api = FakeApi(
        [cluster("UPDATE_IN_PROGRESS"), cluster("UPDATE_COMPLETE"), cluster("DELETE_IN_PROGRESS"), None]
    )
    provider(api).delete("one--slurm", PROPS)
    assert api.calls == ["delete"]


def test_a_cluster_that_is_gone_is_neither_deleted_nor_read() -> None:
    api = FakeApi([None])
    provider(api).delete("one--slurm", PROPS)
    assert api.calls == []
    assert provider(api).read("one--slurm", PROPS).id == ""


def test_what_is_pickled_is_the_name_of_the_class_and_nothing_else() -> None:
    text = serialize_provider(ClusterProvider())
    assert len(text) < 200, "something was captured"
    assert b"components.parallelcluster_provider" in base64.b64decode(text)
    again = pickle.loads(base64.b64decode(text))  # noqa: S301 - what the engine does with it
    assert vars(again) == {"_api": None, "_clock": None}
