"""A Pulumi program that fills a cluster: the real engine, the stand-in provider, a real API server.

The tests are one life of its stack, in their order.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import toolchain
from tests.engine.access.conftest import Door
from tests.engine.fleets import Result, run

pytestmark = pytest.mark.engine
PROGRAM = Path(__file__).with_name("program")
QUEUES = "queues.ml.example.com"
WEB = "/apis/apps/v1/namespaces/{}/deployments/web"
NIGHT = "/apis/ml.example.com/v1/namespaces/{}/queues/night"


@dataclass(frozen=True)
class Filling:
    """The program's stack, what it is to make, and the cluster as its administrator sees it."""

    folder: Path
    environment: dict[str, str]
    door: Door

    @property
    def file(self) -> Path:
        return self.folder / "filling.json"

    def want(self, **changes: Any) -> None:
        """Change what the program makes."""
        self.file.write_text(json.dumps({**json.loads(self.file.read_text()), **changes}))

    def pulumi(self, *arguments: str) -> Result:
        return run(["pulumi", *arguments, "--non-interactive"], cwd=self.folder, env=self.environment)

    def done(self, *arguments: str) -> str:
        """What a command that succeeds says."""
        result = self.pulumi(*arguments)
        assert result.code == 0, result.out + result.err
        return result.out

    def preview(self) -> dict[str, int]:
        """How many resources would change, by what is done to them."""
        summary: dict[str, int] = json.loads(self.done("preview", "--json"))["changeSummary"]
        return summary

    def refusal(self) -> str:
        """What a preview that fails says."""
        result = self.pulumi("preview")
        assert result.code == 1, result.out + result.err
        return result.out

    def namespaces(self) -> list[str]:
        """Those of the program."""
        found = self.door.as_creator().get("/api/v1/namespaces")["items"]
        return [item["metadata"]["name"] for item in found if item["metadata"]["name"].startswith("team-")]

    def live(self, path: str) -> dict[str, Any]:
        """An object in the program's namespace, whose place `{}` holds in the path."""
        (namespace,) = self.namespaces()
        return self.door.as_creator().get(path.format(namespace))


@pytest.fixture(scope="module")
def filling(door: Door, tmp_path_factory: pytest.TempPathFactory) -> Filling:
    folder = tmp_path_factory.mktemp("filling")
    (folder / "state").mkdir()
    project = {
        "name": "filling",
        "main": str(PROGRAM),
        "runtime": "python",
        "backend": {"url": f"file://{folder / 'state'}"},
    }
    (folder / "Pulumi.yaml").write_text(json.dumps(project))
    role = door.role("deployer")
    door.admit(role, "AmazonEKSClusterAdminPolicy")
    programs = toolchain.pulumi_bin()
    environment = {
        **os.environ,
        **door.cloud.sandbox.environment(),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), str(programs), os.environ["PATH"])),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "FILLING": str(folder / "filling.json"),
    }
    made = Filling(folder, environment, door)
    made.file.write_text("{}")
    made.want(kubeconfig=door.kubeconfig(role), labels={}, queue={"low": 1, "high": 2}, replicas=2, app="web")
    made.done("stack", "init", "it")
    return made


def test_a_preview_of_what_is_not_there_changes_nothing(filling: Filling) -> None:
    assert filling.preview() == {"create": 7}
    assert filling.namespaces() == []


def test_an_up_fills_the_cluster_and_waits_until_it_is_ready(filling: Filling) -> None:
    told = filling.done("up", "--yes", "--skip-preview")
    assert filling.live(NIGHT)["spec"] == {"low": 1, "high": 2}
    assert filling.live(WEB)["status"]["availableReplicas"] == 2
    (manager,) = {item["manager"] for item in filling.live(NIGHT)["metadata"]["managedFields"]}
    assert manager.startswith("pulumi-kubernetes-")
    assert "recorded: chart not reachable in the sandbox" in told


def test_what_the_schema_refuses_is_told_at_preview_with_its_field(filling: Filling) -> None:
    filling.want(queue={"low": 3, "high": 2})
    told = filling.refusal()
    where, why = 'Queue.ml.example.com "night" is invalid: spec: ', "low must not be above high"
    assert f'{where}Invalid value: "object": {why}' in told


def test_a_changed_program_is_applied_and_only_that(filling: Filling) -> None:
    filling.want(queue={"low": 1, "high": 5}, labels={"team": "vision"}, app="website", replicas=1)
    before = filling.live(WEB)["metadata"]["uid"]
    assert filling.preview() == {"update": 2, "replace": 1, "same": 4}
    assert filling.live(WEB)["metadata"]["uid"] == before
    filling.done("up", "--yes", "--skip-preview")
    assert filling.live(NIGHT)["spec"] == {"low": 1, "high": 5}
    web = filling.live(WEB)
    assert web["metadata"]["uid"] != before
    assert (web["spec"]["replicas"], web["status"]["availableReplicas"]) == (1, 1)


def test_what_somebody_else_changed_is_found_and_not_taken_over_unasked(filling: Filling) -> None:
    (namespace,) = filling.namespaces()
    body = {"spec": {"high": 9}}
    merge = "application/merge-patch+json"
    filling.door.as_creator().patch(NIGHT.format(namespace), body, content_type=merge)
    filling.done("refresh", "--yes", "--skip-preview")
    told = filling.refusal()
    assert "Server-Side Apply field conflict detected" in told
    assert (
        'Apply failed with 1 conflict: conflict with "python-urllib3" using ml.example.com/v1: .spec.high'
        in told
    )


def test_a_destroy_waits_until_all_is_gone(filling: Filling) -> None:
    filling.done("destroy", "--yes", "--skip-preview")
    assert filling.namespaces() == []
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert filling.door.as_creator().get(path)["items"] == []
