"""A small fleet from its first preview to nothing left, with what goes wrong on the way."""

from __future__ import annotations

import pytest

from sandbox.client import Sandbox
from tests.engine.fleets import ACCOUNTS, FleetUnderTest
from tests.engine.small.conftest import Chapter


def test_first_preview_says_what_would_be_made_and_makes_nothing(empty: Chapter) -> None:
    assert empty.result.code == 2
    assert {name: row["operations"] for name, row in empty.stacks().items()} == {
        "one": {"create": 45},
        "two": {"create": 45},
        "links": {"create": 12},
    }
    before, after = empty.aws
    assert after == before


def test_links_by_hand_before_its_sites_names_what_to_deploy_first(links_first: Chapter) -> None:
    said = links_first.result.out + links_first.result.err
    assert links_first.result.code != 0
    assert "error: one: output network is missing; deploy that stack first: fleet up --only one" in said
    assert "Traceback" not in said


@pytest.mark.usefixtures("empty")
def test_credentials_of_the_wrong_account_change_nothing(fleet: FleetUnderTest) -> None:
    """As on AWS: without --sandbox, with the secondary account's credentials."""
    wrong = Sandbox(fleet.home / "sandbox").environment(account="secondary", region="us-east-1")
    refusal = fleet.fleet("up", "--yes", **{"FLEET_SANDBOX": "0", **wrong})
    assert refusal.code == 1
    assert (
        f"{ACCOUNTS['secondary']}:user/admin is in account {ACCOUNTS['secondary']}, but the state account"
        f" main is {ACCOUNTS['main']}"
    ) in refusal.err
    assert "preview started" not in refusal.err


def test_up_goes_on_where_the_refused_links_stopped(rolled_out: Chapter) -> None:
    """By hand, links had got as far as its root and its two providers."""
    assert rolled_out.result.code == 0, rolled_out.result.err
    assert {name: row["operations"] for name, row in rolled_out.stacks().items()} == {
        "one": {"create": 45},
        "two": {"create": 45},
        "links": {"create": 9, "same": 3, "outputs": 1},
    }


def test_a_failed_stack_blocks_its_dependents_and_nothing_else(refused: Chapter) -> None:
    rows = refused.stacks()
    assert refused.result.code == 1
    assert (rows["one"]["result"], rows["one"]["reason"]) == ("succeeded", "changed")
    assert (rows["two"]["result"], rows["two"]["reason"]) == ("failed", "the engine failed")
    assert "InvalidSubnet.Conflict" in rows["two"]["cause"]
    assert (rows["links"]["result"], rows["links"]["blocked_by"]) == ("blocked", "two")
    assert refused.result.json["next_command"] == "fleet up --sandbox"


def test_a_changed_tag_is_in_aws(refused: Chapter, converged: Chapter) -> None:
    assert refused.aws["one"] == {"new-owner"}
    assert converged.aws[0] == {"new-owner"}


def test_the_next_run_finishes_and_the_subnet_is_replaced(converged: Chapter) -> None:
    rows = converged.stacks()
    assert {name: row["result"] for name, row in rows.items()} == dict.fromkeys(
        ("one", "two", "links"), "succeeded"
    )
    assert rows["one"]["reason"] == "no changes"
    assert rows["two"]["operations"]["replace"] == 2, "the subnet and its route table association"
    assert converged.aws[1] == {"10.1.12.0/22", "10.1.4.0/22", "10.1.8.0/24", "10.1.9.0/24"}


def test_drift_made_with_boto3_is_seen_by_a_preview_with_refresh(
    drifted: Chapter, fleet: FleetUnderTest
) -> None:
    assert drifted.result.code == 2
    assert drifted.stacks()["one"]["operations"]["update"] == 2
    log = (fleet.home / "logs" / "one.log").read_text()
    for changed in ("one-network-vpc", "one-network-default"):
        assert changed in log


def test_drift_is_repaired(repaired: Chapter, fleet: FleetUnderTest) -> None:
    assert repaired.result.code == 0
    assert repaired.stacks()["one"]["operations"]["update"] == 2
    assert repaired.aws["IpPermissions"] == []


def test_destroy_leaves_nothing_in_any_account_or_region(empty: Chapter, destroyed: Chapter) -> None:
    assert destroyed.result.code == 0, destroyed.result.err
    assert {row["reason"] for row in destroyed.stacks().values()} == {"destroyed"}
    before, _ = empty.aws
    assert destroyed.aws - before == set()
    assert before - destroyed.aws == set()


def test_a_destroyed_site_is_rebuilt_from_git(rebuilt: Chapter) -> None:
    assert rebuilt.result.code == 0, rebuilt.result.err
    assert rebuilt.stacks()["two"]["operations"]["create"] == 45
    assert rebuilt.aws == {"10.1.12.0/22", "10.1.4.0/22", "10.1.8.0/24", "10.1.9.0/24"}
