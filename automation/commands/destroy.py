"""`fleet destroy`."""

from __future__ import annotations

from automation import consent, report
from automation.commands.changing import changing
from automation.commands.common import (
    advice,
    at_a_time,
    command_line,
    finish,
    rollout,
    say,
    show_report,
)
from automation.queue import Queue, reverse
from automation.rollout import graph_of
from automation.session import Options, Session
from automation.workspace import Workspace


def run(options: Options, *, max_parallel: int | None, fail_fast: bool, yes: bool, as_json: bool) -> int:
    """Get ready, then destroy."""
    with changing(options, "destroy") as (session, engines):
        return tear_down(
            session, engines, max_parallel=max_parallel, fail_fast=fail_fast, yes=yes, as_json=as_json
        )


def tear_down(
    session: Session,
    engines: Workspace,
    *,
    max_parallel: int | None,
    yes: bool,
    as_json: bool,
    fail_fast: bool = False,
) -> int:
    """Show what is deployed, ask, destroy it in reverse order, report. Raises Refused when nobody agrees."""
    found = {name: state.resources for name, state in engines.deployed().items() if state.resources}
    deployed = {name: found[name] for name in session.selected if name in found}
    queue = Queue(reverse(graph_of(session.stacks)), selected=session.selected)
    if deployed:
        for name in queue.depends_on:
            if name in deployed:
                say(f"{name}: {found[name]} resources will be deleted")
        consent.require(f"Destroy {len(deployed)} stacks?", yes=yes)
    width = at_a_time(session, max_parallel)
    destroying = rollout(session, engines, max_parallel=width, verb="destroy", fail_fast=fail_fast)
    runs = destroying.destroy(queue, deployed)
    code = report.exit_code(runs)
    made = report.build(
        command=command_line("destroy", session),
        runs=runs,
        graph=queue.depends_on,
        preview_s=0.0,
        exit_code=code,
        next_command=command_line("status" if code == report.EXIT_DONE else "destroy", session),
        advice=advice(engines, runs),
    )
    return finish(session, made, as_json=as_json, show=show_report)
