"""Whatever stops a rollout in the middle: nothing is left pending unless a person said so, and it is said what
comes next. F1, F2 (SIGTERM), F4.
"""

from __future__ import annotations

import re

from tests.engine.fleets import FleetUnderTest, Result
from tests.engine.interrupts.conftest import Ended, urns


def test_an_interrupted_rollout_ends_with_130_and_says_so(interrupted: Ended) -> None:
    assert interrupted.code == 130
    assert (interrupted.stack["result"], interrupted.stack["reason"]) == ("interrupted", "interrupted")
    assert 0 < interrupted.stack["operations"]["create"] < 50


def test_the_open_create_ended_and_nothing_is_pending_or_locked(interrupted: Ended) -> None:
    assert (interrupted.pending, interrupted.locks, interrupted.stack["pending"]) == ([], [], [])


def test_what_it_waited_for_was_said(interrupted: Ended) -> None:
    assert "interrupted: nothing more is started; what is open ends first" in interrupted.said
    assert "(aws:ec2/subnet:Subnet), open for " in interrupted.said


def test_the_same_command_finishes_it_and_nothing_exists_twice(
    fleet: FleetUnderTest, resumed: Result, interrupted: Ended
) -> None:
    assert interrupted.report["next_command"] == "fleet up --sandbox --only one"
    assert resumed.code == 0, resumed.err
    operations = resumed.json["stacks"][0]["operations"]
    assert operations["create"] + interrupted.stack["operations"]["create"] == len_of_one(fleet)
    found = urns(fleet, "one", account="main", region="us-east-1")
    assert len(found) > 10
    assert set(found.values()) == {1}


def len_of_one(fleet: FleetUnderTest) -> int:
    return sum(row["resources"] for row in fleet.fleet("status", "--json", "--only", "one").json)


def test_a_session_that_expires_in_the_middle_says_whose_it_was_and_what_comes_next(expired: Ended) -> None:
    assert expired.code == 1
    assert expired.stack["reason"] == "the credentials expired"
    role = "arn:aws:sts::483026362307:assumed-role/MlPlatformOperator/"
    assert expired.stack["cause"].startswith(f"the session of {role}")
    assert " after this run began" in expired.stack["cause"]
    assert expired.report["advice"].startswith(f"renew the credentials of {role}")
    assert expired.report["next_command"] == "fleet up --sandbox --only two"


def test_what_was_done_before_the_session_expired_is_saved(expired: Ended) -> None:
    assert expired.stack["operations"]["create"] > 0
    assert (expired.pending, expired.locks) == ([], [])


def test_a_cancelled_job_of_ci_ends_as_an_interrupted_one(cancelled: Ended) -> None:
    assert (cancelled.code, cancelled.stack["result"]) == (130, "interrupted")
    assert (cancelled.pending, cancelled.locks) == ([], [])


def test_a_second_signal_that_is_confirmed_leaves_what_the_report_names(abandoned: Ended) -> None:
    assert abandoned.code == 130
    assert abandoned.stack["result"] == "interrupted"
    names = sorted(urn.rpartition("::")[2] for urn in abandoned.stack["pending"])
    assert names == sorted(item["resource"]["urn"].rpartition("::")[2] for item in abandoned.pending)
    assert any(name.startswith("two-network-nat-") for name in names)
    assert abandoned.stack["cause"].startswith("left pending: two-network-")
    assert abandoned.report["next_command"] == "fleet up --sandbox --only two"
    asked = re.search(r"a second signal leaves (\d+) resources pending; stop now\? \[y/N\]", abandoned.said)
    # The engine may tell an end that it has no time left to save: the state then holds more than was open.
    assert asked
    assert 0 < int(asked[1]) <= len(names)
