from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from automation import workdir
from automation.errors import FleetError
from automation.project import Project, find
from automation.session import Session

KEYS = {"secretsprovider": "awskms://alias/x?region=us-east-1&awssdk=v2", "encryptedkey": "a" * 200}


def write_keys(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{name}: {value}\n" for name, value in KEYS.items()))


def load(path: Path) -> object:
    return YAML(typ="safe").load(path.read_text())


def test_the_folder_runs_the_checkout_with_its_own_interpreter(session: Session) -> None:
    write_keys(session.project.sandbox_key_lines("main-use1"))
    folder = workdir.generate(session.project, "main-use1", is_sandbox=True)
    root = str(session.project.root)
    assert folder == session.project.root / ".fleet/work/main-use1"
    assert load(folder / "Pulumi.yaml") == {
        "name": "ml-clusters",
        "description": "One fleet of AWS machine-learning clusters",
        "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}},
        "config": {"pulumi:disable-default-providers": {"value": ["aws", "aws-native", "kubernetes", "eks"]}},
        "main": root,
    }


def test_the_stack_file_is_the_committed_one_with_the_key_lines_first(session: Session) -> None:
    write_keys(session.project.sandbox_key_lines("main-use1"))
    folder = workdir.generate(session.project, "main-use1", is_sandbox=True)
    committed = load(session.project.stack_file("main-use1"))
    assert isinstance(committed, dict)
    assert load(folder / "Pulumi.main-use1.yaml") == {**KEYS, **committed}


def test_key_lines_for_aws_are_not_used_in_the_sandbox(session: Session) -> None:
    committed = session.project.stack_file("main-use1")
    committed.write_text(committed.read_text() + "secretsprovider: awskms://real\nencryptedkey: real\n")
    write_keys(session.project.sandbox_key_lines("main-use1"))
    folder = workdir.generate(session.project, "main-use1", is_sandbox=True)
    assert workdir.read_key_lines(folder / "Pulumi.main-use1.yaml") == KEYS
    folder = workdir.generate(session.project, "main-use1", is_sandbox=False)
    assert workdir.read_key_lines(folder / "Pulumi.main-use1.yaml")["encryptedkey"] == "real"


def test_a_stack_without_a_file_has_only_key_lines(session: Session) -> None:
    write_keys(session.project.sandbox_key_lines("links"))
    folder = workdir.generate(session.project, "links", is_sandbox=True)
    assert load(folder / "Pulumi.links.yaml") == KEYS


@pytest.mark.parametrize(
    ("is_sandbox", "command"), [(True, "fleet bootstrap --sandbox"), (False, "fleet bootstrap")]
)
def test_a_stack_without_key_lines_says_what_to_run(session: Session, is_sandbox: bool, command: str) -> None:
    with pytest.raises(FleetError, match=rf"stack links has no encryption key yet; run {command}$"):
        workdir.generate(session.project, "links", is_sandbox=is_sandbox)


def test_the_checkout_stays_as_it_is(session: Session) -> None:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments],
            cwd=session.project.root,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    (session.project.root / ".gitignore").write_text(".fleet/\n")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "all")
    for stack in session.stacks:
        write_keys(session.project.sandbox_key_lines(stack))
        workdir.generate(session.project, stack, is_sandbox=True)
    assert git("status", "--porcelain") == ""


def test_a_second_generation_writes_nothing(session: Session) -> None:
    write_keys(session.project.sandbox_key_lines("main-use1"))
    file = workdir.generate(session.project, "main-use1", is_sandbox=True) / "Pulumi.main-use1.yaml"
    written = file.stat().st_mtime_ns
    workdir.generate(session.project, "main-use1", is_sandbox=True)
    assert file.stat().st_mtime_ns == written


def test_the_checkout_is_the_nearest_folder_with_a_fleet_file(checkout: Path, tmp_path: Path) -> None:
    inner = checkout / "docs" / "deep"
    inner.mkdir(parents=True)
    assert find(inner, {}) == Project(root=checkout, home=checkout / ".fleet")
    assert find(inner, {"FLEET_HOME": str(tmp_path / "home")}).home == tmp_path / "home"
    with pytest.raises(FleetError, match=r"no fleet.yaml in .* or above it; run fleet in the checkout"):
        find(tmp_path, {})
