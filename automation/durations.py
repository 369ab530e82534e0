"""How long stacks take: what their last rollouts on AWS took, kept beside the report, else what AWS usually takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from automation import report
from automation.controller import Reason, Run
from automation.queue import select
from automation.rollout import graph_of
from plan.stacks import Stack


def load(path: Path) -> dict[str, float]:
    """Seconds by stack; none when there is no file, or not one of ours."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): float(seconds) for name, seconds in found.items()} if isinstance(found, dict) else {}


def keep(path: Path, runs: Mapping[str, Run]) -> None:
    """Remember what the stacks took that were changed."""
    taken = {name: run.duration_s for name, run in runs.items() if run.outcome.reason is Reason.CHANGED}
    if any(taken.values()):
        path.parent.mkdir(parents=True, exist_ok=True)
        known = load(path) | {name: round(seconds, 1) for name, seconds in taken.items() if seconds}
        path.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")


def estimate(
    stacks: Mapping[str, Stack],
    usual_s: Mapping[str, float],
    known_s: Mapping[str, float],
    *,
    max_parallel: int,
) -> timedelta:
    """How long a rollout will take at least: its critical path, or all its work spread over `max_parallel` stacks at
    a time when that is longer. `usual_s` are the stacks that change, with what AWS usually takes for them.
    """
    seconds = {name: known_s.get(name, usual) for name, usual in usual_s.items()}
    path = report.critical_path(seconds, select(graph_of(stacks), usual_s))
    return timedelta(seconds=max(path.duration_s, sum(seconds.values()) / max_parallel))
