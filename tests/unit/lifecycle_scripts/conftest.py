from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.lifecycle_scripts.machine import GROUP_OF, Done, Machine


@dataclass(frozen=True)
class Twice:
    """A node whose scripts ran twice."""

    machine: Machine
    first: Done
    files: dict[str, tuple[str, int, int]]
    again: Done


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A node on Ubuntu, before its scripts run."""
    return Machine(tmp_path)


@pytest.fixture(scope="session")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Twice]:
    """A node of each type on Ubuntu, after two runs."""
    made = {}
    for node_type in GROUP_OF:
        machine = Machine(tmp_path_factory.mktemp(node_type))
        first = machine.run(node_type)
        made[node_type] = Twice(machine, first, machine.files(), machine.run(node_type))
    return made
