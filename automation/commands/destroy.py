"""`fleet destroy`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from automation import consent, guards, report, report_details
from automation.commands.around import look_around, unprotect
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
from automation.commands.doomed import Asked, Doomed, decide
from automation.queue import Queue, Status, reverse
from automation.recovery.deed import Deed
from automation.report import Report
from automation.residue import Left
from automation.rollout import Runs, graph_of
from automation.seam import Workspace
from automation.session import Options, Session

Unprotect = Callable[[Sequence[str]], None]
"""Switches EKS's own deletion protection off for the clusters with these ARNs."""

Search = Callable[[Collection[str]], tuple[Left, ...]]
"""Looks for what these stacks have left in AWS."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InAws:
    """What a destroy asks of AWS itself, beside the engine."""

    search: Search
    unprotect: Unprotect


EVERYTHING = Asked()


@dataclass(frozen=True, kw_only=True, slots=True)
class Searched:
    """What a search for leftovers of stacks that are gone found; `problem` says why it could not be made."""

    gone: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()
    problem: str = ""

    def lines(self) -> list[str]:
        if self.problem:
            return [f"what is left could not be searched for: {self.problem}"]
        if not self.gone:
            return []
        if not self.left:
            return [f"nothing is left of {', '.join(self.gone)}"]
        told = [
            f"  {left.account} {left.region}: {left.arn}" + (f" ({left.resource})" if left.resource else "")
            for left in self.left
        ]
        return [f"left in AWS: {len(self.left)}; delete by hand, then destroy again:", *told]


def run(options: Options, asked: Asked, *, max_parallel: int | None, yes: bool, as_json: bool) -> int:
    """Get ready, then destroy."""
    with changing(options, "destroy") as (session, engines, deeds):
        return tear_down(
            session,
            engines,
            asked,
            max_parallel=max_parallel,
            yes=yes,
            as_json=as_json,
            in_aws=InAws(search=partial(look_around, session), unprotect=partial(unprotect, session)),
            recovered=deeds,
        )


def tear_down(
    session: Session,
    engines: Workspace,
    asked: Asked = EVERYTHING,
    *,
    max_parallel: int | None,
    yes: bool,
    as_json: bool,
    in_aws: InAws,
    recovered: Sequence[Deed] = (),
) -> int:
    """Show what is deployed, ask, destroy it in reverse order, look for what is left, report.

    Raises, before any change, what `agreed` raises.
    """
    deployed = {
        name: state.resources
        for name, state in engines.deployed().items()
        if state.resources and name in session.selected
    }
    queue = Queue(reverse(graph_of(session.stacks)), selected=session.selected)
    in_order = {name: deployed[name] for name in queue.depends_on if name in deployed}
    doomed = agreed(engines, in_order, asked, in_aws.unprotect, yes=yes) if deployed else Doomed()
    width = at_a_time(session, max_parallel)
    destroying = rollout(session, engines, max_parallel=width, verb="destroy", fail_fast=asked.fail_fast)
    runs = destroying.destroy(queue, deployed, doomed.targets)
    searched = searched_for(runs, lambda gone: doomed.are_left(in_aws.search(gone)))
    code = report.exit_code(runs)
    again = command_line("destroy", session, *asked.arguments)
    if code == report.EXIT_DONE and (searched.left or searched.problem):
        code = report.EXIT_FAILED
    made = report.build(
        command=again,
        runs=runs,
        graph=queue.depends_on,
        preview_s=0.0,
        exit_code=code,
        next_command=command_line("status", session) if code == report.EXIT_DONE else again,
        advice=advice(engines, runs),
        details=report_details.of_destroy(
            searched.left, searched.problem, kept=doomed.kept, recovered=recovered
        ),
    )

    def show(made: Report) -> None:
        show_report(made)
        show_lines(searched.lines())

    return finish(session, made, as_json=as_json, show=show)


def agreed(
    engines: Workspace,
    deployed: Mapping[str, int],
    asked: Asked,
    unprotect: Unprotect,
    *,
    yes: bool,
    confirm: Callable[[Sequence[str]], None] = consent.require_names,
) -> Doomed:
    """Say what will go and stay of these stacks, each with its number of resources, and ask; then free what is given
    up. Raises what `decide` raises, and Refused when nobody agrees.
    """
    doomed = decide(read_all(engines, deployed), asked)
    for line in doomed.lines(deployed):
        say(line)
    consent.require(f"Destroy {len(deployed)} stacks?", yes=yes)
    confirm(sorted(map(guards.short, doomed.lost)))
    unprotect(doomed.eks_clusters())
    for stack, state in doomed.released().items():
        engines.replace(stack, state)
    return doomed


def read_all(engines: Workspace, stacks: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """The state of each of these stacks; all are read at the same time."""
    with ThreadPoolExecutor(max_workers=len(stacks)) as pool:
        return dict(zip(stacks, pool.map(engines.export, stacks), strict=True))


def searched_for(runs: Runs, search: Search) -> Searched:
    """Search for what the stacks that are gone have left; the others still have what is theirs."""
    gone = [name for name, run in runs.items() if run.outcome.status is Status.SUCCEEDED]
    try:
        return Searched(gone=tuple(gone), left=search(gone) if gone else ())
    except (BotoCoreError, ClientError) as error:
        return Searched(gone=tuple(gone), problem=str(error))
