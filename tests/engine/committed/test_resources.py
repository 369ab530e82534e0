"""The resources that the engine made of each stack, as text that a reviewer reads.

A changed name, type or parent is a replacement or a new URN in every deployed fleet. After a change that is
meant: `pytest tests/engine/committed/test_resources.py --snapshot-update`.
"""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.engine.committed.conftest import Standing


class ResourceList(SingleFileSnapshotExtension):
    """One text file a stack, a line a resource."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"

    def serialize(self, data: Any, **_: Any) -> str:
        return "\n".join(sorted(map(line, data))) + "\n"


def line(resource: dict[str, Any]) -> str:
    """`type name < parent's name`, and whether the engine protects it."""
    name, parent = (resource.get(key, "").rpartition("::")[2] for key in ("urn", "parent"))
    under = f" < {parent}" if parent else ""
    protected = " protected" if resource.get("protect") else ""
    return f"{resource['type']} {name}{under}{protected}"


@pytest.mark.parametrize("stack", ["main-use1", "main-usw2", "secondary-use1", "secondary-usw2", "links"])
def test_resources(standing: Standing, stack: str, snapshot: SnapshotAssertion) -> None:
    assert standing.resources(stack) == snapshot.use_extension(ResourceList)
