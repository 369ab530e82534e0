"""How long a stack will still take, from AWS's usual times and what waits for what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from automation.events import PlannedStep
from automation.report import critical_path
from automation.urn import token
from plan.usual_times import DEFAULT_S, usual_s

CREATES = frozenset({"create", "create-replacement"})
"""The operations whose usual times are known; updates and deletions count as short."""


def left_s(
    planned: Iterable[PlannedStep],
    done: Collection[tuple[str, str]],
    open_since_s: Mapping[tuple[str, str], float],
    now_s: float,
) -> float:
    """Seconds of the longest chain of steps that are not done, as if each took its usual time and all that may run
    at the same time did. A step that takes longer than usual counts as about to end.
    """
    durations: dict[str, float] = {}
    needs: dict[str, tuple[str, ...]] = {}
    for step in planned:
        key = (step.urn, step.operation)
        if key not in done:
            elapsed_s = now_s - open_since_s[key] if key in open_since_s else 0.0
            durations[step.urn] = durations.get(step.urn, 0.0) + max(_usual_s(step) - elapsed_s, 0.0)
            needs[step.urn] = step.needs
    return critical_path(durations, needs).duration_s


def _usual_s(step: PlannedStep) -> float:
    kind = token(step.urn)
    return usual_s(kind) if step.operation in CREATES else min(usual_s(kind), DEFAULT_S)
