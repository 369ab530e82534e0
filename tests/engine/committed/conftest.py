"""The committed fleet, rolled out once for all tests of this folder, which read it and change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.engine.fleets import CHECKOUT, FleetUnderTest, Result


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The committed fleet after its first rollout, and what that rollout reported."""

    fleet: FleetUnderTest
    rollout: Result

    def outputs(self, stack: str) -> dict[str, Any]:
        outputs: dict[str, Any] = self.fleet.fleet("outputs", stack, "--json").json
        return outputs


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    fleet = FleetUnderTest(root=CHECKOUT, home=tmp_path_factory.mktemp("committed"))
    try:
        yield Standing(fleet=fleet, rollout=fleet.fleet("up", "--yes", "--json"))
    finally:
        fleet.stop()
