"""Objects of Kubernetes as resources: names, ids, what changes and replaces, when one is ready."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.providers.diff import Change
from sandbox.providers.kubernetes import objects
from sandbox.providers.kubernetes.objects import AUTONAMED, Identity, Kind
from sandbox.providers.kubernetes.readiness import unready
from sandbox.providers.kubernetes.replacements import difference
from sandbox.providers.wire import UNKNOWN, Properties
from tests.unit.sandbox.providers.engine import urn_of

FLAGS = {"enableConfigMapMutable": False, "enableSecretMutable": False}
NAMESPACE = urn_of("kubernetes:core/v1:Namespace")


@pytest.mark.parametrize(
    ("token", "inputs", "kind"),
    [
        ("core/v1:Namespace", {}, Kind("v1", "Namespace")),
        (
            "apps/v1:Deployment",
            {"apiVersion": "apps/v1", "kind": "Deployment"},
            Kind("apps/v1", "Deployment"),
        ),
        ("karpenter.sh/v1:NodePool", {}, Kind("karpenter.sh/v1", "NodePool")),
        (
            "core/v1:NamespacePatch",
            {"apiVersion": "v1", "kind": "Namespace"},
            Kind("v1", "Namespace", is_patch=True),
        ),
        (
            "example.com/v1:JsonPatch",
            {"apiVersion": "example.com/v1", "kind": "JsonPatch"},
            Kind("example.com/v1", "JsonPatch"),
        ),
    ],
)
def test_a_type_token_is_a_kind(token: str, inputs: Properties, kind: Kind) -> None:
    assert objects.kind_of(urn_of(f"kubernetes:{token}"), inputs) == kind


def test_an_id_is_a_place_and_a_name() -> None:
    for identity in (Identity("a"), Identity("a", "b")):
        assert Identity.of_id(identity.id) == identity


def named(news: Properties, olds: Properties | None = None, namespace: str | None = None) -> Properties:
    found = objects.named(news, olds or {}, urn_name="team", seed=b"seed", namespace=namespace)
    metadata: Properties = found["metadata"]
    return metadata


def test_an_object_without_a_name_gets_one_and_keeps_it() -> None:
    made = named({})
    assert made == {"name": "team-19b25856", "annotations": {AUTONAMED: "true"}}
    again = objects.named(
        {"metadata": {}}, {"metadata": made}, urn_name="renamed", seed=b"other", namespace=None
    )
    assert again["metadata"] == made
    assert named({"metadata": {"name": "mine"}}, namespace="apps") == {"name": "mine", "namespace": "apps"}
    assert objects.named({"metadata": UNKNOWN}, {}, urn_name="a", seed=b"", namespace=None) == {
        "metadata": UNKNOWN
    }


def test_a_refresh_takes_what_the_inputs_set_and_no_more() -> None:
    inputs = {"spec": {"high": 2, "gone": 1, "list": [{"a": 1}], "longer": [1]}}
    live = {"spec": {"high": 9, "other": 0, "list": [{"a": 2, "b": 3}], "longer": [1, 2]}, "status": {}}
    assert objects.projected(inputs, live) == {"spec": {"high": 9, "list": [{"a": 2}], "longer": [1, 2]}}


def test_an_import_has_no_field_that_only_the_server_writes() -> None:
    live = {"kind": "X", "metadata": {"name": "a", "uid": "1", "generation": 2}, "status": {}, "spec": {}}
    assert objects.inputs_of(live) == {"kind": "X", "metadata": {"name": "a"}, "spec": {}}


def changed(kind: Kind, olds: Any, news: Any, **flags: bool) -> Any:
    base = {"metadata": {"name": "a"}}
    return difference(kind, olds={**base, **olds}, news={**base, **news}, flags={**FLAGS, **flags})


DEPLOYMENT, SETTINGS = Kind("apps/v1", "Deployment"), Kind("v1", "ConfigMap")


def test_a_change_in_place_is_told_by_its_path() -> None:
    found = changed(
        DEPLOYMENT,
        {"spec": {"replicas": 1, "template": {"labels": {"a/b": "c"}}}},
        {"spec": {"replicas": 2, "template": {"labels": {}}, "paused": True}},
    )
    assert found.paths == {
        "spec.replicas": Change.UPDATE,
        'spec.template.labels["a/b"]': Change.DELETE,
        "spec.paused": Change.ADD,
    }
    assert (found.replaces, found.delete_before_replace) == ((), False)


def test_nothing_changes_when_the_default_namespace_is_said() -> None:
    assert not changed(DEPLOYMENT, {}, {"metadata": {"name": "a", "namespace": "default"}}).paths


@pytest.mark.parametrize(
    ("kind", "olds", "news", "replaces", "before"),
    [
        (DEPLOYMENT, {}, {"metadata": {"name": "b"}}, ("metadata.name",), False),
        (
            DEPLOYMENT,
            {"spec": {"selector": {"matchLabels": {"app": "a"}}}},
            {"spec": {"selector": {"matchLabels": {"app": "b"}}}},
            ("spec.selector.matchLabels.app",),
            True,
        ),
        (SETTINGS, {"data": {"a": "1"}}, {"data": {"a": "2"}}, ("data.a",), True),
        (SETTINGS, {"data": {"a": "1"}}, {"data": {"a": UNKNOWN}}, ("data.a",), True),
        (
            Kind("v1", "ConfigMap", is_patch=True),
            {"data": {"a": "1"}},
            {"data": {"a": "2"}},
            (),
            False,
        ),
        (
            Kind("rbac.authorization.k8s.io/v1", "RoleBinding"),
            {"roleRef": {"name": "a"}},
            {"roleRef": {"name": "b"}},
            ("roleRef.name",),
            True,
        ),
    ],
)
def test_what_nobody_may_change_replaces(
    kind: Kind, olds: Any, news: Any, replaces: tuple[str, ...], before: bool
) -> None:
    found = changed(kind, olds, news)
    assert (found.replaces, found.delete_before_replace) == (replaces, before)


def test_a_mutable_config_map_changes_in_place() -> None:
    found = changed(SETTINGS, {"data": {"a": "1"}}, {"data": {"a": "2"}}, enableConfigMapMutable=True)
    assert (list(found.paths), found.replaces) == (["data.a"], ())


def live(kind: str, api: str = "apps/v1", *, spec: Any = None, **status: Any) -> dict[str, Any]:
    return {
        "apiVersion": api,
        "kind": kind,
        "metadata": {"generation": 2},
        "spec": spec or {},
        "status": status,
    }


DONE: Any = {"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1}
CRD = "apiextensions.k8s.io/v1"


@pytest.mark.parametrize(
    ("found", "lack"),
    [
        (live("Deployment", **DONE, availableReplicas=1), None),
        (live("Deployment", **{**DONE, "observedGeneration": 1}), "its controller has not seen it yet"),
        (
            live(
                "Deployment",
                **DONE,
                conditions=[{"type": "Available", "status": "False", "message": "too few"}],
            ),
            "0 of 1 availableReplicas: too few",
        ),
        (live("Deployment", spec={"replicas": 0}), None),
        (live("StatefulSet", **DONE, readyReplicas=0), "0 of 1 readyReplicas"),
        (
            live("DaemonSet", observedGeneration=2, desiredNumberScheduled=2, numberAvailable=1),
            "1 of 2 numberAvailable",
        ),
        (live("Job", "batch/v1", conditions=[{"type": "Complete", "status": "True"}]), None),
        (
            live("Job", "batch/v1", conditions=[{"type": "Failed", "status": "True"}]),
            "it is not complete: it failed",
        ),
        (live("Pod", "v1"), "it is Pending"),
        (live("Pod", "v1", phase="Succeeded"), None),
        (live("CustomResourceDefinition", CRD, conditions=None), "it is not established"),
        (
            live("CustomResourceDefinition", CRD, conditions=[{"type": "Established", "status": "True"}]),
            None,
        ),
        (live("ConfigMap", "v1"), None),
    ],
)
def test_an_object_is_ready_when_its_controllers_say_so(found: dict[str, Any], lack: str | None) -> None:
    assert unready(found) == lack
