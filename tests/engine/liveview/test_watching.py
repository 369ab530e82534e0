"""A real rollout is watched while AWS lets it wait: what its engine says is what one sees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.client import Sandbox
from sandbox.faults import Fault
from tests.engine.fleets import FLEET_COMMAND, FleetUnderTest, small_checkout
from tests.terminals import OnTerminal, environment


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetUnderTest]:
    root = small_checkout(tmp_path_factory.mktemp("watched"))
    made = FleetUnderTest(root=root, home=tmp_path_factory.mktemp("home"))
    try:
        assert made.fleet("sandbox", "start").code == 0
        yield made
    finally:
        made.stop()


def up(fleet: FleetUnderTest) -> OnTerminal:
    """`fleet up` of one stack on a terminal, answered beforehand, its report as JSON."""
    variables = environment(FLEET_SANDBOX="1", FLEET_HOME=str(fleet.home))
    clean = {name: value for name, value in variables.items() if not name.startswith(("AWS_", "PULUMI_"))}
    command = [str(FLEET_COMMAND), "up", "--yes", "--json", "--only", "one"]
    return OnTerminal(command, cwd=Path(fleet.root), env=clean)


def test_one_sees_what_a_rollout_works_on_and_how_long_it_usually_takes(fleet: FleetUnderTest) -> None:
    faults = Sandbox(fleet.home / "sandbox").faults
    held = faults.add(Fault("hang", "ec2", "CreateNatGateway"))
    run = up(fleet)
    seen = run.read_until("NatGateway nat-use1-az4")
    faults.release(held)
    code, out = run.finish()
    assert code == 0
    assert json.loads(out)["stacks"][0]["operations"] == {"create": 45}
    assert re.search(r"preview: [01] of 1 stacks ended, \d+ s", seen)
    assert re.search(r"one +network +\d+/45 +NatGateway nat-use1-az4 +\d+ s +100 s +\d+ s", seen)
    assert re.search(r"critical path so far: one, \d+ s", seen)
    assert re.search(r"left: usually about (\d+ s|2 min) on AWS", seen)


def test_without_a_terminal_there_are_lines_alone(fleet: FleetUnderTest) -> None:
    ended = fleet.fleet("preview", "--only", "one")
    assert ended.code == 0
    lines = [line for line in ended.err.splitlines() if line.startswith("one: ")]
    assert lines[0] == "one: preview started"
    assert re.fullmatch(r"one: preview succeeded: no changes \(\d+\.\d s\)", lines[-1])
    assert [line for line in lines[1:-1] if not re.fullmatch(r"one: preview \d+", line)] == []
    assert "\x1b" not in ended.err + ended.out
    files = sorted(path.name for path in (fleet.home / "work" / "one").iterdir())
    assert files == ["Pulumi.one.yaml", "Pulumi.yaml"], "the plan that was read for the estimate is not kept"
