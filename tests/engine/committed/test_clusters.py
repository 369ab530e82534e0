"""The committed fleet's clusters are where row A3 puts them, and `fleet status` and `fleet nodes` show them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.engine.committed.conftest import Standing

pytestmark = pytest.mark.engine

PLACES = {
    "main-use1": [("eks", "main-use1--training"), ("parallelcluster", "main-use1--slurm")],
    "main-usw2": [("eks", "main-usw2--inference")],
    "secondary-use1": [],
    "secondary-usw2": [
        ("eks", "secondary-usw2--training"),
        ("hyperpod", "secondary-usw2--slurm"),
        ("hyperpod", "secondary-usw2--eks"),
    ],
}
"""Row A3."""


@pytest.fixture(scope="module")
def status(standing: Standing) -> dict[str, list[dict[str, Any]]]:
    rows = standing.fleet.fleet("status", "--json").json
    return {row["stack"]: row["clusters"] for row in rows if row["stack"] in PLACES}


@pytest.fixture(scope="module")
def nodes(standing: Standing) -> dict[str, Any]:
    shown: dict[str, Any] = standing.fleet.fleet("nodes", "--json").json
    return shown


def test_clusters_are_where_row_a3_puts_them(status: dict[str, list[dict[str, Any]]]) -> None:
    assert {site: [(row["kind"], row["cluster"]) for row in rows] for site, rows in status.items()} == PLACES


def test_every_cluster_is_healthy_with_all_its_nodes(status: dict[str, list[dict[str, Any]]]) -> None:
    rows = [row for found in status.values() for row in found]
    assert [(row["cluster"], row["detail"]) for row in rows if row["health"] != "healthy"] == []
    assert [row["cluster"] for row in rows if row["nodes_ready"] != row["nodes_total"]] == []
    assert {row["version"] for row in rows if row["kind"] == "eks"} == {"1.34"}


def test_nodes_are_those_that_status_counts(
    status: dict[str, list[dict[str, Any]]], nodes: dict[str, Any]
) -> None:
    assert nodes["failed"] == []
    shown = Counter(node["cluster"] for node in nodes["nodes"] if node["group"] != "head node")
    counted = {row["cluster"]: row["nodes_total"] for found in status.values() for row in found}
    assert shown == Counter(counted)
    assert {node["health"] for node in nodes["nodes"]} == {"ready"}
