from __future__ import annotations

import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from automation import approval
from automation.approval import Approval, StackPlan
from automation.changes import ResourceChange
from automation.errors import FleetError

VPC = "urn:pulumi:one::ml-clusters::aws:ec2/vpc:Vpc::one-vpc"
ACCOUNTS = {"main": "483026362307"}
FILES = {"fleet.yaml": "a", "plan/names.py": "b"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the engine's plan of stack one."""
    folder = tmp_path / "plans"
    approval.prepare(folder)
    approval.plan_file(folder, "one").write_text("the engine's plan")
    return folder


def approved(folder: Path) -> Approval:
    plan = StackPlan(
        operations={"create": 1},
        changes=(ResourceChange(urn=VPC, operation="create"),),
        digest=approval.digest(approval.plan_file(folder, "one")),
    )
    return Approval(
        made_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        target="AWS",
        accounts=ACCOUNTS,
        files=FILES,
        stacks={"one": plan, "links": StackPlan(operations={"same": 3}, reason="one changes its outputs")},
    )


def require(folder: Path, found: Approval, **current: object) -> None:
    now = {"target": "AWS", "accounts": ACCOUNTS, "files": FILES, **current}
    approval.require_unchanged(folder, found, **now)  # type: ignore[arg-type]


def test_what_was_saved_is_read_back(folder: Path) -> None:
    made = approved(folder)
    approval.save(folder, made)
    found = approval.load(folder)
    assert found == made
    assert list(found.planned) == ["one"]
    assert found.unplanned == {"links": "one changes its outputs"}
    assert found.planned["one"].as_preview("one").resource_changes == made.stacks["one"].changes
    require(folder, found)


def test_a_plan_is_for_its_owners_eyes(folder: Path) -> None:
    approval.save(folder, approved(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_everything_that_differs_is_named(folder: Path) -> None:
    approval.save(folder, approved(folder))
    approval.plan_file(folder, "one").write_text("another plan")
    with pytest.raises(FleetError) as caught:
        require(
            folder,
            approval.load(folder),
            target="the sandbox",
            accounts={"main": "111111111111"},
            files={"fleet.yaml": "changed", "components/layer.py": "c"},
        )
    assert str(caught.value).splitlines() == [
        "the plan of 2026-11-24 09:30+00:00 is not what would run now:",
        "it was made for AWS, this is the sandbox",
        "it was made for accounts main 483026362307, these are main 111111111111",
        "fleet.yaml was changed",
        "components/layer.py is new",
        "plan/names.py is gone",
        "one.plan.json is missing or was changed; preview, approve and save again: fleet preview --save DIR",
    ]


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FleetError, match=r"holds other files, such as notes.txt; name a new folder$"):
        approval.prepare(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_an_older_approval_is_replaced(folder: Path) -> None:
    approval.save(folder, approved(folder))
    approval.prepare(folder)
    assert list(folder.iterdir()) == []
    with pytest.raises(FleetError, match="holds no saved plan; make it again: fleet preview --save DIR"):
        approval.load(folder)


def test_a_damaged_or_foreign_manifest_is_said(folder: Path) -> None:
    approval.save(folder, replace(approved(folder), version=7))
    with pytest.raises(FleetError, match="has version 7, this fleet reads 1; make it again"):
        approval.load(folder)
    (folder / "manifest.json").write_text('{"version": 1}')
    with pytest.raises(FleetError, match="is damaged: 5 problems; make it again"):
        approval.load(folder)


def test_the_program_and_the_files_of_the_fleet_decide_what_runs(tmp_path: Path) -> None:
    (tmp_path / "fleet.yaml").write_text("a")
    (tmp_path / "components" / "__pycache__").mkdir(parents=True)
    (tmp_path / "components" / "layer.py").write_text("b")
    (tmp_path / "components" / "__pycache__" / "layer.pyc").write_text("c")
    site = tmp_path / "Pulumi.one.yaml"
    site.write_text("d")
    found = approval.sources(tmp_path, {"one": site, "links": tmp_path / "Pulumi.links.yaml"})
    own = [name for name in found if not name.startswith(("spec/", "plan/", "cluster-configs/"))]
    assert own == ["fleet.yaml", "Pulumi.one.yaml", "components/layer.py"]
    assert "plan/names.py" in found, "the installed one, as the program has it"
