from __future__ import annotations

import pytest

from automation import selection
from automation.errors import FleetError
from plan.stacks import Stack

STACKS = {
    "one": Stack(name="one", kind="site"),
    "two": Stack(name="two", kind="site", depends_on=("one",)),
    "links": Stack(name="links", kind="links", depends_on=("one", "two")),
}


def up_of(stacks: tuple[str, ...]) -> str:
    return "fleet up " + " ".join(f"--only {name}" for name in stacks)


def test_a_site_reads_nothing_of_what_stages_it() -> None:
    assert selection.reads(STACKS["two"]) == frozenset()
    assert selection.reads(STACKS["links"]) == {"one", "two"}


@pytest.mark.parametrize(
    ("selected", "lines"),
    [
        (("one", "two", "links"), []),
        (
            ("one",),
            [
                "links is not selected, but one, which it reads, is: run fleet up --only links afterwards",
            ],
        ),
        (
            ("one", "two"),
            [
                (
                    "links is not selected, but one and two, which it reads, are: "
                    "run fleet up --only links afterwards"
                )
            ],
        ),
        (("two", "links"), ["links reads one, which is skipped: its last outputs are used"]),
        (("links",), ["links reads one and two, which are skipped: their last outputs are used"]),
    ],
)
def test_what_a_choice_means_for_the_others_is_said(selected: tuple[str, ...], lines: list[str]) -> None:
    assert selection.remarks(STACKS, selected, up_of=up_of) == lines


def test_a_reader_of_what_was_never_deployed_is_refused_with_the_command_that_comes_first() -> None:
    needed = selection.skipped(STACKS, ("links",))
    with pytest.raises(FleetError) as caught:
        selection.require_deployed(needed, {"two"}, up_of=up_of)
    expected = "links reads one, which is not deployed; deploy first: fleet up --only one"
    assert str(caught.value) == expected
    selection.require_deployed(needed, {"one", "two"}, up_of=up_of)
