from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

import spec
from spec import rules
from spec.problem import Finding
from spec.reader import read_draft
from tests.unit.spec.bad_inputs import (
    data,
    eks,
    fields,
    files,
    fleets,
    hyperpod,
    iam,
    networks,
    parallelcluster,
    storage,
    text,
    values,
)
from tests.unit.spec.bad_inputs.case import Case

CASES: tuple[Case, ...] = (
    *text.CASES,
    *fields.CASES,
    *values.CASES,
    *networks.CASES,
    *storage.CASES,
    *eks.CASES,
    *parallelcluster.CASES,
    *fleets.CASES,
    *data.CASES,
    *hyperpod.CASES,
    *iam.CASES,
    *files.CASES,
)


def messages(root: Path) -> tuple[str, ...]:
    with pytest.raises(spec.SpecError) as caught:
        spec.load(root)
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return tuple(map(str, caught.value.problems))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_message_is_the_recorded_one(case: Case, tmp_path: Path) -> None:
    case.write(tmp_path)
    assert messages(tmp_path) == case.says


def reached(table: Sequence[Callable[..., Iterator[Finding]]], *arguments: object) -> set[str]:
    return {rule.__name__ for rule in table if next(rule(*arguments), None)}


def test_every_rule_is_reached_by_a_recorded_input(tmp_path: Path) -> None:
    found: set[str] = set()
    for number, case in enumerate(CASES):
        folder = tmp_path / str(number)
        folder.mkdir()
        case.write(folder)
        draft = read_draft(folder)
        for name, site in draft.sites.items():
            found |= reached(rules.SITE_RULES, name, site)
        if draft.settings is not None:
            found |= reached(rules.SETTINGS_RULES, draft.settings)
            found |= reached(rules.FLEET_RULES, draft.settings, draft.sites)
    tables = (*rules.SITE_RULES, *rules.SETTINGS_RULES, *rules.FLEET_RULES)
    assert {rule.__name__ for rule in tables} - found == set()


def test_every_message_is_one_line() -> None:
    assert [line for case in CASES for line in case.says if not line.isprintable()] == []


def test_names_of_recorded_inputs_differ() -> None:
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)


def test_no_message_repeats_a_secret() -> None:
    said = [line for case in text.CASES for line in case.says]
    for secret in ("AKIA", "ASIA", "wJalr", "MIIE", "ghp_"):
        assert [line for line in said if secret in line] == []
