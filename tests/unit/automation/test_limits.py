"""What a rollout keeps to: guards, saved plans, targets; and drift, refresh and what a destroy leaves."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from automation.changes import Difference, Drift, ResourceChange
from automation.commands import preview
from automation.commands.drift import show_drift
from automation.commands.foresee import Asked
from automation.commands.preview import show_changes
from automation.commands.refresh import take_over
from automation.commands.up import roll_out
from automation.errors import FleetError, Refused
from automation.guards import GuardError
from automation.residue import Left
from automation.session import Session
from tests.unit.automation.fakes import NOTHING, PENDING, FakeWorkspace
from tests.unit.automation.rollouts import down

STACKS = ("main-use1", "main-usw2", "secondary-use1", "secondary-usw2", "links")


def urn(name: str, kind: str = "aws:ec2/vpc:Vpc", stack: str = "main-use1") -> str:
    return f"urn:pulumi:{stack}::ml-clusters::mlclusters:x:X${kind}::{name}"


BUCKET = urn("data", "aws:s3/bucket:Bucket")
ROUTE = urn("route", "aws:ec2/route:Route", stack="links")


def fleet(**changes: tuple[ResourceChange, ...]) -> FakeWorkspace:
    engines = FakeWorkspace(dict.fromkeys(STACKS, PENDING))
    engines.changes = {name.replace("_", "-"): of_stack for name, of_stack in changes.items()}
    return engines


def up(session: Session, engines: FakeWorkspace, asked: Asked) -> int:
    return roll_out(session, engines, asked, max_parallel=1, yes=True, as_json=True)


def looked(session: Session, engines: FakeWorkspace, asked: preview.Asked, *, as_json: bool = True) -> int:
    return show_changes(session, engines, asked, max_parallel=1, as_json=as_json)


def written(session: Session) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(session.project.report.read_text())
    return report


def verbs(engines: FakeWorkspace) -> set[str]:
    return {verb for verb, _ in engines.calls}


def test_a_guard_stops_the_whole_rollout_before_any_change(session: Session) -> None:
    engines = fleet(main_use1=(ResourceChange(urn=BUCKET, operation="replace"),))
    with pytest.raises(GuardError, match="main-use1: replace of data"):
        up(session, engines, Asked())
    assert verbs(engines) == {"preview"}
    assert up(session, engines, Asked(allow_replace=("main-use1::data",))) == 0
    assert written(session)["command"].endswith(" --allow-replace main-use1::data")


def test_a_removal_that_no_stack_has_is_said_with_the_nearest_name(session: Session) -> None:
    engines = fleet(main_use1=(ResourceChange(urn=BUCKET, operation="replace"),))
    with pytest.raises(FleetError, match=r"no resource main-use1::date; did you mean main-use1::data\?"):
        up(session, engines, Asked(allow_replace=("main-use1::date",)))
    assert verbs(engines) == {"preview"}


def test_a_stack_whose_preview_failed_stops_no_other_but_for_what_the_engine_refused(
    session: Session,
) -> None:
    removal = ResourceChange(urn=BUCKET, operation="delete")
    engines = fleet(main_use1=(removal,))
    engines.broken = {"main-use1": "preview"}
    assert up(session, engines, Asked(allow_replace=("main-use1::gone-already",))) == 1
    assert ("up", "secondary-use1") in engines.calls
    refused = fleet(main_use1=(replace(removal, is_protected=True, is_refused=True),))
    refused.broken = {"main-use1": "preview"}
    with pytest.raises(GuardError, match="it is protected; take its protection off"):
        up(session, refused, Asked())


class Rereading(FakeWorkspace):
    """Links has nothing to delete until what it reads is up."""

    def up(self, stack: str, **asked: Any) -> Any:
        self.changes["links"] = (ResourceChange(urn=ROUTE, operation="delete"),)
        return super().up(stack, **asked)


def test_a_stack_that_is_previewed_again_is_guarded_again(session: Session) -> None:
    engines = Rereading(dict.fromkeys(STACKS, PENDING))
    assert up(session, engines, Asked(max_deletes=0)) == 1
    row = written(session)["stacks"][4]
    assert (row["result"], row["reason"]) == ("failed", "a guard refused")
    assert row["cause"] == (
        "deletions and replacements over the fleet: 1 (links: 1), allowed: 0; if that is meant: --max-deletes 1"
    )
    assert ("up", "links") not in engines.calls
    assert written(session)["next_command"].endswith(" --max-deletes 0")


def test_a_preview_names_what_changes_and_what_would_be_stopped(session: Session) -> None:
    changed = ResourceChange(urn=urn("vpc"), operation="update", properties=("tags.env",))
    engines = fleet(main_use1=(changed, ResourceChange(urn=BUCKET, operation="delete")))
    assert looked(session, engines, preview.Asked()) == 2
    found = written(session)["details"]
    assert found["changes"]["main-use1"][0] == {
        "operation": "update",
        "type": "aws:ec2/vpc:Vpc",
        "name": "vpc",
        "urn": urn("vpc"),
        "properties": ["tags.env"],
    }
    assert [line.split(":")[0:2] for line in found["refusals"]] == [["main-use1", " delete of data (aws"]]


def test_long_lists_are_cut_and_say_where_the_rest_is(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    many = tuple(ResourceChange(urn=urn(f"r{number}"), operation="create") for number in range(23))
    looked(session, fleet(main_use1=many), preview.Asked(), as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert "  create  r19  aws:ec2/vpc:Vpc" in lines
    assert f"  and 3 more; see {session.project.log('main-use1')}" in lines
    assert not [line for line in lines if "r20" in line]


def test_what_was_saved_is_what_runs_without_another_preview(session: Session, tmp_path: Path) -> None:
    engines = fleet(main_use1=(ResourceChange(urn=BUCKET, operation="replace"),))
    folder = tmp_path / "plans"
    assert looked(session, engines, preview.Asked(save=folder)) == 2
    assert written(session)["next_command"].endswith(f" --plan {folder}")
    engines.calls.clear()
    with pytest.raises(GuardError, match="main-use1: replace of data"):
        up(session, engines, Asked(plan=folder))
    assert up(session, engines, Asked(plan=folder, allow_replace=(BUCKET,))) == 0
    assert engines.calls == [("planned up", name) for name in STACKS]
    assert written(session)["command"].endswith(
        f"fleet up --sandbox --root {session.options.root} --plan {folder}"
    )


def test_a_file_edited_after_the_preview_stops_the_plan(session: Session, tmp_path: Path) -> None:
    engines = fleet()
    folder = tmp_path / "plans"
    looked(session, engines, preview.Asked(save=folder))
    site = session.project.stack_file("main-use1")
    site.write_text(site.read_text() + "# a remark\n")
    with pytest.raises(
        FleetError, match=r"is not what would run now:\nPulumi.main-use1.yaml was changed; preview"
    ):
        up(session, engines, Asked(plan=folder))
    assert verbs(engines) == {"preview"}


def test_outputs_that_will_change_make_no_plan_for_their_reader(session: Session, tmp_path: Path) -> None:
    engines = FakeWorkspace({**dict.fromkeys(STACKS, NOTHING), "main-use1": {"update": 1, "outputs": 1}})
    folder = tmp_path / "plans"
    looked(session, engines, preview.Asked(save=folder))
    assert not (folder / "links.plan.json").exists()
    assert up(session, engines, Asked(plan=folder)) == 0
    assert engines.calls[-1:] == [("planned up", "main-use1")]
    assert [row["stack"] for row in written(session)["stacks"]] == [*STACKS[:-1]]


def test_half_a_preview_is_no_plan(session: Session, tmp_path: Path) -> None:
    engines = fleet()
    engines.broken = {"main-usw2": "preview"}
    folder = tmp_path / "plans"
    assert looked(session, engines, preview.Asked(save=folder)) == 1
    assert list(folder.iterdir()) == []


def test_a_plan_that_failed_is_made_anew(session: Session, tmp_path: Path) -> None:
    engines = fleet()
    folder = tmp_path / "plans"
    looked(session, engines, preview.Asked(save=folder))
    engines.broken = {"main-usw2": "planned up"}
    assert up(session, engines, Asked(plan=folder)) == 1
    assert written(session)["next_command"].endswith(
        f"fleet preview --sandbox --root {session.options.root} --save {folder}"
    )


def test_a_plan_says_which_stacks_run(session: Session, tmp_path: Path) -> None:
    chosen = replace(session, options=replace(session.options, only=("links",)))
    with pytest.raises(
        FleetError, match="--plan says which stacks run; leave out --only, --skip and --target"
    ):
        up(chosen, fleet(), Asked(plan=tmp_path))


def test_a_target_is_looked_up_in_the_state_and_chooses_its_stack(session: Session) -> None:
    engines = fleet()
    engines.resources = {"main-use1": 1}
    engines.states = {"main-use1": [{"urn": urn("vpc"), "type": "aws:ec2/vpc:Vpc", "custom": True}]}
    new = urn("new")
    assert up(session, engines, Asked(targets=("main-use1::vpc", new))) == 0
    assert engines.calls == [("preview", "main-use1"), ("up", "main-use1")]
    assert engines.targets == (new, urn("vpc"))


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        (("main-use1::vpd",), "no resource main-use1::vpd; did you mean main-use1::vpc?"),
        (("main-use2::vpc",), "the fleet has no stack main-use2; did you mean main-us"),
        (("main-usw2::vpc",), "stack main-usw2 is not deployed; name its resources by their whole URN"),
        (("vpc",), "vpc names no resource; say its URN, or stack::name"),
        (("urn:pulumi:x",), "urn:pulumi:x names no resource; say its URN, or stack::name"),
        ((urn("a"), ROUTE), "--target names resources of links, main-use1; run them one stack at a time"),
    ],
)
def test_a_target_that_cannot_be_meant_is_said(session: Session, targets: tuple[str, ...], said: str) -> None:
    engines = fleet()
    engines.resources = {"main-use1": 1}
    engines.states = {"main-use1": [{"urn": urn("vpc"), "type": "aws:ec2/vpc:Vpc", "custom": True}]}
    with pytest.raises(FleetError) as caught:
        looked(session, engines, preview.Asked(targets=targets))
    assert str(caught.value).startswith(said)
    assert engines.calls == []


DRIFT = (
    Drift(urn=ROUTE, is_gone=True),
    Drift(urn=urn("vpc"), differences=(Difference(path="tags.env", expected="dev", actual=None),)),
)


def drifted() -> FakeWorkspace:
    engines = FakeWorkspace({})
    engines.resources = dict.fromkeys(STACKS[:2], 3)
    engines.drifted = {"main-use1": DRIFT}
    return engines


def test_drift_is_told_by_stack_and_resource(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    engines = drifted()
    assert show_drift(session, engines, max_parallel=1, as_json=False) == 2
    assert capsys.readouterr().out.splitlines()[:4] == [
        "main-use1",
        "  route  aws:ec2/route:Route: gone",
        "  vpc  aws:ec2/vpc:Vpc",
        "    tags.env: expected dev, found nothing",
    ]
    assert engines.calls == [("drift", "main-use1"), ("drift", "main-usw2")], (
        "what is not deployed is left alone"
    )


def test_drift_as_json(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_drift(session, drifted(), max_parallel=1, as_json=True) == 2
    found = json.loads(capsys.readouterr().out)
    assert (found["exit_code"], [row["stack"] for row in found["stacks"]]) == (2, ["main-use1", "main-usw2"])
    assert found["stacks"][0]["drift"][1]["properties"] == [
        {"property": "tags.env", "expected": "dev", "actual": None}
    ]
    assert found["stacks"][1]["drift"] == []


def test_no_drift_ends_with_0_and_a_failed_comparison_with_1(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    engines = drifted()
    engines.drifted = {}
    assert show_drift(session, engines, max_parallel=1, as_json=False) == 0
    assert capsys.readouterr().out == "no drift was found\n"
    engines.broken = {"main-usw2": "drift"}
    assert show_drift(session, engines, max_parallel=1, as_json=False) == 1


def test_a_refresh_takes_over_only_where_something_drifted(session: Session) -> None:
    engines = drifted()
    assert take_over(session, engines, max_parallel=1, yes=True, as_json=True) == 0
    assert engines.calls[2:] == [("take over", "main-use1")]
    assert [item["name"] for item in written(session)["details"]["drift"]["main-use1"]] == ["route", "vpc"]


def test_a_refresh_asks_first_and_not_at_all_without_drift(session: Session) -> None:
    engines = drifted()
    with pytest.raises(Refused, match="nothing was changed"):
        take_over(session, engines, max_parallel=1, yes=False, as_json=True)
    assert verbs(engines) == {"drift"}
    engines.drifted = {}
    assert take_over(session, engines, max_parallel=1, yes=False, as_json=True) == 0


def test_a_refresh_after_a_failed_comparison_takes_nothing_over(session: Session) -> None:
    engines = drifted()
    engines.broken = {"main-usw2": "drift"}
    assert take_over(session, engines, max_parallel=1, yes=True, as_json=True) == 1
    assert verbs(engines) == {"drift"}


def test_what_is_protected_stops_a_destroy_before_its_dependents_are_touched(session: Session) -> None:
    engines = FakeWorkspace({})
    engines.resources = {"main-use1": 2, "links": 3}
    engines.states = {
        "main-use1": [{"urn": BUCKET, "type": "aws:s3/bucket:Bucket", "custom": True, "protect": True}]
    }
    with pytest.raises(
        GuardError, match=r"main-use1: data \(aws:s3/bucket:Bucket\) is protected; to keep it"
    ):
        down(session, engines)
    assert engines.calls == []


def test_what_will_be_lost_is_said(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    engines = FakeWorkspace({})
    engines.resources = {"main-use1": 2}
    engines.states = {"main-use1": [{"urn": BUCKET, "type": "aws:s3/bucket:Bucket", "custom": True}]}
    assert down(session, engines) == 0
    assert capsys.readouterr().err.splitlines()[:2] == [
        "main-use1: 2 resources will be deleted",
        "main-use1: the contents of data will be lost",
    ]


def test_what_is_left_after_a_destroy_fails_it(apart: Session) -> None:
    engines = FakeWorkspace({}, broken={"links": "destroy"})
    engines.resources = dict.fromkeys(STACKS, 3)
    searched: list[list[str]] = []

    def search(stacks: Any) -> tuple[Left, ...]:
        searched.append(list(stacks))
        return (Left(account="main", region="us-east-1", arn="arn:x", stack="main-use1", resource="vpc"),)

    assert down(apart, engines, search=search) == 1
    assert searched == [["secondary-use1"]], "the others are not gone"
    engines.broken = {}
    assert down(apart, engines, search=search) == 1
    assert set(searched[1]) == set(STACKS)
    assert written(apart)["details"]["left"] == [
        {"account": "main", "region": "us-east-1", "arn": "arn:x", "stack": "main-use1", "resource": "vpc"}
    ]


def test_a_search_that_fails_does_not_take_the_report_with_it(session: Session) -> None:
    def search(_: Any) -> tuple[Left, ...]:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetResources")

    assert down(session, FakeWorkspace({}), search=search) == 1
    assert "AccessDenied" in written(session)["details"]["search_problem"]
