"""A step of bootstrap: one thing that must be so, how to see whether it is, and how to make it so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What a check found."""

    OK = "ok"
    MISSING = "missing"
    DIFFERS = "differs"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What a check found; `detail` says what is different."""

    state: State
    detail: str = ""

    @property
    def is_ok(self) -> bool:
        return self.state is State.OK


OK = Finding(state=State.OK)
MISSING = Finding(state=State.MISSING)


def differs(detail: str) -> Finding:
    """It is there, but not as wanted."""
    return Finding(state=State.DIFFERS, detail=detail)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """`check` changes nothing and takes a missing prerequisite as MISSING; `apply` may be run again and again."""

    account: str
    region: str
    what: str
    check: Callable[[], Finding]
    apply: Callable[[], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A step that is not as it should be."""

    step: Step
    finding: Finding


def survey(steps: Iterable[Step]) -> tuple[Task, ...]:
    """The steps that have something to do, in order."""
    checked = ((step, step.check()) for step in steps)
    return tuple(Task(step=step, finding=finding) for step, finding in checked if not finding.is_ok)


def setting(
    *,
    account: str,
    region: str,
    what: str,
    read: Callable[[], object],
    wanted: object,
    write: Callable[[], object],
) -> Step:
    """A step for a value that is read back as it was written; `read` answers None while there is none."""

    def check() -> Finding:
        found = read()
        if found is None:
            return MISSING
        return OK if found == wanted else differs(f"is {found}")

    def apply() -> None:
        write()

    return Step(account=account, region=region, what=what, check=check, apply=apply)
