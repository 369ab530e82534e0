"""Where a path may be promoted to."""

from __future__ import annotations

import pytest

from automation.data.promote import target_prefix
from automation.errors import FleetError


@pytest.mark.parametrize(
    ("path", "to", "target"),
    [
        ("checkpoints/run/", None, "checkpoints/run/"),
        ("models/m", None, "models/m"),
        ("scripts/", "code/scripts/", "code/scripts/"),
        ("run/best.pt", "models/best.pt", "models/best.pt"),
    ],
)
def test_where_a_path_goes(path: str, to: str | None, target: str) -> None:
    assert target_prefix(path, to) == target


@pytest.mark.parametrize(
    ("path", "to", "message"),
    [
        ("logs/", None, "logs/ is not replicated, so promoting it would reach no site"),
        ("checkpoints/run/", "sites/other/", "sites/other/ is not replicated"),
        ("datasets", None, "datasets is not replicated"),
        ("checkpoints/run/", "models/run", "are a folder and an object"),
        ("models/m", "models/", "are a folder and an object"),
    ],
)
def test_a_path_that_replication_would_not_carry_on(path: str, to: str | None, message: str) -> None:
    with pytest.raises(FleetError, match=message):
        target_prefix(path, to)
