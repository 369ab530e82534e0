from __future__ import annotations

import json
from pathlib import Path

from automation.saved_plan import read_needs


def test_needs_are_read_and_the_file_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "preview.json"
    plans = {
        "vpc": {"goal": {"dependencies": None}, "steps": ["create"]},
        "nat": {"goal": {"dependencies": ["vpc", "eip"]}, "steps": ["create"]},
        "old": {"steps": ["delete"]},
    }
    path.write_text(json.dumps({"resourcePlans": plans}))
    assert read_needs(path) == {"vpc": (), "nat": ("vpc", "eip"), "old": ()}


def test_a_preview_that_saved_nothing_says_nothing(tmp_path: Path) -> None:
    assert read_needs(tmp_path / "preview.json") == {}
