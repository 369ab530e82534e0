"""`fleet refresh`."""

from __future__ import annotations

from collections.abc import Sequence

from automation import consent, report, report_details
from automation.commands import drift
from automation.commands.changing import changing
from automation.commands.common import advice, at_a_time, command_line, finish, rollout, show_report
from automation.recovery.deed import Deed
from automation.seam import Workspace
from automation.session import Options, Session


def run(options: Options, *, max_parallel: int | None, yes: bool, as_json: bool) -> int:
    """Get ready, which refuses the credentials of another account, then refresh.

    With another account's, everything would look as if it were gone, and the state would be emptied.
    """
    with changing(options, "refresh") as (session, engines, deeds):
        return take_over(
            session, engines, max_parallel=max_parallel, yes=yes, as_json=as_json, recovered=deeds
        )


def take_over(
    session: Session,
    engines: Workspace,
    *,
    max_parallel: int | None,
    yes: bool,
    as_json: bool,
    recovered: Sequence[Deed] = (),
) -> int:
    """Show what is not as the state says, ask, take it over, report. Raises Refused when nobody agrees."""
    runs, results = drift.compare(session, engines, max_parallel=max_parallel)
    found = drift.found_in(results)
    compared_s = report.wall_s(list(runs.values()))
    if not as_json:
        drift.show(runs, found)
    if found and report.exit_code(runs) == report.EXIT_DONE:
        gone = sum(item.is_gone for items in found.values() for item in items)
        lost = f", and forget what is gone ({gone})" if gone else ""
        consent.require(f"Take this over into the state of {', '.join(found)}{lost}?", yes=yes)
        width = at_a_time(session, max_parallel)
        refreshed, _ = rollout(session, engines, max_parallel=width, verb="refresh").refresh(tuple(found))
        runs = {**runs, **refreshed}
    code = report.exit_code(runs)
    made = report.build(
        command=command_line("refresh", session),
        runs=runs,
        graph=dict.fromkeys(runs, ()),
        preview_s=compared_s,
        exit_code=code,
        next_command=command_line("up" if code == report.EXIT_DONE else "refresh", session),
        advice=advice(engines, runs),
        details=report_details.of_refresh(found, recovered),
    )
    return finish(session, made, as_json=as_json, show=show_report)
