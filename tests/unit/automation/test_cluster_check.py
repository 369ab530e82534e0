"""AWS's validators on the committed clusters: asked once for a content, told in our words."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import spec
from automation.cluster_check import check
from automation.errors import FleetError
from parallelcluster.client import WorkerError
from plan import plan_fleet

FLEET = plan_fleet(spec.load(Path(__file__).parents[3]))
EFA = {
    "level": "ERROR",
    "type": "EfaValidator",
    "message": "Instance type 'p5.48xlarge' does not support EFA.",
}


@dataclass
class Told:
    """A validator that answers as told, or has ended."""

    messages: list[dict[str, str]] = field(default_factory=list)
    ended: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, what: str, **details: Any) -> Any:
        if self.ended:
            raise WorkerError("the ParallelCluster process has ended")
        self.asked.append({"what": what, **details})
        return {"version": "3.16.1", "messages": self.messages, "unanswered": ["RoleValidator"]}


def test_every_cluster_is_asked_about_once_for_the_same_content(tmp_path: Path) -> None:
    told = Told()
    first = check(FLEET, told, tmp_path)
    assert check(FLEET, told, tmp_path) == first
    assert [(item["what"], item["name"], item["region"]) for item in told.asked] == [
        ("validate", "main-use1--slurm", "us-east-1")
    ]
    assert Path(told.asked[0]["instance_types"]).is_file()
    assert (first[0].errors, first[0].unanswered) == ((), ("RoleValidator",))


def test_an_error_is_told_with_the_file_and_the_place(tmp_path: Path) -> None:
    (checked,) = check(FLEET, Told([EFA]), tmp_path)
    assert [message.line(checked.file) for message in checked.errors] == [
        (
            "cluster-configs/parallelcluster/slurm.yaml: Scheduling.SlurmQueues[0].ComputeResources[0].InstanceType: "
            "Instance type 'p5.48xlarge' does not support EFA. (EfaValidator); "
            "choose an instance type that has EFA, or remove Efa"
        )
    ]


def test_a_damaged_answer_is_asked_for_again(tmp_path: Path) -> None:
    told = Told()
    check(FLEET, told, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_text("{")
    check(FLEET, told, tmp_path)
    assert len(told.asked) == 2


def test_a_process_that_has_ended_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(FleetError, match="AWS's validators cannot be asked: the ParallelCluster process has"):
        check(FLEET, Told(ended=True), tmp_path)
