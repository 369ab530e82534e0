"""The record of a rollout: what became of each stack and why, how long it took, and what to run next."""

from __future__ import annotations

import graphlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from automation.controller import Run
from automation.events import changes
from automation.queue import Graph, Status
from automation.report_details import Details
from automation.report_file import ReportFile, StackEntry

EXIT_DONE: Final = 0
EXIT_FAILED: Final = 1
EXIT_CHANGES: Final = 2
EXIT_INTERRUPTED: Final = 130

NO_DETAILS = Details()

ExitCode = Literal[0, 1, 2, 130]


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
    exit_code: ExitCode
    next_command: str
    advice: str = ""
    details: Details = NO_DETAILS

    @property
    def ratio(self) -> float | None:
        """Wall time over critical path: 1 is as fast as the graph allows. None when nothing ran."""
        return self.wall_s / self.critical_path.duration_s if self.critical_path.duration_s > 0 else None

    def to_json(self) -> dict[str, Any]:
        """The report as plain data, described by schema/report.schema.json."""
        ratio = self.ratio
        made = ReportFile(
            command=self.command,
            exit_code=self.exit_code,
            stacks=tuple(_entry(run) for run in self.runs),
            preview_s=round(self.preview_s, 3),
            wall_s=round(self.wall_s, 3),
            critical_path=self.critical_path.stacks,
            critical_path_s=round(self.critical_path.duration_s, 3),
            ratio=None if ratio is None else round(ratio, 3),
            next_command=self.next_command,
            advice=self.advice,
            details=self.details,
        )
        return made.model_dump(mode="json")


def build(
    *,
    command: str,
    runs: Mapping[str, Run],
    graph: Graph,
    preview_s: float,
    exit_code: ExitCode,
    next_command: str,
    advice: str = "",
    details: Details = NO_DETAILS,
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
        details=details,
    )


def wall_s(runs: Sequence[Run]) -> float:
    """Seconds from the first start to the last end; 0 when nothing ran."""
    starts = [run.started_s for run in runs if run.started_s is not None]
    ends = [run.ended_s for run in runs if run.ended_s is not None]
    return max(ends) - min(starts) if starts and ends else 0.0


def critical_path(durations_s: Mapping[str, float], graph: Graph) -> Path:
    """The longest chain of dependencies by running time; the first in the graph's order among equals."""
    known = {name: [other for other in graph[name] if other in durations_s] for name in durations_s}
    longest: dict[str, Path] = {}
    for name in graphlib.TopologicalSorter(known).static_order():
        before = max(
            (longest[other] for other in known[name]),
            key=lambda path: path.duration_s,
            default=Path(stacks=(), duration_s=0.0),
        )
        longest[name] = Path(stacks=(*before.stacks, name), duration_s=before.duration_s + durations_s[name])
    return max(
        (longest[name] for name in durations_s),
        key=lambda path: path.duration_s,
        default=Path(stacks=(), duration_s=0.0),
    )


def exit_code(runs: Mapping[str, Run], *, changes_count: bool = False) -> ExitCode:
    """0 done, 1 something failed, 2 changes found (only a preview counts them), 130 interrupted."""
    statuses = {run.outcome.status for run in runs.values()}
    if Status.INTERRUPTED in statuses:
        return EXIT_INTERRUPTED
    if statuses & {Status.FAILED, Status.BLOCKED}:
        return EXIT_FAILED
    if changes_count and any(changes(run.outcome.operations) for run in runs.values()):
        return EXIT_CHANGES
    return EXIT_DONE


def _entry(run: Run) -> StackEntry:
    return StackEntry.model_validate(
        {
            "stack": run.stack,
            "result": run.outcome.status,
            "reason": run.outcome.reason,
            "cause": run.outcome.cause,
            "blocked_by": run.blocked_by,
            "operations": dict(run.outcome.operations),
            "pending": run.outcome.pending,
            "retries": run.outcome.retries,
            "recorded": run.outcome.recorded,
            "duration_s": round(run.duration_s, 3),
        }
    )
