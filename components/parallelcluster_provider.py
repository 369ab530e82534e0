"""A Slurm cluster as a resource: Pulumi's dynamic provider over ParallelCluster's API (docs/decisions/0022).

The provider's text in the state is the name of this class: no credential, no code, nothing that was captured.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.dynamic import Resource as DynamicResource
from pulumi.runtime.rpc import UNKNOWN

from components.parallelcluster_api import Api, ApiError, Place
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

POLL_S = 10.0
DEADLINE_S = 3600.0
"""ParallelCluster's own limit of a head node's start is 35 minutes, of a stack's rollback about as much."""
IN_PROGRESS = "_IN_PROGRESS"
CAUSES_MAX = 3
NO_CHANGE = "No changes found in your cluster configuration"
EXISTS = "already exists"
GONE = "does not exist"
"""What the API says of what is done already (its controllers and models/cluster.py)."""


class ClusterError(Exception):
    """What went wrong with a cluster, as one message with its cause."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, as an argument."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class ClusterProvider(ResourceProvider):
    """Creates, changes and deletes clusters. `api` and `clock` are for tests: what is pickled has neither."""

    serialize_as_secret_always = False

    def __init__(self, api: Callable[[Place], Any] | None = None, clock: Clock | None = None) -> None:
        super().__init__()
        self._api = api
        self._clock = clock

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Ask AWS whether it would refuse this: a dry run, once the API is there and everything is known."""
        reasons: list[str] = []
        if _is_known(news) and _changed(_olds, news):
            reasons = self._reasons(_olds, news)
        return CheckResult(news, [CheckFailure("configuration", reason) for reason in reasons])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Another name or region is another cluster; so is a change that the update policy never makes, if allowed."""
        changes = [key for key in INPUTS if _olds.get(key) != _news.get(key)]
        replaces = [key for key in PLACE if key in changes]
        if "configuration" in changes and _is_known(_news) and _news["updates"] == "replace" and not replaces:
            refused = self._refused_changes(_news)
            replaces = ["configuration"] if any(not change.needs_stop for change in refused) else []
        return DiffResult(changes=bool(changes), replaces=replaces, delete_before_replace=True)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make the cluster. One that an earlier run began is taken over; one of ours that failed goes first."""
        api, name = self._connect(props), props["name"]
        found = api.describe(name)
        if found is not None:
            _require_ours(found, props)
            if found["clusterStatus"] in {"CREATE_FAILED", "DELETE_IN_PROGRESS", "DELETE_FAILED"}:
                self._remove(api, name, found)
                found = None
        if found is None:
            _begin(lambda: api.create(name, props["configuration"]), EXISTS)
        done = self._settled(api, name)
        if done is None or done["clusterStatus"] == "CREATE_FAILED":
            raise ClusterError(f"{name} was not made: {_cause(api, name, done)}")
        return CreateResult(name, _outputs(props, done))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """What the API says now; a cluster that is gone has no id."""
        found = self._connect(props).describe(id_)
        if found is None or found["clusterStatus"] == "DELETE_IN_PROGRESS":
            return ReadResult("", {})
        return ReadResult(id_, _outputs(props, found))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Change the cluster, after whatever is still running on it; stop its fleet only where that is allowed."""
        api, name = self._connect(_news), _id
        self._settled(api, name)
        stopped = False
        if _olds.get("configuration") != _news["configuration"]:
            try:
                _begin(lambda: api.update(name, _news["configuration"]), NO_CHANGE)
            except ApiError as error:
                if not _is_stop_enough(error) or _news["updates"] == "live":
                    raise ClusterError(_told(error, _news)) from None
                self._set_fleet(api, name, "STOP_REQUESTED", "STOPPED")
                stopped = True
                _begin(lambda: api.update(name, _news["configuration"]), NO_CHANGE)
        done = self._settled(api, name)
        if stopped:
            self._set_fleet(api, name, "START_REQUESTED", "RUNNING")
        if done is None or done["clusterStatus"] == "UPDATE_FAILED":
            raise ClusterError(f"{name} was not updated, and is as it was before: {_cause(api, name, done)}")
        return UpdateResult(_outputs(_news, done))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete the cluster and wait until it is gone; one that is gone already is fine."""
        api = self._connect(_props)
        found = api.describe(_id)
        if found is not None:
            self._remove(api, _id, found)

    def _connect(self, props: Mapping[str, Any]) -> Any:
        return (self._api or Api)(
            Place(
                url=props["api_url"],
                region=props["region"],
                execution_role_arn=props["execution_role_arn"],
                user_role_arn=props["user_role_arn"],
            )
        )

    def _reasons(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
        """Why AWS would refuse this create or update, a line each; warnings of what it would do are logged."""
        api, name = self._connect(news), news["name"]
        is_update = bool(olds) and not any(olds.get(key) != news[key] for key in PLACE)
        ask = api.update if is_update else api.create
        try:
            answer = ask(name, news["configuration"], dry_run=True)
        except ApiError as error:
            if NO_CHANGE in str(error) or (not is_update and EXISTS in str(error)):
                return []
            allowed = news["updates"]
            changes = of_update(error.body.get("updateValidationErrors", ()))
            refused = [change for change in changes if not _is_allowed(change, allowed)]
            if changes:
                return [change.line(news["file"]) for change in refused]
            return _told(error, news).splitlines()
        for message in of_validation(answer.get("validationMessages") or (), news["configuration"]):
            pulumi.log.warn(message.line(news["file"]))
        return []

    def _refused_changes(self, news: Mapping[str, Any]) -> tuple[RefusedChange, ...]:
        try:
            self._connect(news).update(news["name"], news["configuration"], dry_run=True)
        except ApiError as error:
            return of_update(error.body.get("updateValidationErrors", ()))
        return ()

    def _remove(self, api: Any, name: str, found: Mapping[str, Any]) -> None:
        if found["clusterStatus"].endswith(IN_PROGRESS) and found["clusterStatus"] != "DELETE_IN_PROGRESS":
            self._settled(api, name)
        _begin(lambda: api.delete(name), GONE)
        left = self._settled(api, name)
        if left is not None:
            raise ClusterError(f"{name} was not deleted: {_cause(api, name, left)}")

    def _settled(self, api: Any, name: str) -> dict[str, Any] | None:
        """The cluster once nothing is in progress; None when there is none. Raises ClusterError after an hour."""

        def ask() -> dict[str, Any] | None:
            found: dict[str, Any] | None = api.describe(name)
            return found

        settled: dict[str, Any] | None = self._until(
            ask, lambda found: found is None or not found["clusterStatus"].endswith(IN_PROGRESS), name
        )
        return settled

    def _set_fleet(self, api: Any, name: str, request: str, status: str) -> None:
        api.set_fleet(name, request)
        self._until(lambda: api.fleet_status(name), lambda now: now == status, name)

    def _until(self, ask: Callable[[], Any], is_done: Callable[[Any], bool], name: str) -> Any:
        """Ask every few seconds; requests that fail are the API client's to repeat."""
        clock = self._clock or Clock()
        deadline = clock.now() + DEADLINE_S
        while not is_done(answer := ask()):
            if clock.now() > deadline:
                raise ClusterError(f"{name} is still {answer} after {DEADLINE_S / 60:.0f} min")
            clock.sleep(POLL_S)
        return answer


class SlurmCluster(DynamicResource, module="parallelcluster", name="Cluster"):
    """A cluster of ParallelCluster."""

    cluster_name: pulumi.Output[str]
    cluster_status: pulumi.Output[str]
    cluster_version: pulumi.Output[str]
    scheduler: pulumi.Output[str]
    compute_fleet_status: pulumi.Output[str]
    head_node_id: pulumi.Output[str]
    head_node_private_ip: pulumi.Output[str]
    stack_arn: pulumi.Output[str]

    def __init__(
        self, resource_name: str, *, opts: pulumi.ResourceOptions | None = None, **inputs: Any
    ) -> None:
        if set(inputs) != set(INPUTS):
            raise TypeError(f"a cluster takes {sorted(INPUTS)}, was given {sorted(inputs)}")
        outputs = dict.fromkeys(OUTPUTS)
        super().__init__(ClusterProvider(), resource_name, {**inputs, **outputs}, opts)


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


def _outputs(props: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
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


def _is_known(props: Mapping[str, Any]) -> bool:
    return all(props.get(key) not in {None, UNKNOWN} for key in INPUTS)


def _changed(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    return any(olds.get(key) != news[key] for key in ("configuration", *PLACE))


def _is_allowed(change: RefusedChange, updates: str) -> bool:
    return updates == "replace" or (change.needs_stop and updates == "stop-fleet")


def _is_stop_enough(error: ApiError) -> bool:
    changes = of_update(error.body.get("updateValidationErrors", ()))
    return bool(changes) and all(change.needs_stop for change in changes)


def _begin(ask: Callable[[], Any], already: str) -> None:
    """Begin an operation; that it was done `already`, by a request whose answer was lost, is no error."""
    try:
        ask()
    except ApiError as error:
        if already not in str(error):
            raise


def _require_ours(found: Mapping[str, Any], props: Mapping[str, Any]) -> None:
    """Raise ClusterError for a cluster of this name that is not this site's."""
    tags = {tag["key"]: tag["value"] for tag in found.get("tags", ())}
    if tags.get(OWNER_TAG) != props["owner"]:
        raise ClusterError(
            f"there is a cluster {props['name']} whose tag {OWNER_TAG} is {tags.get(OWNER_TAG)}, "
            f"not {props['owner']}; delete it or choose another name"
        )


def _cause(api: Any, name: str, found: Mapping[str, Any] | None) -> str:
    """Why: the API's failures, then those of the cluster's stack."""
    if found is None:
        return "it is gone; somebody deleted it meanwhile"
    said = [
        f"{failure['failureCode']}: {failure['failureReason']}" for failure in found.get("failures") or ()
    ]
    return "; ".join([*said, *api.failures(name)[:CAUSES_MAX]]) or f"its status is {found['clusterStatus']}"


def _told(error: ApiError, props: Mapping[str, Any]) -> str:
    """Everything that the API says about a refused configuration, a line each."""
    file = props["file"]
    said: list[Message | RefusedChange] = [
        *of_validation(error.body.get("configurationValidationErrors", ()), props["configuration"]),
        *of_update(error.body.get("updateValidationErrors", ())),
    ]
    return "\n".join(item.line(file) for item in said) or f"{file}: ParallelCluster's API refused: {error}"
