"""`fleet destroy`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from automation import consent, held, identity, report, report_details, residue
from automation.changes import name_of
from automation.commands.changing import changing
from automation.commands.common import (
    advice,
    at_a_time,
    command_line,
    finish,
    rollout,
    say,
    show_lines,
    show_report,
)
from automation.connection import connect
from automation.guards import GuardError
from automation.held import Held
from automation.queue import Queue, Status, reverse
from automation.recovery.deed import Deed
from automation.report import Report
from automation.residue import Left
from automation.rollout import Runs, graph_of
from automation.seam import Workspace
from automation.session import Options, Session

Search = Callable[[Collection[str]], tuple[Left, ...]]
"""Looks for what these stacks have left in AWS."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Searched:
    """What a search for leftovers found; `problem` says why it could not be made."""

    left: tuple[Left, ...] = ()
    problem: str = ""

    def lines(self) -> list[str]:
        if self.problem:
            return [f"what is left could not be searched for: {self.problem}"]
        if not self.left:
            return ["nothing is left"]
        told = [
            f"  {left.account} {left.region}: {left.arn}" + (f" ({left.resource})" if left.resource else "")
            for left in self.left
        ]
        return [f"left in AWS: {len(self.left)}; delete by hand, then destroy again:", *told]


def run(options: Options, *, max_parallel: int | None, fail_fast: bool, yes: bool, as_json: bool) -> int:
    """Get ready, then destroy."""
    with changing(options, "destroy") as (session, engines, deeds):
        return tear_down(
            session,
            engines,
            max_parallel=max_parallel,
            fail_fast=fail_fast,
            yes=yes,
            as_json=as_json,
            search=partial(look_around, session),
            recovered=deeds,
        )


def tear_down(
    session: Session,
    engines: Workspace,
    *,
    max_parallel: int | None,
    yes: bool,
    as_json: bool,
    search: Search,
    fail_fast: bool = False,
    recovered: Sequence[Deed] = (),
) -> int:
    """Show what is deployed, ask, destroy it in reverse order, look for what is left, report.

    Raises GuardError, before any change, for what is protected or retained, and Refused when nobody agrees.
    """
    deployed = {
        name: state.resources
        for name, state in engines.deployed().items()
        if state.resources and name in session.selected
    }
    queue = Queue(reverse(graph_of(session.stacks)), selected=session.selected)
    if deployed:
        announce(read_all(engines, [name for name in queue.depends_on if name in deployed]), deployed)
        consent.require(f"Destroy {len(deployed)} stacks?", yes=yes)
    width = at_a_time(session, max_parallel)
    destroying = rollout(session, engines, max_parallel=width, verb="destroy", fail_fast=fail_fast)
    runs = destroying.destroy(queue, deployed)
    searched = searched_for(runs, search)
    code = report.exit_code(runs)
    if code == report.EXIT_DONE and (searched.left or searched.problem):
        code = report.EXIT_FAILED
    made = report.build(
        command=command_line("destroy", session),
        runs=runs,
        graph=queue.depends_on,
        preview_s=0.0,
        exit_code=code,
        next_command=command_line("status" if code == report.EXIT_DONE else "destroy", session),
        advice=advice(engines, runs),
        details=report_details.of_destroy(searched.left, searched.problem, recovered),
    )

    def show(made: Report) -> None:
        show_report(made)
        show_lines(searched.lines())

    return finish(session, made, as_json=as_json, show=show)


def read_all(engines: Workspace, stacks: Collection[str]) -> dict[str, tuple[Held, ...]]:
    """What each of these stacks holds; all are read at the same time."""
    with ThreadPoolExecutor(max_workers=len(stacks)) as pool:
        return dict(zip(stacks, map(held.read, pool.map(engines.export, stacks)), strict=True))


def announce(holdings: Mapping[str, tuple[Held, ...]], deployed: Mapping[str, int]) -> None:
    """Say what will go. Raises GuardError with everything that is in the way of a whole destroy."""
    if obstacles := [line for items in holdings.values() for line in held.obstacles(items)]:
        raise GuardError(obstacles)
    for stack, items in holdings.items():
        say(f"{stack}: {deployed[stack]} resources will be deleted")
        if lost := [name_of(item.urn) for item in items if item.holds_state]:
            say(f"{stack}: the contents of {', '.join(lost)} will be lost")


def searched_for(runs: Runs, search: Search) -> Searched:
    """Search for what the stacks that are gone have left; the others still have what is theirs."""
    gone = [name for name, run in runs.items() if run.outcome.status is Status.SUCCEEDED]
    try:
        return Searched(left=search(gone) if gone else ())
    except (BotoCoreError, ClientError) as error:
        return Searched(problem=str(error))


def look_around(session: Session, stacks: Collection[str]) -> tuple[Left, ...]:
    """Search every account and region of the fleet. Raises BotoCoreError or ClientError when AWS does not answer."""
    base = connect(session).base
    return residue.search(
        partial(identity.enter, session.fleet, base),
        tuple(session.fleet.settings.accounts),
        session.regions(),
        stacks=stacks,
        is_whole_fleet=set(stacks) == set(session.stacks),
    )
