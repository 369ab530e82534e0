from __future__ import annotations

import json
import os
import signal

import pytest

from automation.commands.unlock import unlock
from automation.errors import FleetError, Refused
from automation.lock import KEY, FleetLock, Holder, Locked
from sandbox.faults import Fault
from tests.unit.automation.recovery.stored import BEGAN, LATER, Bucket, Processes
from tests.unit.sandbox.aws.cloud import Cloud


class Fleet:
    """Two machines that want one bucket; what each said."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self.processes = {"here": Processes({7: BEGAN}), "there": Processes({8: BEGAN})}
        self.said: list[str] = []

    def lock(self, host: str = "here", pid: int = 7) -> FleetLock:
        machine = self.processes[host].machine(host=host, pid=pid)
        return FleetLock(self.bucket.s3, self.bucket.name, machine=machine, say=self.said.append)

    def leave(self, host: str, pid: int) -> Holder:
        """A lock that nobody released."""
        with self.lock(host, pid).held(owner="arn:x", command="fleet up") as holder:
            text = self.bucket.get(KEY)
        self.bucket.put(KEY, text)
        self.said.clear()
        return holder


@pytest.fixture
def fleet(bucket: Bucket) -> Fleet:
    return Fleet(bucket)


def test_the_lock_says_who_holds_it_and_is_gone_after_the_run(fleet: Fleet) -> None:
    with fleet.lock().held(owner="arn:x", command="fleet up --only one") as holder:
        stored = json.loads(fleet.bucket.get(KEY))
        assert fleet.lock().read() == holder
    assert {name: stored[name] for name in ("owner", "user", "host", "pid", "process", "command")} == {
        "owner": "arn:x",
        "user": "ann",
        "host": "here",
        "pid": 7,
        "process": f"7@{BEGAN}",
        "command": "fleet up --only one",
    }
    assert fleet.lock().read() is None
    assert fleet.said == []


@pytest.mark.parametrize(("host", "pid"), [("here", 7), ("there", 8)])
def test_a_held_lock_names_its_holder_and_how_to_remove_it(fleet: Fleet, host: str, pid: int) -> None:
    held = fleet.leave(host, pid)
    with pytest.raises(Locked) as refused, fleet.lock().held(owner="arn:y", command="fleet destroy"):
        pytest.fail("two hold it")
    assert str(refused.value) == (
        f"the fleet is locked by ann@{host} (process {pid}, arn:x) since {held.started_at}: fleet up; "
        f"wait for it; if that run is surely over: fleet unlock {held.id}"
    )
    assert fleet.lock().read() == held


def test_a_lock_of_this_machine_whose_process_is_gone_is_taken_over(fleet: Fleet) -> None:
    left = fleet.leave("here", 7)
    fleet.processes["here"].living = {9: LATER}
    with fleet.lock(pid=9).held(owner="arn:y", command="fleet up") as holder:
        assert fleet.lock().read() == holder
    assert fleet.said == [f"fleet lock: its process is gone, taken over from {left}"]
    assert fleet.lock().read() is None


def test_a_reused_pid_is_not_the_holder(fleet: Fleet) -> None:
    fleet.leave("here", 7)
    fleet.processes["here"].living = {7: LATER, 9: LATER}
    with fleet.lock(pid=9).held(owner="arn:y", command="fleet up"):
        assert len(fleet.said) == 1


def test_a_lock_that_somebody_else_got_meanwhile_is_not_removed(fleet: Fleet) -> None:
    with fleet.lock().held(owner="arn:x", command="fleet up") as mine:
        other = fleet.bucket.get(KEY).replace(mine.id.encode(), b"other")
        fleet.bucket.put(KEY, other)
    assert fleet.bucket.get(KEY) == other
    assert fleet.said[0].startswith(
        f"fleet lock: not released: the fleet lock {mine.id} is no more; other is held by"
    )


def test_a_bucket_that_cannot_be_written_stops_the_run_first(fleet: Fleet, cloud: Cloud) -> None:
    """F13."""
    fault = Fault("error", "s3", "PutObject", code="AccessDenied")
    cloud.sandbox.faults.add(fault)
    with pytest.raises(FleetError) as refused, fleet.lock().held(owner="arn:x", command="fleet up"):
        pytest.fail("begun without a lock")
    cloud.sandbox.faults.clear()
    assert refused.value.cause.startswith(
        f"the state bucket {fleet.bucket.name} cannot be written, so nothing was begun: "
    )
    assert "AccessDenied" in refused.value.cause


def test_an_answer_that_was_lost_does_not_lock_us_out(fleet: Fleet, cloud: Cloud) -> None:
    cloud.sandbox.faults.add(Fault("drop-answer", "s3", "PutObject"))
    with (
        pytest.raises(FleetError, match="cannot be written"),
        fleet.lock().held(owner="x", command="fleet up"),
    ):
        pytest.fail("this client tries once")
    left = fleet.lock().read()
    cloud.sandbox.faults.clear()
    assert left is not None
    fleet.processes["here"].living = {9: LATER}
    with fleet.lock(pid=9).held(owner="x", command="fleet up"):
        assert fleet.said == [f"fleet lock: its process is gone, taken over from {left}"]


def test_a_termination_releases_the_lock(fleet: Fleet) -> None:
    """F2: CI cancels by SIGTERM first."""
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), fleet.lock().held(owner="arn:x", command="fleet up"):
        os.kill(os.getpid(), signal.SIGTERM)
    assert fleet.lock().read() is None
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_is_no_lock_is_said(fleet: Fleet) -> None:
    fleet.bucket.put(KEY, b"{}")
    with pytest.raises(FleetError, match="is not a fleet lock"):
        fleet.lock().read()


def test_unlock_takes_the_id_of_the_lock_that_is_there(fleet: Fleet) -> None:
    held = fleet.leave("there", 8)
    with pytest.raises(FleetError, match=f"is not nonsense but {held.id}, held by ann@there"):
        unlock(fleet.lock(), "nonsense", yes=True)
    unlock(fleet.lock(), held.id, yes=True)
    assert fleet.lock().read() is None


def test_unlock_without_a_lock_is_said(fleet: Fleet) -> None:
    with pytest.raises(FleetError, match="the fleet is not locked"):
        unlock(fleet.lock(), "x", yes=True)


def test_unlock_refuses_while_the_process_lives(fleet: Fleet) -> None:
    held = fleet.leave("here", 7)
    with pytest.raises(Locked, match="still runs on this machine; wait for it, or end it: kill -INT 7"):
        unlock(fleet.lock(), held.id, yes=True)
    assert fleet.lock().read() == held


def test_unlock_asks_about_another_machine_and_not_about_the_dead(fleet: Fleet) -> None:
    asked: list[str] = []

    def refuse(question: str, *, yes: bool) -> None:
        asked.append(question)
        raise Refused("no")

    held = fleet.leave("there", 8)
    with pytest.raises(Refused):
        unlock(fleet.lock(), held.id, yes=False, require=refuse)
    assert asked == [f"Locked by {held}. Is that run surely over?"]
    fleet.bucket.s3.delete_object(Bucket=fleet.bucket.name, Key=KEY)
    dead = fleet.leave("here", 7)
    fleet.processes["here"].living = {}
    unlock(fleet.lock(), dead.id, yes=False, require=refuse)
    assert len(asked) == 1
