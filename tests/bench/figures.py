"""What is measured: a figure, its goal, and the machine that it was measured on."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One measured thing: several samples in one unit, and the goal that their median should meet, if there is one."""

    name: str
    unit: str
    samples: Sequence[float]
    at_most: float | None = None
    at_least: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def goal(self) -> str:
        """`<= 150`; empty without a goal."""
        if self.at_most is not None:
            return f"<= {self.at_most:g}"
        return f">= {self.at_least:g}" if self.at_least is not None else ""

    @property
    def is_met(self) -> bool:
        """Whether the median meets the goal; a figure without one always does."""
        if self.at_most is not None:
            return self.median <= self.at_most
        return self.at_least is None or self.median >= self.at_least

    def to_json(self) -> dict[str, Any]:
        """All of it, with the median."""
        return {**asdict(self), "samples": list(self.samples), "median": self.median, "is_met": self.is_met}


def machine() -> dict[str, Any]:
    """What this machine is, and how busy it was when asked."""
    meminfo = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    cpuinfo = Path("/proc/cpuinfo").read_text().splitlines()
    models = {line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")}
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": ", ".join(sorted(models)),
        "memory_gib": round(int(meminfo["MemTotal"].split()[0]) / 2**20, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_1_min": os.getloadavg()[0],
    }


def table(figures: Sequence[Figure]) -> Table:
    """The figures, a line each."""
    shown = Table("figure", "median", "unit", "samples", "goal", "met")
    for figure in figures:
        spread = f"{len(figure.samples)}: {min(figure.samples):.3g} to {max(figure.samples):.3g}"
        met = "" if not figure.goal else ("yes" if figure.is_met else "NO")
        shown.add_row(figure.name, f"{figure.median:.3g}", figure.unit, spread, figure.goal, met)
    return shown
