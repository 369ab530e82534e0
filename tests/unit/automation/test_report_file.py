from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from automation.commands import preview
from automation.commands.foresee import Asked
from automation.commands.preview import show_changes
from automation.commands.up import roll_out
from automation.events import StackResult
from automation.recovery.deed import Deed, Did
from automation.report_file import REPORT_SCHEMA, ReportFile, schemas
from automation.session import Session
from tests.unit.automation.fakes import CHECKOUT, NOTHING, PENDING, FakeWorkspace
from tests.unit.automation.rollouts import down

STACKS = ("main-use1", "main-usw2", "secondary-use1", "secondary-usw2", "links")
SCHEMA = json.loads(schemas()[REPORT_SCHEMA])


class InterruptedWorkspace(FakeWorkspace):
    """Its ups end as an engine's does that was told to stop."""

    def up(self, stack: str, **_: Any) -> StackResult:
        return StackResult(
            stack=stack, succeeded=False, operations={"create": 1}, was_interrupted=True, duration_s=1.0
        )


def written(session: Session) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(session.project.report.read_text())
    return report


def is_valid(report: dict[str, Any]) -> bool:
    jsonschema.Draft202012Validator(SCHEMA).validate(report)
    return ReportFile.model_validate(report).model_dump(mode="json") == report


def test_the_committed_schema_is_the_models() -> None:
    assert (CHECKOUT / REPORT_SCHEMA).read_text() == schemas()[REPORT_SCHEMA], "run `fleet schema --write`"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("engines", "endings"),
    [
        (FakeWorkspace(dict.fromkeys(STACKS, PENDING)), {"succeeded"}),
        (FakeWorkspace(dict.fromkeys(STACKS, NOTHING)), {"succeeded"}),
        (
            FakeWorkspace(dict.fromkeys(STACKS, PENDING), broken={"main-usw2": "up"}),
            {"succeeded", "failed", "blocked"},
        ),
        (InterruptedWorkspace(dict.fromkeys(STACKS, PENDING)), {"interrupted", "blocked"}),
    ],
    ids=["done", "nothing to do", "failed and blocked", "interrupted"],
)
def test_a_rollouts_report_is_valid(session: Session, engines: FakeWorkspace, endings: set[str]) -> None:
    roll_out(session, engines, Asked(), max_parallel=2, yes=True, as_json=True)
    assert {row["result"] for row in written(session)["stacks"]} == endings
    assert is_valid(written(session))


def test_a_previews_report_is_valid(session: Session) -> None:
    engines = FakeWorkspace(dict.fromkeys(STACKS, PENDING))
    assert show_changes(session, engines, preview.Asked(), max_parallel=2, as_json=True) == 2
    assert is_valid(written(session))


def test_what_was_recovered_and_tried_again_is_in_the_report(session: Session) -> None:
    class Retried(FakeWorkspace):
        def up(self, stack: str, **_: Any) -> StackResult:
            return StackResult(stack=stack, succeeded=True, operations=PENDING, retries=2, recorded=1)

    deeds = (
        Deed(did=Did.TOOK_OVER, found="ann@here"),
        Deed(did=Did.IMPORTED, found="by tag", stack="links", urn="urn:x", id="pcx-1"),
    )
    engines = Retried(dict.fromkeys(STACKS, PENDING))
    roll_out(session, engines, Asked(), max_parallel=1, yes=True, as_json=True, recovered=deeds)
    report = written(session)
    assert [(row["retries"], row["recorded"]) for row in report["stacks"]] == [(2, 1)] * len(STACKS)
    assert report["details"]["recovered"] == [
        {"did": "took over the fleet lock", "found": "ann@here", "stack": "", "urn": "", "id": ""},
        {"did": "imported", "found": "by tag", "stack": "links", "urn": "urn:x", "id": "pcx-1"},
    ]
    assert is_valid(report)


def test_a_destroys_report_is_valid(session: Session) -> None:
    engines = FakeWorkspace({})
    engines.resources = {"links": 6}
    down(session, engines)
    assert is_valid(written(session))


@pytest.mark.parametrize(
    ("field", "value"), [("version", 2), ("exit_code", 3), ("wall_s", -1.0), ("host", "me")]
)
def test_what_the_schema_does_not_know_is_not_a_report(session: Session, field: str, value: object) -> None:
    roll_out(
        session,
        FakeWorkspace(dict.fromkeys(STACKS, NOTHING)),
        Asked(),
        max_parallel=1,
        yes=True,
        as_json=True,
    )
    wrong = {**written(session), field: value}
    with pytest.raises(jsonschema.ValidationError):
        is_valid(wrong)
    with pytest.raises(ValidationError):
        ReportFile.model_validate(wrong)


def test_every_field_is_described() -> None:
    models = [SCHEMA, SCHEMA["$defs"]["StackEntry"]]
    fields = [(name, field) for model in models for name, field in model["properties"].items()]
    assert [name for name, field in fields if "description" not in field] == []
