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
from sandbox.client import Sandbox
from sandbox.kubernetes import ApiClient
from tests.unit.sandbox.aws.cloud import CONFIG, Cloud
from tests.unit.sandbox.aws.eks_cloud import Place, place

WAIT_SECONDS = 60
CLUSTERS = ("training", "inference")


@dataclass(frozen=True)
class Clusters:
    """The clusters of a sandbox, as AWS shows them and as their administrators do."""

    home: Path
    cloud: Cloud
    place: Place

    def make(self, name: str) -> None:
        self.place.create(name, version="1.34")

    def wait(self, name: str) -> dict[str, Any]:
        """The cluster, when it is ACTIVE."""
        waiter = self.place.eks.get_waiter("cluster_active")
        waiter.wait(name=name, WaiterConfig={"Delay": 1, "MaxAttempts": WAIT_SECONDS})
        return self.place.shown(name)

    def admin(self, name: str) -> ApiClient:
        """The sandbox's own client of a cluster, by what AWS shows of it and the newest files in the home."""
        shown = self.place.shown(name)
        folder = max(self.home.glob(f"kubernetes/*-{name}"))
        authority = base64.b64decode(shown["certificateAuthority"]["data"]).decode()
        return ApiClient(
            shown["endpoint"], authority, certificate=(folder / "admin.crt", folder / "admin.key")
        )

    def processes(self, mention: str = "") -> list[str]:
        """The programs that run for this sandbox, by name, those whose command line mentions something."""
        listed = subprocess.run(
            ["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True
        ).stdout
        own = f"{self.home}/kubernetes/"
        return sorted(
            Path(line.split()[0]).name for line in listed.splitlines() if own in line and mention in line
        )


@contextmanager
def standing(home: Path) -> Iterator[Clusters]:
    """A sandbox with the network and the roles of clusters, but none yet. It goes as a whole, so nothing is cleared."""
    sandbox = Sandbox(home)
    programs = {name: str(path) for name, path in toolchain.control_plane_programs().items()}
    sandbox.start(replace(CONFIG, programs=programs))
    cloud = Cloud(sandbox)
    try:
        yield Clusters(home.resolve(), cloud, ExitStack().enter_context(place(cloud)))
    finally:
        cloud.close()
        sandbox.stop()


@pytest.fixture(scope="session")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clusters]:
    """Two clusters that were made at once, both ACTIVE, the first with two nodes."""
    with standing(tmp_path_factory.mktemp("planes") / "sandbox") as clusters:
        for name in CLUSTERS:
            clusters.make(name)
        for name in CLUSTERS:
            clusters.wait(name)
        taint = {"key": "CriticalAddonsOnly", "value": "true", "effect": "NO_SCHEDULE"}
        scaling = {"minSize": 2, "maxSize": 2, "desiredSize": 2}
        clusters.place.create_group(taints=[taint], scalingConfig=scaling, labels={"role": "system"})
        yield clusters


def eventually(look: Callable[[], Any], wanted: Any) -> None:
    """Look until it is as wanted: controllers need a moment. Fails with what it is in the end."""
    deadline = time.monotonic() + WAIT_SECONDS
    while (found := look()) != wanted:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
