"""Each cluster in one word, with what made it so."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from automation.errors import FleetError
from automation.nodes.model import Health
from automation.nodes.status import (
    BROKEN,
    IN_SERVICE,
    Described,
    Wellness,
    assess,
    describe_eks,
    describe_hyperpod,
    judge,
)
from automation.nodes.survey import SiteNodes
from tests.unit.automation.nodes.fakes import EKS, HYPERPOD, PCLUSTER, Service, error, node

ACTIVE = Described(version="1.34", status="ACTIVE")


@pytest.mark.parametrize(
    ("described", "healths", "wellness", "detail"),
    [
        (None, (), Wellness.ABSENT, ""),
        (ACTIVE, (), Wellness.HEALTHY, ""),
        (ACTIVE, (Health.READY, Health.STARTING, Health.STOPPING), Wellness.HEALTHY, ""),
        (ACTIVE, (Health.READY, Health.NOT_READY), Wellness.DEGRADED, "i-1 is not ready"),
        (ACTIVE, (Health.NOT_READY, Health.NOT_READY), Wellness.DEGRADED, "i-0 is not ready and 1 more"),
        (ACTIVE, (Health.UNKNOWN,), Wellness.UNKNOWN, "why"),
        (Described(version="1", status="ACTIVE", issue="x: y"), (), Wellness.DEGRADED, "x: y"),
        (Described(version="1", status="CREATING"), (), Wellness.CHANGING, ""),
        (Described(version="1", status="Updating"), (Health.NOT_READY,), Wellness.CHANGING, ""),
        (Described(version="1", status="Failed", issue="no capacity"), (), Wellness.FAILED, "no capacity"),
    ],
)
def test_a_cluster_in_one_word(
    described: Described | None, healths: tuple[Health, ...], wellness: Wellness, detail: str
) -> None:
    nodes = [
        node(id=f"i-{number}", health=health, detail="why" if health is Health.UNKNOWN else "")
        for number, health in enumerate(healths)
    ]
    assert judge(described, nodes) == (wellness, detail)


@pytest.mark.parametrize(
    ("service", "changes"),
    [
        ("eks", {"CREATING", "DELETING", "PENDING", "UPDATING"}),
        ("sagemaker", {"Creating", "Deleting", "SystemUpdating", "Updating"}),
    ],
)
def test_every_state_of_the_models_is_in_service_broken_or_a_change(service: str, changes: set[str]) -> None:
    shape = botocore.session.get_session().get_service_model(service).shape_for("ClusterStatus")
    assert set(shape.enum) - IN_SERVICE - BROKEN == changes


def test_nodes_are_counted_without_the_head_node() -> None:
    nodes = (
        node(PCLUSTER, id="i-1"),
        node(PCLUSTER, id="i-2", health=Health.STARTING),
        node(PCLUSTER, id="i-3", is_head=True),
        node(EKS, id="i-4"),
    )
    states = assess({"one": (PCLUSTER, EKS)}, (SiteNodes(site="one", nodes=nodes),), lambda _: ACTIVE)
    assert [(state.cluster.name, state.ready, state.total) for state in states["one"]] == [
        ("one--slurm", 1, 2),
        ("one--training", 1, 1),
    ]


def test_a_site_that_was_not_read_is_unknown_and_not_asked_again() -> None:
    def never(_: Any) -> Described | None:
        raise AssertionError

    states = assess({"one": (EKS,)}, (SiteNodes(site="one", failure="cannot assume r"),), never)
    (state,) = states["one"]
    assert (state.described, state.health, state.detail) == (None, Wellness.UNKNOWN, "cannot assume r")


def test_a_cluster_that_cannot_be_described_hides_no_other() -> None:
    def describe(cluster: Any) -> Described | None:
        if cluster == EKS:
            raise FleetError("EKS is away")
        return None

    one, other = assess({"one": (EKS, PCLUSTER)}, (), describe)["one"]
    assert (one.health, one.detail, other.health) == (Wellness.UNKNOWN, "EKS is away", Wellness.ABSENT)


def test_eks_says_version_status_and_what_it_finds_wrong() -> None:
    issue = {"code": "Ec2SubnetNotFound", "message": "subnet-1 is gone"}
    found = {"version": "1.34", "status": "ACTIVE", "health": {"issues": [issue]}}
    assert describe_eks(Service(describe_cluster={"cluster": found}), EKS) == Described(
        version="1.34", status="ACTIVE", issue="Ec2SubnetNotFound: subnet-1 is gone"
    )
    assert describe_eks(Service(describe_cluster=error("ResourceNotFoundException")), EKS) is None


def test_hyperpod_says_status_images_and_why_it_failed() -> None:
    groups = [{"CurrentImageReleaseVersion": "1.2.0"}, {"CurrentImageReleaseVersion": "1.1.0"}, {}]
    found = {"ClusterStatus": "Failed", "FailureMessage": "no capacity", "InstanceGroups": groups}
    assert describe_hyperpod(Service(describe_cluster=found), HYPERPOD) == Described(
        version="1.1.0, 1.2.0", status="Failed", issue="no capacity"
    )
    assert describe_hyperpod(Service(describe_cluster=error("ResourceNotFound")), HYPERPOD) is None
