"""The life of an object where a real API server is not needed: retries, conflicts, waiting, nobody there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from sandbox.kubernetes.client import ApiError
from sandbox.providers.errors import PartlyCreatedError, ProviderError
from sandbox.providers.kubernetes.cluster import Cluster, UnreachableError
from sandbox.providers.kubernetes.kubeconfig import Access, Ticket
from sandbox.providers.kubernetes.lifecycle import RETRY_AFTER_S, Life
from sandbox.providers.kubernetes.objects import Identity, Kind
from sandbox.providers.wire import UNKNOWN

POD, SETTINGS = Kind("v1", "Pod"), Kind("v1", "ConfigMap")
INPUTS = {"metadata": {"name": "a", "namespace": "team"}}
FLAGS = {"enablePatchForce": False, "upsertExistingObjects": False}
NOBODY = Access(endpoint="http://127.0.0.1:9", ca_pem="")
Answer = Callable[[], dict[str, Any]]


def refusal(status: int, reason: str, message: str = "no") -> Answer:
    def answer() -> dict[str, Any]:
        raise ApiError(status, {"reason": reason, "message": message})

    return answer


def shown(kind: Kind = SETTINGS, *, uid: str = "1", **more: Any) -> Answer:
    metadata = {"name": "a", "namespace": "team", "uid": uid, "generation": 1, "managedFields": []}
    return lambda: {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata, **more}


class Script(Cluster):
    """An API server that answers as the test says: the last answer to a method stays."""

    def __init__(self, **answers: list[Answer]) -> None:
        super().__init__(NOBODY, lambda _: {})
        self.answers = answers
        self.asked: list[tuple[str, str, Mapping[str, str]]] = []

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        params: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> dict[str, Any]:
        del body, content_type
        if path == "/api/v1":
            names = (("pods", "Pod"), ("configmaps", "ConfigMap"))
            return {"resources": [{"name": name, "kind": kind, "namespaced": True} for name, kind in names]}
        self.asked.append((method, path, params or {}))
        answers = self.answers[method]
        return (answers.pop(0) if len(answers) > 1 else answers[0])()


def life(cluster: Cluster, kind: Kind = SETTINGS, **flags: bool) -> tuple[Life, list[float]]:
    """A life whose clock goes on by what is slept, and the naps."""
    naps: list[float] = []
    made = Life(
        cluster=cluster,
        kind=kind,
        flags={**FLAGS, **flags},
        timeout_s=1.0,
        clock=lambda: sum(naps),
        sleep=naps.append,
    )
    return made, naps


def test_an_object_is_first_tried_so_that_nobody_elses_is_taken_over() -> None:
    cluster = Script(POST=[refusal(409, "AlreadyExists", 'configmaps "a" already exists')], PATCH=[shown()])
    made, _ = life(cluster)
    with pytest.raises(ProviderError) as error:
        made.create(INPUTS, manager="me")
    assert str(error.value) == (
        'resource ConfigMap team/a was not accepted by the Kubernetes API server: configmaps "a" already exists'
    )
    upserting, _ = life(cluster, upsertExistingObjects=True)
    assert upserting.create(INPUTS, manager="me")[0] == "team/a"


def test_an_object_is_applied_under_its_manager_and_by_force_only_when_asked() -> None:
    cluster = Script(POST=[shown()], PATCH=[shown()])
    made, _ = life(cluster)
    outputs = made.create(INPUTS, manager="me")[1]
    assert "managedFields" not in outputs["metadata"]
    assert outputs["__fieldManager"] == "me"
    forced = {"metadata": {**INPUTS["metadata"], "annotations": {"pulumi.com/patchForce": "true"}}}
    made.update(forced, manager="me")
    path = "/api/v1/namespaces/team/configmaps"
    assert cluster.asked == [
        ("POST", path, {"dryRun": "All"}),
        ("PATCH", f"{path}/a", {"fieldManager": "me", "force": "false"}),
        ("PATCH", f"{path}/a", {"fieldManager": "me", "force": "true"}),
    ]


def test_a_namespace_that_is_on_its_way_is_waited_for() -> None:
    missing = refusal(404, "NotFound", 'namespaces "team" not found')
    made, naps = life(Script(POST=[missing, missing, shown()], PATCH=[shown()]))
    made.create(INPUTS, manager="me")
    assert naps == list(RETRY_AFTER_S[:2])
    hopeless, _ = life(Script(POST=[missing]))
    with pytest.raises(ProviderError, match=r'^namespaces "team" not found$'):
        hopeless.create(INPUTS, manager="me")


def test_a_preview_of_what_cannot_be_known_yet_is_its_inputs() -> None:
    unknown = {**INPUTS, "data": {"a": UNKNOWN}}
    silent = Script()
    assert life(silent)[0].preview(unknown, manager="me", is_new=True) == unknown
    assert silent.asked == []
    for answer in (refusal(404, "NotFound"), refusal(403, "Forbidden"), refusal(409, "AlreadyExists")):
        made, _ = life(Script(POST=[answer]))
        assert made.preview(INPUTS, manager="me", is_new=True) == INPUTS


def test_a_conflict_says_how_to_take_over() -> None:
    made, _ = life(Script(PATCH=[refusal(409, "Conflict", "Apply failed with 1 conflict")]))
    with pytest.raises(ProviderError, match=r"pulumi.com/patchForce.*: Apply failed with 1 conflict$"):
        made.preview(INPUTS, manager="me", is_new=False)


def test_what_does_not_become_ready_is_kept_with_what_it_lacks() -> None:
    pending = shown(POD, status={"phase": "Pending"})
    made, naps = life(Script(POST=[pending], PATCH=[pending], GET=[pending]), POD)
    with pytest.raises(PartlyCreatedError) as error:
        made.create(INPUTS, manager="me")
    assert str(error.value) == "Pod team/a was applied, but is not ready in time: it is Pending"
    assert error.value.resource_id == "team/a"
    assert sum(naps) == pytest.approx(1.2)
    skipped = {"metadata": {**INPUTS["metadata"], "annotations": {"pulumi.com/skipAwait": "true"}}}
    assert made.create(skipped, manager="me")[0] == "team/a"


def test_a_delete_waits_until_the_very_object_is_gone() -> None:
    outputs = shown()()
    identity = Identity("a", "team")
    made, naps = life(Script(DELETE=[shown()], GET=[shown(), refusal(404, "NotFound")]))
    made.delete(identity, outputs)
    assert len(naps) == 1
    again, naps = life(Script(DELETE=[shown()], GET=[shown(uid="2")]))
    again.delete(identity, outputs)
    assert naps == []
    gone, _ = life(Script(DELETE=[refusal(404, "NotFound")]))
    gone.delete(identity, outputs)


def test_what_is_held_says_by_what() -> None:
    held = shown()
    held()["metadata"]["finalizers"] = ["example.com/guard"]
    made, _ = life(Script(DELETE=[held], GET=[held]))
    with pytest.raises(ProviderError, match=r"is still there; held by example\.com/guard$"):
        made.delete(Identity("a", "team"), shown()())


def test_a_patch_leaves_the_object_and_owns_nothing_in_it_any_more() -> None:
    live = shown()
    live()["metadata"]["managedFields"] = [
        {"manager": "other", "operation": "Apply"},
        {"manager": "me", "operation": "Apply"},
    ]
    cluster = Script(GET=[live], PATCH=[live])
    made, _ = life(cluster, Kind("v1", "ConfigMap", is_patch=True))
    made.delete(Identity("a", "team"), {"__fieldManager": "me", "metadata": {}})
    assert [method for method, *_ in cluster.asked] == ["GET", "PATCH"]


def test_a_kind_that_the_cluster_lacks_is_said() -> None:
    class Empty(Script):
        def resource(self, kind: Kind) -> None:
            del kind

    made, _ = life(Empty())
    with pytest.raises(ProviderError, match=r"^no matches for kind 'ConfigMap' in version 'v1'"):
        made.create(INPUTS, manager="me")
    assert made.read(Identity("a")) is None
    made.delete(Identity("a"), {})


def test_a_cluster_that_nobody_answers_for_is_unreachable() -> None:
    with pytest.raises(
        UnreachableError, match=r"^configured Kubernetes cluster is unreachable: http://127\.0\.0\.1:9: "
    ):
        Cluster(NOBODY, lambda _: {}).resource(SETTINGS)


def test_a_token_is_made_anew_before_it_is_too_old() -> None:
    asked: list[Ticket] = []
    now = [0.0]

    def keys(ticket: Ticket) -> Mapping[str, str]:
        asked.append(ticket)
        return {"aws_access_key_id": "AKIA", "aws_secret_access_key": "secret"}

    ticket = Ticket("training", "us-east-1", None)
    access = Access(endpoint=NOBODY.endpoint, ca_pem="", ticket=ticket)
    cluster = Cluster(access, keys, clock=lambda: now[0])
    for seconds in (0.0, 599.0, 600.0):
        now[0] = seconds
        with pytest.raises(UnreachableError):
            cluster.call("GET", "/api/v1")
    assert asked == [ticket, ticket]
