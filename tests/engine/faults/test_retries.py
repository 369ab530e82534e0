"""F6 and F11: what AWS throttles or drops is tried again, and nothing of the state is lost."""

from __future__ import annotations

import json

import pytest

from sandbox.faults import Fault
from tests.engine.faults.conftest import STATE_FAULTS, THROTTLED, Rollout


def test_f6_a_burst_of_throttled_creates_is_tried_again_and_the_run_succeeds(rollout: Rollout) -> None:
    assert rollout.up.code == 0, rollout.up.err
    assert rollout.faults[THROTTLED].hits == 2
    ours = rollout.fleet.aws("ec2").describe_subnets(Filters=[{"Name": "tag:fleet:site", "Values": ["one"]}])
    assert len(ours["Subnets"]) == rollout.faults[THROTTLED].calls - 2


def test_f6_the_log_says_which_call_was_tried_again_and_how_often(rollout: Rollout) -> None:
    log = (rollout.fleet.home / "logs" / "one.log").read_text()
    told = [
        line.strip() for line in log.splitlines() if line.strip().startswith("ec2 CreateSubnet succeeded")
    ]
    assert sum(int(line.partition("; retries: ")[2]) for line in told) == 2
    assert rollout.up.json["stacks"][0]["retries"] == 2


@pytest.mark.parametrize("fault", STATE_FAULTS, ids=lambda fault: fault.kind)
def test_f11_a_state_write_that_fails_is_tried_again(rollout: Rollout, fault: Fault) -> None:
    assert rollout.faults[fault].hits == 1
    assert rollout.up.json["stacks"][0]["result"] == "succeeded"


def test_f11_the_state_is_complete(rollout: Rollout) -> None:
    created = rollout.up.json["stacks"][0]["operations"]
    exported = json.loads(rollout.fleet.pulumi("one", "stack", "export").out)["deployment"]
    assert created == {"create": len(exported["resources"])}
    assert exported.get("pending_operations", []) == []
    again = rollout.fleet.fleet("preview", "--only", "one")
    assert again.code == 0, again.out


def test_the_sandbox_says_how_fast_it_is(rollout: Rollout) -> None:
    assert "latency: 0.001 of AWS's usual times" in rollout.fleet.fleet("sandbox", "status").out
    assert rollout.fleet.fleet("sandbox", "start").code == 0
    other = rollout.fleet.fleet("sandbox", "start", "--latency", "0.5")
    assert (other.code, other.err) == (
        1,
        "error: the sandbox runs with latency 0.001; end it first: fleet sandbox stop\n",
    )
