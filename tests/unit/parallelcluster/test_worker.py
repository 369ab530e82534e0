"""The process with AWS's package: one line in, one line out, whatever happens to it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import spec
import toolchain
from automation.cluster_check import Checked, check
from parallelcluster.client import Worker, WorkerError
from plan import FleetPlan, plan_fleet

ROOT = Path(__file__).parents[3]
BLOCK = "          capacity_reservation: cr-0123456789abcdef0\n"
ZONE = "        slurm:\n          availability_zone: use1-az4\n"
SLURM = "cluster-configs/parallelcluster/slurm.yaml"

pytestmark = pytest.mark.xdist_group("parallelcluster")


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    python = toolchain.parallelcluster_python()
    assert python is not None, "run: make setup"
    worker = Worker(python, log=tmp_path_factory.mktemp("worker") / "log")
    yield worker
    worker.stop()


def fleet_with(folder: Path, old: str, new: str) -> FleetPlan:
    """The committed fleet with a block, and one change of its cluster's file."""
    for file in (ROOT / "fleet.yaml", *ROOT.glob("Pulumi.*.yaml"), ROOT / SLURM):
        target = folder / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.read_text())
    site, slurm = folder / "Pulumi.main-use1.yaml", folder / SLURM
    site.write_text(site.read_text().replace(ZONE, ZONE + BLOCK))
    assert old in slurm.read_text()
    slurm.write_text(slurm.read_text().replace(old, new))
    return plan_fleet(spec.load(folder))


def checked(worker: Worker, folder: Path, old: str, new: str) -> Checked:
    (only,) = check(fleet_with(folder, old, new), worker, folder / "cache")
    return only


def test_p3_p4_the_committed_queues_are_valid_with_a_block(worker: Worker, tmp_path: Path) -> None:
    found = checked(worker, tmp_path, "MaxCount: 8", "MaxCount: 8")
    assert (found.version, found.messages) == ("3.16.1", ())
    assert found.unanswered == (
        "CapacityReservationSizeValidator",
        "CapacityReservationValidator",
        "ComputeResourceLaunchTemplateValidator",
        "EfsIdValidator",
        "ExistingFsxNetworkingValidator",
        "HeadNodeLaunchTemplateValidator",
        "MultiNetworkInterfacesInstancesValidator",
        "PlacementGroupCapacityReservationValidator",
        "RoleValidator",
        "SecurityGroupsValidator",
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("HeadNode:", "HeadNode:\n  Foo: 1", "HeadNode.Foo: Unknown field"),
        (
            "ScalingStrategy: best-effort",
            "ScalingStrategy: some",
            "Scheduling.ScalingStrategy: Must be one of:",
        ),
        ("InstanceType: m5.xlarge", "InstanceType: m5.none", "types do not exist: [m5.none]"),
        (
            "MinCount: 8",
            "MinCount: 4",
            "Max count must be set to the same value of min count when using Capacity",
        ),
        ("MinCount: 0", "MinCount: 40", "Max count must be greater than or equal to min count"),
        (
            "InstanceType: p5.48xlarge",
            "InstanceType: m5.large",
            "Instance type 'm5.large' does not support EFA",
        ),
        ("Os: ubuntu2204", "Os: ubuntu1804", "Image.Os: Must be one of:"),
    ],
)
def test_awss_own_code_refuses_what_it_refuses(
    worker: Worker, tmp_path: Path, old: str, new: str, says: str
) -> None:
    found = checked(worker, tmp_path, old, new)
    lines = [message.line(found.file) for message in found.errors]
    assert any(says in line for line in lines), lines


def test_an_unknown_question_is_an_error_and_the_process_goes_on(worker: Worker) -> None:
    with pytest.raises(WorkerError, match="nobody knows how to sing"):
        worker.ask("sing")
    with pytest.raises(WorkerError, match="nobody knows how to dance"):
        worker.ask("dance")


def test_a_process_that_was_killed_is_started_again(worker: Worker) -> None:
    with pytest.raises(WorkerError):
        worker.ask("sing")
    process = worker._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with pytest.raises(WorkerError, match="nobody knows how to sing"):
        worker.ask("sing")
