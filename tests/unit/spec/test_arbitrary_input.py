"""Whatever stands in the files, the reader gives a fleet or says what is wrong: never anything else."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

import spec
from tests.unit.spec.bad_inputs.case import FLEET, MAIN_USE1, ROOT

PARTS = [
    "a",
    "main",
    ": ",
    "- ",
    "\n",
    "  ",
    "\t",
    "[",
    "]",
    "{",
    "}",
    "&a ",
    "*a",
    "!!int ",
    "|",
    ">",
    "'",
    '"',
]
PARTS += [
    "---\n",
    "...\n",
    "%YAML 9.9\n",
    "? ",
    "<<: ",
    "#",
    ",",
    "0x1F",
    "1.30",
    "012",
    "null",
    "\r",
    "\x85",
    "\u2028",
]
YAML_LIKE = st.lists(st.sampled_from(PARTS), max_size=40).map("".join)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
SITE_FIELDS = st.sampled_from([*spec.Site.model_fields, *spec.Network.model_fields])
FLEET_FIELDS = st.sampled_from([*spec.FleetSettings.model_fields])

many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def load_with(checkout: Path, name: str, content: bytes) -> None:
    (checkout / name).write_bytes(content)
    problems = problems_of(checkout)
    shutil.copy(ROOT / name, checkout)
    assert problems is None or len(problems) > 0
    assert all(str(problem).isprintable() for problem in problems or ())


def problems_of(checkout: Path) -> tuple[spec.Problem, ...] | None:
    """None for a fleet without problems. Any other exception than SpecError fails the test."""
    try:
        spec.load(checkout)
    except spec.SpecError as error:
        return error.problems
    return None


def dumped(data: Any) -> bytes:
    stream = io.BytesIO()
    YAML(typ="safe", pure=True).dump(data, stream)
    return stream.getvalue()


def loaded(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((ROOT / name).read_text())


@many
@given(content=st.binary(max_size=200))
@pytest.mark.parametrize("name", [FLEET, MAIN_USE1])
def test_arbitrary_bytes(checkout: Path, name: str, content: bytes) -> None:
    load_with(checkout, name, content)


@many
@given(content=YAML_LIKE | st.text(max_size=100))
@pytest.mark.parametrize("name", [FLEET, MAIN_USE1])
def test_arbitrary_text(checkout: Path, name: str, content: str) -> None:
    load_with(checkout, name, content.encode("utf-8", "surrogatepass"))


@many
@given(field=SITE_FIELDS, value=TREES)
def test_an_arbitrary_value_in_a_field_of_a_site(checkout: Path, field: str, value: Any) -> None:
    data = loaded(MAIN_USE1)
    site = data["config"]["ml-clusters:site"]
    (site if field in site else site["network"])[field] = value
    load_with(checkout, MAIN_USE1, dumped(data))


@many
@given(field=FLEET_FIELDS, value=TREES)
def test_an_arbitrary_value_in_a_field_of_the_fleet(checkout: Path, field: str, value: Any) -> None:
    data = loaded(FLEET)
    data[field] = value
    load_with(checkout, FLEET, dumped(data))


@many
@given(content=YAML_LIKE, at=st.integers(min_value=0, max_value=600))
@pytest.mark.parametrize("name", [FLEET, MAIN_USE1])
def test_arbitrary_text_in_the_midst_of_a_file(checkout: Path, name: str, content: str, at: int) -> None:
    before = (ROOT / name).read_text()
    load_with(checkout, name, (before[:at] + content + before[at:]).encode())
