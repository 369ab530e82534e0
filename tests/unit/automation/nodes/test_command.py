"""What people and machines are shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from automation.cli import app
from automation.commands.nodes import age_text, chosen_clusters, table, to_json
from automation.errors import FleetError
from automation.nodes.survey import SiteNodes
from automation.session import Session
from tests.unit.automation.nodes.fakes import LAUNCHED, node

NOW = LAUNCHED + timedelta(hours=3, minutes=4)
FOUND = (
    SiteNodes(site="one", nodes=(node(), node(id="i-2", launched_at=None))),
    SiteNodes(site="two", failure="cannot assume r"),
)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0, "0s"),
        (59, "59s"),
        (60, "1m"),
        (3_661, "1h 1m"),
        (86_400, "1d"),
        (90_061, "1d 1h"),
        (86_461, "1d"),
    ],
)
def test_an_age_has_two_units_at_most(seconds: int | None, text: str) -> None:
    assert age_text(seconds) == text


def test_machines_get_every_node_and_every_failure() -> None:
    told = to_json(FOUND, NOW)
    assert told["nodes"][0] == {
        "site": "one",
        "cluster": "one--training",
        "kind": "eks",
        "group": "system",
        "instance_type": "m5.large",
        "id": "i-1",
        "host": "ip-10-0-0-5.ec2.internal",
        "zone": "use1-az4",
        "state": "running",
        "health": "ready",
        "detail": "",
        "launched_at": "2026-11-24T10:00:00+00:00",
        "age_s": 11_040,
    }
    assert (told["nodes"][1]["launched_at"], told["nodes"][1]["age_s"]) == (None, None)
    assert told["failed"] == [{"site": "two", "cause": "cannot assume r"}]


def test_people_get_a_line_a_node_and_one_for_a_site_that_failed() -> None:
    columns = {str(column.header): list(column.cells) for column in table(FOUND, NOW).columns}
    assert columns["id"] == ["i-1", "i-2", ""]
    assert columns["age"] == ["3h 4m", "", ""]
    assert columns["cluster"][-1] == "two", "the site that could not be read"
    assert columns["state"] == ["running", "running", "not read"]


def test_a_cluster_of_the_fleet_can_be_chosen(session: Session) -> None:
    chosen = chosen_clusters(session, "main-usw2--inference")
    assert {site: [cluster.name for cluster in found] for site, found in chosen.items() if found} == {
        "main-usw2": ["main-usw2--inference"]
    }


def test_an_unknown_cluster_is_told_with_the_nearest(session: Session) -> None:
    with pytest.raises(
        FleetError, match="the fleet has no cluster main-usw2--inferenc; did you mean main-usw2--inf"
    ):
        chosen_clusters(session, "main-usw2--inferenc")


def test_an_option_before_the_verb_is_refused_since_it_would_not_reach_it() -> None:
    done = CliRunner().invoke(app, ["nodes", "--sandbox", "reboot", "i-1"])
    assert done.exit_code == 2
    assert "Invalid value for --sandbox: write it behind reboot" in done.output
