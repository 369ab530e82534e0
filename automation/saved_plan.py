"""What each resource of a stack waits for. The engine's events do not say it; the plan that a preview saves does."""

from __future__ import annotations

import json
from pathlib import Path


def read_needs(path: Path) -> dict[str, tuple[str, ...]]:
    """The dependencies of each resource by URN. Nothing when there is no file: a preview that failed saves none."""
    if not path.is_file():
        return {}
    document = json.loads(path.read_text(encoding="utf-8"))
    goals = {urn: plan.get("goal") or {} for urn, plan in (document.get("resourcePlans") or {}).items()}
    return {urn: tuple(goal.get("dependencies") or ()) for urn, goal in goals.items()}
