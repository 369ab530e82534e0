"""Saved plans, guards, drift, refresh and the end of a site, with the real engine on the sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.engine.drift.conftest import VPC, Chapter
from tests.engine.fleets import ACCOUNTS, FleetUnderTest

NETWORK = "urn:pulumi:one::ml-clusters::mlclusters:network:Network$"


def row(chapter: Chapter, name: str, stack: str = "one") -> dict[str, Any]:
    """The report's row of a stack."""
    (found,) = [item for item in chapter[name].json["stacks"] if item["stack"] == stack]
    return dict(found)


def test_a_preview_names_every_resource_that_it_would_make(planned: Chapter) -> None:
    saved = planned["saved"]
    assert saved.code == 2, saved.err
    changes = saved.json["details"]["changes"]["one"]
    assert len(changes) == 45
    assert {change["operation"] for change in changes} == {"create"}
    assert VPC in {change["urn"] for change in changes}


def test_a_saved_plan_is_for_its_owner_alone(planned: Chapter) -> None:
    assert planned.aws == {"one.plan.json": 0o600, "manifest.json": 0o600}


def test_a_file_edited_after_the_preview_stops_the_up(planned: Chapter) -> None:
    refused = planned["edited"]
    assert refused.code == 1
    first, *differences = refused.err.strip().splitlines()
    assert first.endswith("is not what would run now:")
    assert differences == [
        "Pulumi.one.yaml was changed; preview, approve and save again: fleet preview --save DIR"
    ]


def test_what_was_approved_is_rolled_out_without_another_preview(planned: Chapter, plans: Path) -> None:
    rolled = planned["rolled out"]
    assert rolled.code == 0, rolled.err
    assert row(planned, "rolled out")["operations"] == {"create": 45}
    assert "preview started" not in rolled.err
    assert rolled.json["command"] == f"fleet up --sandbox --plan {plans}"


def test_a_target_is_rolled_out_alone(targeted: Chapter) -> None:
    chosen = targeted["chosen"]
    assert chosen.code == 0, chosen.err
    assert row(targeted, "chosen")["operations"]["update"] == 1
    assert targeted.aws[:2] == (3, 0)


def test_f18_a_plan_that_was_overtaken_is_stopped_by_the_engine(targeted: Chapter) -> None:
    overtaken = targeted["overtaken"]
    assert overtaken.code == 1
    assert "violates plan" in row(targeted, "overtaken")["cause"]
    assert targeted.aws[2] == 3, "what nobody approved was not done"


def test_more_deletions_than_allowed_stop_before_any_change(guarded: Chapter) -> None:
    refused = guarded["refused"]
    assert refused.code == 1
    assert refused.err.strip().splitlines()[-2:] == [
        "error: the rollout was stopped, and nothing was changed:",
        "deletions and replacements over the fleet: 7 (one: 7), allowed: 3; if that is meant: --max-deletes 7",
    ]
    assert "  delete  one-network-private-use1-az6  aws:ec2/subnet:Subnet" in refused.out.splitlines()
    before, after = guarded.aws
    assert before == after


def test_drift_is_found_by_resource_and_property(drifted: Chapter) -> None:
    assert drifted["found"].code == 2, drifted["found"].err
    assert row(drifted, "found")["drift"] == [
        {
            "urn": f"{NETWORK}aws:ec2/defaultSecurityGroup:DefaultSecurityGroup::one-network-default",
            "type": "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
            "name": "one-network-default",
            "is_gone": False,
            "properties": [
                {
                    "property": "ingress",
                    "expected": [],
                    "actual": [
                        {
                            "protocol": "tcp",
                            "fromPort": 22,
                            "toPort": 22,
                            "cidrBlocks": ["0.0.0.0/0"],
                            "securityGroups": [],
                        }
                    ],
                }
            ],
        },
        {
            "urn": f"{NETWORK}aws:ec2/route:Route::one-network-public-default-route",
            "type": "aws:ec2/route:Route",
            "name": "one-network-public-default-route",
            "is_gone": True,
            "properties": [],
        },
        {
            "urn": VPC,
            "type": "aws:ec2/vpc:Vpc",
            "name": "one-network-vpc",
            "is_gone": False,
            "properties": [{"property": "tags.environment", "expected": "dev", "actual": "prod"}],
        },
    ]


def test_looking_for_drift_leaves_the_state_as_it_is(drifted: Chapter) -> None:
    assert [item["stack"] for item in drifted["found"].json["stacks"]] == ["one"], (
        "the others are not deployed"
    )
    before, after = drifted.aws
    assert before == after


def test_a_refresh_with_credentials_of_another_account_is_refused(drifted: Chapter) -> None:
    """F14: everything would look gone, and the state would be emptied."""
    refused = drifted["wrong account"]
    assert refused.code == 1
    assert f"is in account {ACCOUNTS['secondary']}, but the state account main is" in refused.err
    assert "refresh started" not in refused.err


def test_a_refresh_takes_over_what_drift_showed(repaired: Chapter, drifted: Chapter) -> None:
    assert repaired["refreshed"].code == 0, repaired["refreshed"].err
    assert repaired["refreshed"].json["details"]["drift"] == {"one": row(drifted, "found")["drift"]}
    assert row(repaired, "refreshed")["operations"] == {"delete": 1, "same": 42, "update": 2}


def test_the_up_after_it_repairs(repaired: Chapter) -> None:
    assert row(repaired, "rolled out")["operations"] == {"create": 1, "same": 42, "update": 2}
    assert repaired.aws == {
        "routes": {"10.0.0.0/20", "0.0.0.0/0"},
        "environment": "dev",
        "ingress": [],
    }


def test_what_is_protected_is_named_before_a_destroy_touches_anything(protected: Chapter) -> None:
    """F31."""
    refused = protected["refused"]
    assert refused.code == 1
    assert refused.err.strip().splitlines()[-2:] == [
        "error: the rollout was stopped, and nothing was changed:",
        (
            "one: one-network-vpc (aws:ec2/vpc:Vpc) is protected; to keep it and what it stands on:"
            " --keep-data, to give it up: --delete-data one::one-network-vpc"
        ),
    ]
    assert "destroy started" not in refused.err


def test_what_is_in_the_way_of_a_destroy_is_its_cause(blocked: Chapter) -> None:
    failed = row(blocked, "failed")
    assert (blocked["failed"].code, failed["result"], failed["reason"]) == (1, "failed", "the engine failed")
    assert failed["cause"].startswith("one-network-vpc: deleting ")
    assert "DependencyViolation" in failed["cause"]


def test_the_same_command_finishes_and_says_what_is_left_in_aws(
    blocked: Chapter, fleet: FleetUnderTest
) -> None:
    again = blocked["again"]
    assert row(blocked, "again")["result"] == "succeeded"
    assert row(blocked, "again", "two")["reason"] == "not deployed"
    assert again.code == 1
    assert again.json["details"]["left"] == [
        {"account": "main", "region": "us-east-1", "arn": blocked.aws, "stack": "one", "resource": ""}
    ]
    assert again.json["next_command"] == "fleet destroy --sandbox"


def test_a_destroy_with_nothing_to_do_still_looks(destroyed: Chapter) -> None:
    last = destroyed["last"]
    assert (last.code, last.out.splitlines()[-1].partition(" of ")[0]) == (0, "nothing is left")
