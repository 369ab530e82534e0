from __future__ import annotations

import pytest

from automation import consent
from automation.commands import preview
from automation.commands.preview import show_changes
from automation.errors import Refused
from automation.session import Session
from tests.unit.automation.fakes import NOTHING, PENDING, FakeWorkspace
from tests.unit.automation.rollouts import STACKS, down, results, up, written

SITES = STACKS[:-1]


def test_each_change_is_previewed_once_and_a_reader_again_after_what_it_reads(session: Session) -> None:
    engines = FakeWorkspace(dict.fromkeys(STACKS, PENDING))
    assert up(session, engines) == 0
    assert engines.calls == [
        *[("preview", name) for name in STACKS],
        *[("up", name) for name in SITES],
        ("preview", "links"),
        ("up", "links"),
    ]


def test_a_rollout_without_changes_runs_no_up(session: Session) -> None:
    engines = FakeWorkspace(dict.fromkeys(STACKS, NOTHING))
    assert up(session, engines, yes=False) == 0
    assert engines.calls == [("preview", name) for name in STACKS]
    assert written(session)["wall_s"] == 0.0
    assert written(session)["ratio"] is None


def test_only_stacks_with_changes_are_rolled_out(session: Session) -> None:
    engines = FakeWorkspace({**dict.fromkeys(STACKS, NOTHING), "links": PENDING})
    assert up(session, engines) == 0
    assert [call for call in engines.calls if call[0] == "up"] == [("up", "links")]
    assert engines.calls.count(("preview", "links")) == 1


def test_a_reader_whose_new_preview_is_empty_is_not_rolled_out(session: Session) -> None:
    engines = FakeWorkspace({**dict.fromkeys(STACKS, NOTHING), "main-use1": PENDING})
    assert up(session, engines) == 0
    assert engines.calls[-2:] == [("up", "main-use1"), ("preview", "links")]


def test_a_failed_up_blocks_its_dependents_while_the_rest_goes_on(session: Session) -> None:
    engines = FakeWorkspace(dict.fromkeys(STACKS, PENDING), broken={"main-usw2": "up"})
    assert up(session, engines) == 1
    assert results(session) == {
        "main-use1": "succeeded",
        "main-usw2": "failed",
        "secondary-use1": "succeeded",
        "secondary-usw2": "succeeded",
        "links": "blocked",
    }
    failed, blocked = written(session)["stacks"][1], written(session)["stacks"][4]
    assert (failed["reason"], failed["cause"]) == ("the engine failed", "vpc: no")
    assert (blocked["reason"], blocked["blocked_by"]) == ("a dependency failed", "main-usw2")


def test_a_failed_preview_is_never_rolled_out(session: Session) -> None:
    engines = FakeWorkspace(dict.fromkeys(STACKS, PENDING), broken={"main-use1": "preview"})
    assert up(session, engines) == 1
    assert ("up", "main-use1") not in engines.calls
    assert results(session)["links"] == "blocked"


def test_a_change_without_agreement_is_refused_before_it_begins(session: Session) -> None:
    engines = FakeWorkspace(dict.fromkeys(STACKS, PENDING))
    with pytest.raises(Refused, match="there is no terminal to ask on; say --yes"):
        up(session, engines, yes=False)
    assert {verb for verb, _ in engines.calls} == {"preview"}


def test_a_report_names_the_command_that_finishes_the_rollout(session: Session) -> None:
    engines = FakeWorkspace(dict.fromkeys(STACKS, PENDING), broken={"links": "up"})
    up(session, engines)
    assert written(session)["next_command"] == f"fleet up --sandbox --root {session.options.root}"


def test_a_preview_with_changes_ends_with_2_and_changes_nothing(session: Session) -> None:
    engines = FakeWorkspace({**dict.fromkeys(STACKS, NOTHING), "links": PENDING})
    assert show_changes(session, engines, preview.Asked(refresh=False), max_parallel=2, as_json=True) == 2
    assert {verb for verb, _ in engines.calls} == {"preview"}


def test_a_preview_without_changes_ends_with_0(session: Session) -> None:
    engines = FakeWorkspace(dict.fromkeys(STACKS, NOTHING))
    assert show_changes(session, engines, preview.Asked(refresh=True), max_parallel=2, as_json=False) == 0
    assert {verb for verb, _ in engines.calls} == {"refresh"}


def test_a_destroy_runs_backwards_and_only_where_something_is(session: Session) -> None:
    engines = FakeWorkspace({})
    engines.resources = {"main-use1": 40, "links": 6}
    assert down(session, engines) == 0
    assert engines.calls == [("destroy", "links"), ("destroy", "main-use1")]
    assert written(session)["stacks"][1]["reason"] == "not deployed"


def test_a_failed_destroy_leaves_what_the_stack_stands_on(apart: Session) -> None:
    engines = FakeWorkspace({}, broken={"links": "destroy"})
    engines.resources = dict.fromkeys(STACKS, 3)
    assert down(apart, engines) == 1
    assert results(apart)["secondary-use1"] == "succeeded"
    assert engines.calls == [("destroy", "links"), ("destroy", "secondary-use1")]


def test_nothing_deployed_needs_no_agreement(session: Session) -> None:
    assert down(session, FakeWorkspace({}), yes=False) == 0


@pytest.mark.parametrize("answer", [True, False])
def test_a_person_on_a_terminal_decides(answer: bool) -> None:
    asked: list[str] = []

    def ask(question: str) -> bool:
        asked.append(question)
        return answer

    if answer:
        consent.require("Go?", yes=False, terminal=lambda: True, answer=ask)
    else:
        with pytest.raises(Refused, match=r"^nothing was changed$"):
            consent.require("Go?", yes=False, terminal=lambda: True, answer=ask)
    assert asked == ["Go?"]
