"""File systems of one small dev site: made, lost and made again as the runbook says, and removed in their order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.fleets import FleetUnderTest, small_checkout
from tests.engine.inventory import inventory

STORAGE = """
    storage:
      lustre:
        capacity_gib: 1200
        throughput_mbps_per_tib: 125
        availability_zone: use1-az4
        maintenance_window: "7:03:00"
      efs: {}
"""
DATA = """
data:
  central: one
  replicas: [two]
alerts:
  emails: [tests@example.org]
registry:
  site: one
  repositories: [training]
"""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetUnderTest]:
    root = small_checkout(tmp_path_factory.mktemp("storage-checkout"))
    for file, more in (("Pulumi.one.yaml", STORAGE), ("fleet.yaml", DATA)):
        (root / file).write_text((root / file).read_text().rstrip() + more)
    fleet = FleetUnderTest(root=root, home=tmp_path_factory.mktemp("storage"))
    try:
        yield fleet
    finally:
        fleet.stop()


def of_storage(fleet: FleetUnderTest) -> dict[str, int]:
    """How many of each kind there are."""
    fsx, efs, ecr = (fleet.aws(service) for service in ("fsx", "efs", "ecr"))
    kinds: dict[str, list[Any]] = {
        "Lustre": fsx.describe_file_systems()["FileSystems"],
        "associations": fsx.describe_data_repository_associations()["Associations"],
        "EFS": efs.describe_file_systems()["FileSystems"],
        "access points": efs.describe_access_points()["AccessPoints"],
        "repositories": ecr.describe_repositories()["repositories"],
    }
    return {kind: len(found) for kind, found in kinds.items()}


ALL = {"Lustre": 1, "associations": 5, "EFS": 1, "access points": 1, "repositories": 1}
NONE = dict.fromkeys(ALL, 0)


def test_storage_lives_is_lost_comes_back_and_goes_in_order(fleet: FleetUnderTest) -> None:
    assert fleet.fleet("sandbox", "start").code == 0
    assert fleet.fleet("bootstrap", "--yes").code == 0
    before = inventory(fleet)
    up = fleet.fleet("up", "--only", "one", "--yes", "--json")
    assert up.code == 0, up.err
    assert of_storage(fleet) == ALL

    fsx = fleet.aws("fsx")
    (lost,) = fsx.describe_file_systems()["FileSystems"]
    fsx.delete_file_system(FileSystemId=lost["FileSystemId"])
    assert fleet.fleet("refresh", "--only", "one", "--yes").code == 0
    again = fleet.fleet("up", "--only", "one", "--yes", "--json")
    assert again.code == 0, again.err
    assert again.json["stacks"][0]["operations"]["create"] == 6, "the file system and its five associations"
    assert of_storage(fleet) == ALL
    (new,) = fsx.describe_file_systems()["FileSystems"]
    assert new["FileSystemId"] != lost["FileSystemId"]

    destroyed = fleet.fleet("destroy", "--only", "one", "--yes", "--json")
    assert destroyed.code == 0, destroyed.err
    assert of_storage(fleet) == NONE
    assert inventory(fleet) - before == set()
