from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.conftest import ROOT

PICTURES = sorted((ROOT / "docs").rglob("*.svg"))


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_picture_loads_nothing_from_elsewhere(picture: Path) -> None:
    text = picture.read_text()
    assert re.findall(r"""@font-face|url\(["']?http|href=["']http|@import""", text) == []
