"""What an up is going to do, known before anyone is asked: by previewing everything, or from saved plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from automation import aim, approval, guards
from automation.changes import ResourceChange
from automation.commands import plans
from automation.guards import MAX_DELETES, Limits
from automation.rollout import Bounds, Results, Rollout, Runs
from automation.session import Session


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What an up may do: how many deletions, the removals that are meant, the only resources that it touches, and
    the folder of saved plans that it carries out.
    """

    max_deletes: int = MAX_DELETES
    allow_replace: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    plan: Path | None = None

    @property
    def arguments(self) -> tuple[str, ...]:
        """The options of `fleet` that ask for the same again."""
        named = (("--allow-replace", self.allow_replace), ("--target", self.targets))
        most = ("--max-deletes", str(self.max_deletes)) if self.max_deletes != MAX_DELETES else ()
        return (*most, *(part for option, urns in named for urn in urns for part in (option, urn)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreseen:
    """What was previewed, and what the up has to keep to. `notes` say what is not known yet, by stack; `ended` are
    the records of a rollout that its previews have ended already.
    """

    previewed: Runs
    previews: Results
    bounds: Bounds
    notes: Mapping[str, str] = field(default_factory=dict)
    ended: Runs | None = None

    @property
    def has_work(self) -> bool:
        return self.ended is None and any(
            found.succeeded and found.has_changes for found in self.previews.values()
        )

    def changes(self) -> dict[str, tuple[ResourceChange, ...]]:
        """What guards look at. A stack whose preview failed is not rolled out: of it, only what the engine refused."""
        return {
            name: tuple(change for change in found.resource_changes if found.succeeded or change.is_refused)
            for name, found in self.previews.items()
        }


def by_preview(session: Session, rollout: Rollout, asked: Asked, urns: tuple[str, ...]) -> Foreseen:
    """Preview all selected stacks. Raises FleetError for a removal that is allowed and that no stack has."""
    previewed, previews = rollout.preview(session.selected, targets=urns)
    return Foreseen(
        previewed=previewed,
        previews=previews,
        bounds=Bounds(limits=limits(asked, previews), targets=urns),
        notes=rollout.notes(previewed, absent={}),
        ended=rollout.unstarted(previewed),
    )


def by_plan(session: Session, folder: Path, asked: Asked) -> tuple[Session, Foreseen]:
    """What was saved, and the session of just its stacks. Raises FleetError when it is not what would run now."""
    found, previewed, previews = plans.load(session, folder)
    files = {name: approval.plan_file(folder, name) for name in found.planned}
    bounds = Bounds(limits=limits(asked, previews), targets=found.urns, plans=files)
    if set(files) != set(session.stacks):
        session = replace(session, options=replace(session.options, only=tuple(files)))
    return session, Foreseen(previewed=previewed, previews=previews, bounds=bounds)


def limits(asked: Asked, previews: Results) -> Limits:
    """What was agreed to beforehand; names in a stack whose preview failed cannot be looked up, nor are they needed."""
    failed = {name for name, found in previews.items() if not found.succeeded}
    named = [name for name in asked.allow_replace if aim.stack_in(name) not in failed]
    known = {urn for found in previews.values() for urn in found.urns}
    return Limits(max_deletes=asked.max_deletes, allowed=guards.resolve(named, known))
