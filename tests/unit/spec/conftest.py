from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.spec.bad_inputs.case import copy_fleet


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the committed fleet.yaml and stack files."""
    copy_fleet(tmp_path)
    return tmp_path
