from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from automation.cli import app
from automation.commands import graph, sandbox
from automation.ending import guarded
from automation.errors import FleetError
from plan.stacks import Stack
from tests.unit.automation.fakes import CHECKOUT


def fleet(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def imported_by(*arguments: str) -> set[str]:
    """The modules that a run of fleet has loaded, in a process of its own."""
    code = (
        "import sys\nfrom automation.cli import app\n"
        f"try:\n    app({list(arguments)!r})\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return set(run.stderr.split())


def test_help_names_every_verb() -> None:
    result = fleet("--help")
    assert result.exit_code == 0
    verbs = "validate graph preview up destroy unlock recover status outputs workdir bootstrap schema sandbox"
    assert [verb for verb in verbs.split() if f"\n  {verb} " not in result.stdout] == []


def test_help_loads_nothing_heavy() -> None:
    heavy = {"boto3", "pulumi", "pydantic", "rich", "ruamel.yaml", "spec", "plan"}
    assert imported_by("--help") & heavy == set()


def test_validate_loads_neither_an_aws_library_nor_the_engine() -> None:
    assert imported_by("validate") & {"boto3", "botocore", "pulumi", "rich"} == set()


def test_validate_counts_sites_and_stacks(checkout: Path) -> None:
    result = fleet("validate", "--root", str(checkout))
    first, second = result.stdout.splitlines()
    assert (result.exit_code, first) == (0, "valid: 4 sites, 5 stacks")
    assert second.startswith("valid by ParallelCluster 3.16.1: main-use1--slurm; left to the preview: ")


def test_validate_as_json(checkout: Path) -> None:
    result = fleet("validate", "--root", str(checkout), "--json")
    sites = ["main-use1", "main-usw2", "secondary-use1", "secondary-usw2"]
    said = json.loads(result.stdout)
    said.pop("notes")  # what the support calendar says today
    slurm = said.pop("parallelcluster").pop("main-use1--slurm")
    assert said == {"valid": True, "sites": sites, "stacks": [*sites, "links"]}
    assert (slurm["valid"], slurm["messages"]) == (True, [])


def test_validate_tells_what_awss_validators_refuse(checkout: Path) -> None:
    file = checkout / "cluster-configs" / "parallelcluster" / "slurm.yaml"
    file.write_text(file.read_text().replace("InstanceType: p5.48xlarge", "InstanceType: m5.large"))
    result = fleet("validate", "--root", str(checkout))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1].startswith("refused by ParallelCluster 3.16.1: main-use1--slurm")
    assert [line for line in result.stderr.splitlines() if not line.startswith("note: ")] == [
        (
            "cluster-configs/parallelcluster/slurm.yaml: Scheduling.SlurmQueues[0].ComputeResources[0].InstanceType: "
            "Instance type 'm5.large' does not support EFA. (EfaValidator); choose an instance type that has EFA, or "
            "remove Efa"
        )
    ]


def test_bad_input_is_told_in_lines_without_a_traceback(checkout: Path) -> None:
    file = checkout / "Pulumi.main-use1.yaml"
    file.write_text(file.read_text().replace("us-east-1", "us-eats-1").replace("prod", "prd"))
    result = fleet("validate", "--root", str(checkout))
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    lines = [line for line in result.stderr.splitlines() if line.startswith("Pulumi.main-use1.yaml:")]
    assert len(lines) >= 2


def test_a_folder_without_a_fleet_is_said(tmp_path: Path) -> None:
    result = fleet("graph", "--root", str(tmp_path))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"error: no fleet.yaml in {tmp_path} or above it; ")


@pytest.mark.parametrize("verb", ["preview", "up", "destroy", "status"])
def test_an_unknown_stack_stops_before_anything_is_contacted(verb: str, checkout: Path) -> None:
    result = fleet(verb, "--root", str(checkout), "--only", "main-use2")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: the fleet has no stack main-use2; did you mean main-us")
    assert not (checkout / ".fleet").exists()


def test_the_graph_as_a_tree(checkout: Path) -> None:
    result = fleet("graph", "--root", str(checkout))
    assert result.stdout.splitlines() == [
        "main-use1",
        "main-usw2",
        "secondary-use1",
        "secondary-usw2",
        "    links (after main-use1, main-usw2, secondary-use1, secondary-usw2)",
    ]


def test_the_graph_as_mermaid(checkout: Path) -> None:
    lines = fleet("graph", "--root", str(checkout), "--format", "mermaid").stdout.splitlines()
    assert lines[0] == "flowchart LR"
    assert [line.strip() for line in lines if "-->" in line] == [
        "main-use1 --> links",
        "main-usw2 --> links",
        "secondary-use1 --> links",
        "secondary-usw2 --> links",
    ]


def test_the_graph_as_json(checkout: Path) -> None:
    rows = json.loads(fleet("graph", "--root", str(checkout), "--json").stdout)
    assert rows[4] == {
        "stack": "links",
        "kind": "links",
        "depends_on": ["main-use1", "main-usw2", "secondary-use1", "secondary-usw2"],
    }
    assert [row["depends_on"] for row in rows[:4]] == [[], [], [], []]


def test_an_unknown_format_is_said(checkout: Path) -> None:
    result = fleet("graph", "--root", str(checkout), "--format", "dot")
    assert (result.exit_code, result.stderr) == (1, "error: no format dot; there are text, mermaid, json\n")


def test_a_staged_rollout_is_a_branch() -> None:
    stacks = {
        "a": Stack(name="a", kind="site"),
        "b": Stack(name="b", kind="site", depends_on=("a",)),
        "c": Stack(name="c", kind="site", depends_on=("b",)),
    }
    assert graph.text(stacks) == "a\n    b\n        c"


def test_the_schemas_are_what_editors_need(checkout: Path) -> None:
    assert fleet("schema", "--write", "--root", str(checkout)).exit_code == 0
    schema = json.loads((checkout / "schema/fleet.schema.json").read_text())
    Draft202012Validator(schema).validate(YAML(typ="safe").load((checkout / "fleet.yaml").read_text()))


def test_no_sandbox_is_a_failed_status(checkout: Path) -> None:
    result = fleet("sandbox", "status", "--root", str(checkout))
    assert (result.exit_code, result.stdout) == (1, "no sandbox runs\n")


@pytest.mark.parametrize("verb", [("status",), ("outputs", "main-use1"), ("workdir", "main-use1")])
def test_a_question_about_a_sandbox_that_does_not_run_says_how_to_start_it(
    verb: tuple[str, ...], checkout: Path
) -> None:
    result = fleet(*verb, "--sandbox", "--root", str(checkout))
    assert result.exit_code == 1
    assert "fleet sandbox start" in result.stderr or "make setup" in result.stderr


def test_a_shell_is_given_the_sandbox_and_nothing_real_is_left() -> None:
    lines = sandbox.shell(
        {"AWS_REGION": "us-east-1", "PATH": "/a b"}, {"AWS_SESSION_TOKEN": "x", "HOME": "/root"}
    )
    assert lines == "unset AWS_SESSION_TOKEN\nexport AWS_REGION=us-east-1\nexport PATH='/a b'"


def test_an_error_nobody_foresaw_is_one_line_and_a_log(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(checkout)
    monkeypatch.delenv("FLEET_HOME", raising=False)

    def broken() -> int:
        raise ZeroDivisionError("by zero\nsecond line")

    assert guarded(broken) == 1
    log = checkout / ".fleet/logs/fleet.log"
    assert capsys.readouterr().err == f"error: ZeroDivisionError: by zero (log: {log})\n"
    assert "Traceback (most recent call last)" in log.read_text()


def test_an_error_somebody_foresaw_is_its_own_text(capsys: pytest.CaptureFixture[str]) -> None:
    def refused() -> int:
        raise FleetError("no", remedy="say yes")

    assert guarded(refused) == 1
    assert capsys.readouterr().err == "error: no; say yes\n"


def test_an_interrupt_has_an_exit_code_of_its_own() -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert guarded(interrupted) == 130
