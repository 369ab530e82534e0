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

from components.parallelcluster_answers import (
    EXISTS,
    GONE,
    INPUTS,
    NO_CHANGE,
    OUTPUTS,
    PLACE,
    ClusterError,
    begin,
    cause_of,
    has_changed,
    is_allowed,
    is_known,
    is_stop_enough,
    outputs_of,
    require_ours,
    told,
)
from components.parallelcluster_api import Api, ApiError, Place
from plan.cluster_messages import RefusedChange, of_update, of_validation

POLL_FIRST_S, POLL_GROWTH, POLL_LAST_S = 0.5, 1.5, 15.0
"""Between two looks: quick where things are quick, and four a minute where they take their time."""
DEADLINE_S = 3600.0
"""ParallelCluster's own limit of a head node's start is 35 minutes, of a stack's rollback about as much."""
IN_PROGRESS = "_IN_PROGRESS"


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
        if is_known(news) and has_changed(_olds, news):
            reasons = self._reasons(_olds, news)
        # A failure that names its property is told with the whole value, here the whole file.
        return CheckResult(news, [CheckFailure("", reason) for reason in reasons])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Another name or region is another cluster; so is a change that the update policy never makes, if allowed."""
        changes = [key for key in INPUTS if _olds.get(key) != _news.get(key)]
        replaces = [key for key in PLACE if key in changes]
        if "configuration" in changes and is_known(_news) and _news["updates"] == "replace" and not replaces:
            refused = self._refused_changes(_news)
            replaces = ["configuration"] if any(not change.needs_stop for change in refused) else []
        return DiffResult(changes=bool(changes), replaces=replaces, delete_before_replace=True)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make the cluster. One that an earlier run began is taken over; one of ours that failed goes first."""
        api, name = self._connect(props), props["name"]
        found = api.describe(name)
        if found is not None:
            require_ours(found, props)
            if found["clusterStatus"] in {"CREATE_FAILED", "DELETE_IN_PROGRESS", "DELETE_FAILED"}:
                self._remove(api, name, found)
                found = None
        if found is None:
            begin(lambda: api.create(name, props["configuration"]), EXISTS)
        done = self._settled(api, name)
        if done is None or done["clusterStatus"] == "CREATE_FAILED":
            raise ClusterError(f"{name} was not made: {cause_of(api, name, done)}")
        return CreateResult(name, outputs_of(props, done))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """What the API says now; a cluster that is gone has no id."""
        found = self._connect(props).describe(id_)
        if found is None or found["clusterStatus"] == "DELETE_IN_PROGRESS":
            return ReadResult("", {})
        return ReadResult(id_, outputs_of(props, found))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Change the cluster, after whatever is still running on it; stop its fleet only where that is allowed."""
        api, name = self._connect(_news), _id
        done = self._settled(api, name)
        if _olds.get("configuration") != _news["configuration"]:
            try:
                done = self._changed(api, name, _news)
            except ApiError as error:
                if not is_stop_enough(error) or _news["updates"] == "live":
                    raise ClusterError(told(error, _news)) from None
                done = self._changed_while_stopped(api, name, _news)
        if done is None or done["clusterStatus"] == "UPDATE_FAILED":
            raise ClusterError(
                f"{name} was not updated, and is as it was before: {cause_of(api, name, done)}"
            )
        return UpdateResult(outputs_of(_news, done))

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
            refused = [change for change in changes if not is_allowed(change, allowed)]
            if changes:
                return [change.line(news["file"]) for change in refused]
            return told(error, news).splitlines()
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
        begin(lambda: api.delete(name), GONE)
        left = self._settled(api, name)
        if left is not None:
            raise ClusterError(f"{name} was not deleted: {cause_of(api, name, left)}")

    def _settled(self, api: Any, name: str) -> dict[str, Any] | None:
        """The cluster once nothing is in progress; None when there is none. Raises ClusterError after an hour."""

        def ask() -> dict[str, Any] | None:
            found: dict[str, Any] | None = api.describe(name)
            return found

        settled: dict[str, Any] | None = self._until(
            ask, lambda found: found is None or not found["clusterStatus"].endswith(IN_PROGRESS), name
        )
        return settled

    def _changed(self, api: Any, name: str, news: Mapping[str, Any]) -> dict[str, Any] | None:
        begin(lambda: api.update(name, news["configuration"]), NO_CHANGE)
        return self._settled(api, name)

    def _changed_while_stopped(self, api: Any, name: str, news: Mapping[str, Any]) -> dict[str, Any] | None:
        """The fleet runs again afterwards, whatever became of the change."""
        self._set_fleet(api, name, "STOP_REQUESTED", "STOPPED")
        try:
            return self._changed(api, name, news)
        except ApiError as error:
            raise ClusterError(told(error, news)) from None
        finally:
            self._set_fleet(api, name, "START_REQUESTED", "RUNNING")

    def _set_fleet(self, api: Any, name: str, request: str, status: str) -> None:
        api.set_fleet(name, request)
        self._until(lambda: api.fleet_status(name), lambda now: now == status, name)

    def _until(self, ask: Callable[[], Any], is_done: Callable[[Any], bool], name: str) -> Any:
        """Ask every few seconds; requests that fail are the API client's to repeat."""
        clock = self._clock or Clock()
        deadline, pause = clock.now() + DEADLINE_S, POLL_FIRST_S
        while not is_done(answer := ask()):
            if clock.now() > deadline:
                raise ClusterError(f"{name} is still {answer} after {DEADLINE_S / 60:.0f} min")
            clock.sleep(pause)
            pause = min(pause * POLL_GROWTH, POLL_LAST_S)
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
