"""The record of a rollout: what became of each stack and why, how long it took, and what to run next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from automation.controller import Run
from automation.events import changes
from automation.queue import Graph, Status

SCHEMA_VERSION = 1

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_CHANGES = 2
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """The chain of stacks, each waiting for the one before, that took longest; seconds of running time."""

    stacks: tuple[str, ...]
    duration_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One rollout. `wall_s` is from the first start to the last end; `preview_s` came before the question.

    `advice` is what a person has to do before `next_command`.
    """

    command: str
    runs: tuple[Run, ...]
    wall_s: float
    critical_path: Path
    preview_s: float
    exit_code: int
    next_command: str
    advice: str = ""

    @property
    def ratio(self) -> float | None:
        """Wall time over critical path: 1 is as fast as the graph allows. None when nothing ran."""
        return self.wall_s / self.critical_path.duration_s if self.critical_path.duration_s > 0 else None

    def to_json(self) -> dict[str, Any]:
        """The report as plain data; tests hold its shape."""
        ratio = self.ratio
        return {
            "version": SCHEMA_VERSION,
            "command": self.command,
            "exit_code": self.exit_code,
            "stacks": [_run_json(run) for run in self.runs],
            "preview_s": round(self.preview_s, 3),
            "wall_s": round(self.wall_s, 3),
            "critical_path": list(self.critical_path.stacks),
            "critical_path_s": round(self.critical_path.duration_s, 3),
            "ratio": None if ratio is None else round(ratio, 3),
            "next_command": self.next_command,
            "advice": self.advice,
        }


def build(
    *,
    command: str,
    runs: Mapping[str, Run],
    graph: Graph,
    preview_s: float,
    exit_code: int,
    next_command: str,
    advice: str = "",
) -> Report:
    """The report of these runs; `graph` is the one they were run by."""
    return Report(
        command=command,
        runs=tuple(runs.values()),
        wall_s=wall_s(list(runs.values())),
        critical_path=critical_path({name: run.duration_s for name, run in runs.items()}, graph),
        preview_s=preview_s,
        exit_code=exit_code,
        next_command=next_command,
        advice=advice,
    )


def wall_s(runs: Sequence[Run]) -> float:
    """Seconds from the first start to the last end; 0 when nothing ran."""
    starts = [run.started_s for run in runs if run.started_s is not None]
    ends = [run.ended_s for run in runs if run.ended_s is not None]
    return max(ends) - min(starts) if starts and ends else 0.0


def critical_path(durations_s: Mapping[str, float], graph: Graph) -> Path:
    """The longest chain of dependencies by running time; the first in the graph's order among equals."""
    longest: dict[str, Path] = {}

    def path_to(name: str) -> Path:
        if name not in longest:
            before = max(
                (path_to(other) for other in graph[name] if other in durations_s),
                key=lambda path: path.duration_s,
                default=Path(stacks=(), duration_s=0.0),
            )
            longest[name] = Path(
                stacks=(*before.stacks, name), duration_s=before.duration_s + durations_s[name]
            )
        return longest[name]

    return max(
        (path_to(name) for name in durations_s),
        key=lambda path: path.duration_s,
        default=Path(stacks=(), duration_s=0.0),
    )


def exit_code(runs: Mapping[str, Run], *, changes_count: bool = False) -> int:
    """0 done, 1 something failed, 2 changes found (only a preview counts them), 130 interrupted."""
    statuses = {run.outcome.status for run in runs.values()}
    if Status.INTERRUPTED in statuses:
        return EXIT_INTERRUPTED
    if statuses & {Status.FAILED, Status.BLOCKED}:
        return EXIT_FAILED
    if changes_count and any(changes(run.outcome.operations) for run in runs.values()):
        return EXIT_CHANGES
    return EXIT_DONE


def _run_json(run: Run) -> dict[str, Any]:
    return {
        "stack": run.stack,
        "result": str(run.outcome.status),
        "reason": str(run.outcome.reason),
        "cause": run.outcome.cause,
        "blocked_by": run.blocked_by,
        "operations": dict(run.outcome.operations),
        "pending": list(run.outcome.pending),
        "duration_s": round(run.duration_s, 3),
    }
