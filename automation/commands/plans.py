"""Saved plans between a preview and an up: what was shown is written down, and what was written down is shown again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from automation import approval, selection
from automation.approval import Approval, StackPlan
from automation.commands.common import say
from automation.controller import Run
from automation.errors import FleetError
from automation.events import OUTPUTS
from automation.queue import Status
from automation.rollout import Results, Runs, outcome
from automation.session import Session


def save(session: Session, folder: Path, runs: Runs, results: Results, urns: Sequence[str]) -> None:
    """Write down what was previewed; nothing when a preview did not succeed, for half a plan approves nothing."""
    failed = [name for name, run in runs.items() if run.outcome.status is not Status.SUCCEEDED]
    if failed:
        approval.prepare(folder)
        say(f"no plan was saved: the preview of {', '.join(failed)} did not succeed")
        return
    made = Approval(
        made_at=datetime.now(UTC),
        target=session.options.target_name,
        accounts=session.account_ids(),
        files=approval.sources(session.project.root, session.stack_files()),
        urns=tuple(urns),
        stacks={name: stack_plan(session, folder, name, results) for name in session.selected},
    )
    for name, reason in made.unplanned.items():
        approval.plan_file(folder, name).unlink(missing_ok=True)
        say(f"{name}: no plan is saved: {reason}")
    approval.save(folder, made)
    say(f"saved: {len(made.planned)} plans in {folder}")


def load(session: Session, folder: Path) -> tuple[Approval, Runs, Results]:
    """What was approved, as the previews that it was saved from.

    Raises FleetError, naming everything that differs, when it is not what would run now.
    """
    if session.arguments:
        raise FleetError("--plan says which stacks run", remedy="leave out --only, --skip and --target")
    found = approval.load(folder)
    approval.require_unchanged(
        folder,
        found,
        target=session.options.target_name,
        accounts=session.account_ids(),
        files=approval.sources(session.project.root, session.stack_files()),
    )
    for name, reason in found.unplanned.items():
        say(f"{name}: is left as it is: {reason}")
    results = {name: plan.as_preview(name) for name, plan in found.planned.items()}
    runs = {name: Run(stack=name, outcome=outcome(result)) for name, result in results.items()}
    return found, runs, results


def stack_plan(session: Session, folder: Path, stack: str, results: Results) -> StackPlan:
    """One stack's part of the manifest.

    The engine's plan takes outputs that nobody knows yet: what they turn out to be is not part of it. Outputs that
    are about to change were read with their old values, so a plan made with them would be broken or, worse, empty.
    """
    result = results[stack]
    reads = selection.in_order(session.stacks, selection.reads(session.stacks[stack]))
    stale = tuple(other for other in reads if other in results and results[other].operations.get(OUTPUTS))
    told = (
        f"it reads outputs that {selection.listed(stale)} will change; preview it after that" if stale else ""
    )
    return StackPlan(
        operations=dict(result.operations),
        changes=result.resource_changes,
        digest="" if stale else approval.digest(approval.plan_file(folder, stack)),
        reason=told,
    )
