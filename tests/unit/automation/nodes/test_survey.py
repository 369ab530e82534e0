"""All sites at once: one that fails hides no other, and Kubernetes has the last word where it is reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Barrier

import pytest

from automation.errors import FleetError
from automation.nodes.clusters import clusters_of
from automation.nodes.model import Cluster, Condition, Health, Node
from automation.nodes.survey import SiteNodes, survey
from automation.session import Session
from tests.unit.automation.nodes.fakes import EKS, HYPERPOD, HYPERPOD_EKS, PCLUSTER, error, node

CLUSTERS = {"one": (EKS, PCLUSTER), "two": (HYPERPOD, HYPERPOD_EKS), "three": ()}


UNAUTHORIZED = "An error occurred (UnauthorizedOperation) when calling the Call operation: You may not"


def no_conditions(_: Cluster) -> Mapping[str, Condition]:
    return {}


def test_the_committed_fleet_s_clusters(session: Session) -> None:
    found = clusters_of(session.fleet)
    assert {
        site: [(one.kind, one.name, one.kubernetes) for one in of_site] for site, of_site in found.items()
    } == {
        "main-use1": [
            ("eks", "main-use1--training", "main-use1--training"),
            ("parallelcluster", "main-use1--slurm", None),
        ],
        "main-usw2": [("eks", "main-usw2--inference", "main-usw2--inference")],
        "secondary-use1": [],
        "secondary-usw2": [
            ("eks", "secondary-usw2--training", "secondary-usw2--training"),
            ("hyperpod", "secondary-usw2--slurm", None),
            ("hyperpod", "secondary-usw2--eks", "secondary-usw2--training"),
        ],
    }


def test_sites_are_read_at_the_same_time() -> None:
    together = Barrier(2, timeout=10)

    def read(site: str, _: Sequence[Cluster]) -> tuple[Node, ...]:
        together.wait()
        return ()

    assert [site.site for site in survey(CLUSTERS, read, no_conditions)] == ["one", "two"]


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        (FleetError("cannot assume r", remedy="log in"), "cannot assume r; log in"),
        (error("UnauthorizedOperation", "You may not"), UNAUTHORIZED),
    ],
)  # fmt: skip
def test_a_site_that_fails_is_said_and_hides_no_other(failure: Exception, cause: str) -> None:
    def read(site: str, _: Sequence[Cluster]) -> tuple[Node, ...]:
        if site == "two":
            raise failure
        return (node(PCLUSTER),)

    assert survey(CLUSTERS, read, no_conditions) == (
        SiteNodes(site="one", nodes=(node(PCLUSTER),)),
        SiteNodes(site="two", failure=cause),
    )


def test_nodes_are_in_order_of_cluster_group_and_id() -> None:
    mixed = (
        node(PCLUSTER, group="b", id="i-3"),
        node(PCLUSTER, group="b", id="i-2"),
        node(PCLUSTER, group="a", id="i-9"),
    )
    (one,) = survey({"one": (PCLUSTER,)}, lambda *_: mixed, no_conditions)
    assert [found.id for found in one.nodes] == ["i-9", "i-2", "i-3"]


HOST = "ip-10-0-0-5.ec2.internal"


@pytest.mark.parametrize(
    ("before", "said", "health", "detail"),
    [
        (Health.READY, {HOST: Condition(is_ready=True)}, Health.READY, ""),
        (Health.READY, {HOST: Condition(is_ready=False, detail="cordoned")}, Health.NOT_READY, "cordoned"),
        (Health.READY, {}, Health.STARTING, "it has not joined Kubernetes"),
        (Health.STARTING, {HOST: Condition(is_ready=True)}, Health.STARTING, ""),
    ],
)
def test_a_node_that_runs_is_as_ready_as_kubernetes_says(
    before: Health, said: dict[str, Condition], health: Health, detail: str
) -> None:
    (one,) = survey({"one": (EKS,)}, lambda *_: (node(health=before),), lambda _: said)
    assert [(found.health, found.detail) for found in one.nodes] == [(health, detail)]


def test_an_api_server_that_is_not_reached_leaves_a_doubt() -> None:
    def unreached(_: Cluster) -> Mapping[str, Condition]:
        raise FleetError("the API of c does not answer: timed out")

    nodes = (node(), node(id="i-2", health=Health.STOPPING))
    (one,) = survey({"one": (EKS,)}, lambda *_: nodes, unreached)
    assert [(found.health, found.detail) for found in one.nodes] == [
        (Health.UNKNOWN, "Kubernetes was not asked: the API of c does not answer: timed out"),
        (Health.STOPPING, ""),
    ]
    assert one.failure == ""


def test_clusters_on_slurm_or_without_nodes_ask_no_api_server() -> None:
    def never(_: Cluster) -> Mapping[str, Condition]:
        raise AssertionError

    (one,) = survey({"one": (EKS, PCLUSTER)}, lambda *_: (node(PCLUSTER),), never)
    assert len(one.nodes) == 1


def test_a_fleet_without_clusters_asks_nobody() -> None:
    assert survey({"one": ()}, lambda *_: (), no_conditions) == ()
