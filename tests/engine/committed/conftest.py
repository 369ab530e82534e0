"""The committed fleet, rolled out once for all tests of this folder, which read it and change nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.engine.fleets import CHECKOUT, FleetUnderTest, Result


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The committed fleet after its first rollout, and what that rollout reported."""

    fleet: FleetUnderTest
    rollout: Result
    exported: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def outputs(self, stack: str) -> dict[str, Any]:
        outputs: dict[str, Any] = self.fleet.fleet("outputs", stack, "--json").json
        return outputs

    def resources(self, stack: str) -> list[dict[str, Any]]:
        """What the engine's state holds of a stack, in the order it was made."""
        if stack not in self.exported:
            export = self.fleet.pulumi(stack, "stack", "export", "-s", stack)
            assert export.code == 0, export.err
            self.exported[stack] = json.loads(export.out)["deployment"]["resources"]
        return self.exported[stack]


@pytest.fixture(scope="package")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    fleet = FleetUnderTest(root=CHECKOUT, home=tmp_path_factory.mktemp("committed"))
    try:
        yield Standing(fleet=fleet, rollout=fleet.fleet("up", "--yes", "--json"))
    finally:
        fleet.stop()
