"""A rollout of the committed fleet and its destroy without engines, and what their reports say."""

from __future__ import annotations

import json
from typing import Any

from automation.commands import doomed
from automation.commands.destroy import EVERYTHING, InAws, Search, Unprotect, tear_down
from automation.commands.foresee import Asked
from automation.commands.up import roll_out
from automation.session import Session
from tests.unit.automation.fakes import FakeWorkspace, no_cluster, nothing_left

STACKS = ("main-use1", "main-usw2", "secondary-use1", "secondary-usw2", "links")


def up(session: Session, engines: FakeWorkspace, *, yes: bool = True, fail_fast: bool = False) -> int:
    return roll_out(session, engines, Asked(), max_parallel=1, fail_fast=fail_fast, yes=yes, as_json=True)


def down(
    session: Session,
    engines: FakeWorkspace,
    asked: doomed.Asked = EVERYTHING,
    *,
    search: Search = nothing_left,
    unprotect: Unprotect = no_cluster,
    yes: bool = True,
    as_json: bool = True,
) -> int:
    in_aws = InAws(search=search, unprotect=unprotect)
    return tear_down(session, engines, asked, max_parallel=1, yes=yes, as_json=as_json, in_aws=in_aws)


def written(session: Session) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(session.project.report.read_text())
    return report


def reasons(session: Session) -> dict[str, tuple[str, str, str | None]]:
    return {
        row["stack"]: (row["result"], row["reason"], row["blocked_by"]) for row in written(session)["stacks"]
    }


def results(session: Session) -> dict[str, str]:
    return {row["stack"]: row["result"] for row in written(session)["stacks"]}
