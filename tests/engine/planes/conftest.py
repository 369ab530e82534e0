"""A sandbox with two EKS clusters whose control planes are real, made at the same time."""

from __future__ import annotations

import base64
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import toolchain
from automation.clients import enter, from_environment
from plan import names
from sandbox.client import Sandbox
from sandbox.kubernetes import ApiClient
from tests.engine.fleets import ACCOUNTS, FleetUnderTest, small_checkout
from tests.unit.sandbox.aws.cloud import CONFIG, Cloud
from tests.unit.sandbox.aws.eks_cloud import NODES, Place, place

WAIT_SECONDS = 60
TRAINING = names.cluster("one", "training")
"""What the fleet's execution role makes, as a rollout does."""
OTHER = "made-by-hand"
"""What an administrator of the account makes."""
REGION = "us-east-1"
EKS = 'eks:\n      training:\n        version: "1.34"\n        karpenter: {gpu_limit: 64}\n'


@dataclass(frozen=True)
class Clusters:
    """The clusters of a sandbox, as AWS shows them and as their administrators do."""

    home: Path
    cloud: Cloud
    place: Place

    @property
    def folder(self) -> Path:
        return self.home / "kubernetes"

    def make(self, name: str) -> None:
        self.place.create(name, version="1.34")

    def wait(self, name: str) -> dict[str, Any]:
        """The cluster, when it is ACTIVE."""
        waiter = self.place.eks.get_waiter("cluster_active")
        waiter.wait(name=name, WaiterConfig={"Delay": 1, "MaxAttempts": WAIT_SECONDS})
        return self.place.shown(name)

    def files(self, name: str) -> Path:
        """The newest folder of a cluster's control plane."""
        return max(self.folder.glob(f"*-{name}"), key=lambda path: path.stat().st_ctime)

    def admin(self, name: str) -> ApiClient:
        """The sandbox's own client of a cluster."""
        files = self.files(name)
        return self.client(name, certificate=(files / "admin.crt", files / "admin.key"))

    def client(self, name: str, **of: Any) -> ApiClient:
        """A client of a cluster as AWS shows it."""
        shown = self.place.shown(name)
        authority = base64.b64decode(shown["certificateAuthority"]["data"]).decode()
        return ApiClient(shown["endpoint"], authority, **of)

    def processes(self, mention: str = "") -> list[str]:
        """The programs that run for this sandbox, by name, those whose command line mentions something."""
        listed = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True)
        return sorted(
            Path(line.split()[0]).name
            for line in listed.stdout.splitlines()
            if f"{self.folder}/" in line and mention in line
        )


@dataclass(frozen=True)
class FleetClusters(Clusters):
    """The same in the sandbox of a fleet; `ours` is the place as the execution role enters it."""

    fleet: FleetUnderTest
    ours: Place

    def make(self, name: str) -> None:
        (self.ours if name == TRAINING else self.place).create(name, version="1.34")

    def kubectl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run kubectl as a person does, in a shell of `fleet sandbox env`."""
        script = f'{self.fleet.fleet("sandbox", "env", "one").out}\nexec kubectl "$@"'
        command = ["bash", "-c", script, "bash", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")


@contextmanager
def standing(home: Path) -> Iterator[Clusters]:
    """A sandbox with the network and the roles of clusters, but none yet. It goes as a whole: nothing is cleared."""
    sandbox = Sandbox(home)
    programs = {name: str(path) for name, path in toolchain.control_plane_programs().items()}
    sandbox.start(replace(CONFIG, programs=programs))
    cloud = Cloud(sandbox)
    try:
        yield Clusters(home.resolve(), cloud, ExitStack().enter_context(place(cloud)))
    finally:
        cloud.close()
        sandbox.stop()


@contextmanager
def standing_fleet(root: Path) -> Iterator[FleetClusters]:
    """The same after a fleet's bootstrap."""
    (root / "checkout").mkdir()
    fleet = FleetUnderTest(root=small_checkout(root / "checkout"), home=root / "home")
    fleet.edit("Pulumi.one.yaml", "purpose: data", f"{EKS}    purpose: training")
    bootstrapped = fleet.fleet("bootstrap", "--yes")
    assert bootstrapped.code == 0, bootstrapped.err
    sandbox = Sandbox(fleet.home / "sandbox")
    base = from_environment(sandbox.environment(region=REGION))
    role = names.role_arn(ACCOUNTS["main"], names.EXECUTION_ROLE)
    cloud = Cloud(sandbox)
    try:
        found = ExitStack().enter_context(place(cloud))
        ours = replace(found, eks=enter(base, role, REGION).client("eks", REGION))
        yield FleetClusters((fleet.home / "sandbox").resolve(), cloud, found, fleet, ours)
    finally:
        cloud.close()
        fleet.stop()


@pytest.fixture(scope="session")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetClusters]:
    """Two clusters that were made at once, both ACTIVE, the first with two nodes."""
    with standing_fleet(tmp_path_factory.mktemp("planes")) as clusters:
        for name in (TRAINING, OTHER):
            clusters.make(name)
        for name in (TRAINING, OTHER):
            clusters.wait(name)
        clusters.place.eks.create_nodegroup(
            clusterName=TRAINING,
            nodegroupName="system",
            nodeRole=NODES,
            subnets=list(clusters.place.subnets),
            instanceTypes=["m5.xlarge"],
            scalingConfig={"minSize": 2, "maxSize": 2, "desiredSize": 2},
            taints=[{"key": "CriticalAddonsOnly", "value": "true", "effect": "NO_SCHEDULE"}],
            labels={"role": "system"},
        )
        yield clusters


def eventually(look: Callable[[], Any], wanted: Any) -> None:
    """Look until it is as wanted: controllers need a moment. Fails with what it is in the end."""
    deadline = time.monotonic() + WAIT_SECONDS
    while (found := look()) != wanted:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
