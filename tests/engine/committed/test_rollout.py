"""`make up` on the committed fleet: everything comes up, again nothing changes, and it can be looked at."""

from __future__ import annotations

import json
import subprocess

from tests.engine.committed.conftest import Standing
from tests.engine.fleets import CHECKOUT

STACKS = ["main-use1", "main-usw2", "secondary-use1", "secondary-usw2", "links"]


def test_every_stack_is_up_and_the_report_says_so(standing: Standing) -> None:
    assert standing.rollout.code == 0, standing.rollout.err
    stacks = standing.rollout.json["stacks"]
    assert [(stack["stack"], stack["result"], stack["operations"]) for stack in stacks] == [
        ("main-use1", "succeeded", {"create": 189}),
        ("main-usw2", "succeeded", {"create": 164}),
        ("secondary-use1", "succeeded", {"create": 22}),
        ("secondary-usw2", "succeeded", {"create": 204}),
        ("links", "succeeded", {"create": 76}),
    ]
    recorded = {stack["stack"]: stack["recorded"] for stack in stacks if stack["recorded"]}
    assert recorded == {"secondary-usw2": 1}, "AWS's chart of dependencies of HyperPod on EKS"


def test_the_report_is_kept_as_json(standing: Standing) -> None:
    assert json.loads((standing.fleet.home / "report.json").read_text())["stacks"]


def test_again_nothing_changes(standing: Standing) -> None:
    again = standing.fleet.fleet("up", "--yes", "--json")
    assert again.code == 0, again.err
    assert [
        (stack["stack"], stack["reason"], set(stack["operations"])) for stack in again.json["stacks"]
    ] == [(name, "no changes", {"same"}) for name in STACKS]


def test_preview_with_refresh_finds_no_drift(standing: Standing) -> None:
    preview = standing.fleet.fleet("preview", "--refresh", "--json")
    assert preview.code == 0, preview.out + preview.err


def test_status_names_what_is_deployed(standing: Standing) -> None:
    status = standing.fleet.fleet("status", "--json").json
    assert [(row["stack"], row["deployed"], row["result"]) for row in status] == [
        (name, True, "succeeded") for name in STACKS
    ]


def test_by_hand_one_stack_previews_as_through_the_driver(standing: Standing) -> None:
    preview = standing.fleet.pulumi("main-use1", "preview", "-s", "main-use1", "--expect-no-changes")
    assert preview.code == 0, preview.out + preview.err
    assert "189 unchanged" in preview.out


def test_a_run_leaves_the_checkout_clean(standing: Standing) -> None:
    """Nothing that a run writes is in a place that git would see; other edits of a developer may be there."""
    assert standing.rollout.code == 0
    ignored = ["git", "status", "--porcelain", "--", "Pulumi.*.yaml", "Pulumi.yaml", "fleet.yaml"]
    before = subprocess.run(ignored, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    assert standing.fleet.fleet("preview").code == 0
    after = subprocess.run(ignored, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    assert before == after
    assert not list(CHECKOUT.glob("Pulumi.links*"))


def test_no_secret_is_in_what_a_run_writes(standing: Standing) -> None:
    """Credentials are in the sandbox's own credentials file, and nowhere else."""
    home = standing.fleet.home
    secrets = {
        line.split("=", 1)[1].strip().encode()
        for line in (home / "sandbox" / "aws-credentials").read_text().splitlines()
        if line.startswith(("aws_secret_access_key", "aws_session_token"))
    }
    assert secrets
    written = [home / "report.json", *(home / "logs").glob("*.log"), *(home / "work").glob("*/Pulumi*.yaml")]
    assert len(written) > len(STACKS)
    found = [str(path) for path in written for secret in secrets if secret in path.read_bytes()]
    assert found == []
