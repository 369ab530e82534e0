"""The plan of the committed fleet, as text that a reviewer reads.

A changed key or name in a golden file is a replacement in AWS: read it as one. After a change that is meant:
`pytest tests/golden --snapshot-update`. These files prove that nothing changed unseen; that a plan is right,
the other tests prove.
"""

from __future__ import annotations

import dataclasses
import json
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

import spec
from plan import plan_fleet

ROOT = Path(__file__).parents[2]
FLEET = plan_fleet(spec.load(ROOT))


class PlanFile(SingleFileSnapshotExtension):
    """One JSON file a plan."""

    _write_mode = WriteMode.TEXT
    file_extension = "json"

    def serialize(self, data: Any, **_: Any) -> str:
        return json.dumps(dataclasses.asdict(data), default=_plain, indent=2) + "\n"


def _plain(value: object) -> str:
    if isinstance(value, IPv4Network):
        return str(value)
    raise TypeError(f"a plan holds {type(value).__name__}")


@pytest.fixture
def plan_file(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(PlanFile)


@pytest.mark.parametrize("site", FLEET.sites)
def test_site(site: str, plan_file: SnapshotAssertion) -> None:
    assert FLEET.sites[site] == plan_file


def test_links(plan_file: SnapshotAssertion) -> None:
    assert FLEET.links == plan_file
