from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from sandbox.aws.faults import FaultTable, Place
from sandbox.errors import SandboxError
from sandbox.faults import Fault

PLACE = Place(service="ec2", operation="CreateSubnet", account="483026362307", region="us-east-1")
FAULT = Fault("throttle", "ec2", "CreateSubnet")


def kinds(table: FaultTable, calls: int, place: Place = PLACE) -> list[str | None]:
    """What becomes of so many calls in a row."""
    strikes = [table.meet(place) for _ in range(calls)]
    return [strike.fault.kind if strike else None for strike in strikes]


@pytest.mark.parametrize(
    ("fault", "is_hit"),
    [
        (FAULT, True),
        (Fault("throttle", "ec2", "*"), True),
        (Fault("throttle", "*", "*"), True),
        (Fault("throttle", "ec2", "CreateVpc"), False),
        (Fault("throttle", "s3", "*"), False),
        (replace(FAULT, account="483026362307", region="us-east-1"), True),
        (replace(FAULT, account="159553542841"), False),
        (replace(FAULT, region="us-west-2"), False),
    ],
)
def test_a_fault_is_about_the_calls_that_it_names(fault: Fault, is_hit: bool) -> None:
    table = FaultTable()
    table.add(fault)
    assert kinds(table, 1) == ["throttle" if is_hit else None]


def test_a_fault_hits_from_the_nth_call_so_many_times() -> None:
    table = FaultTable()
    table.add(replace(FAULT, nth=2, times=2))
    assert kinds(table, 5) == [None, "throttle", "throttle", None, None]


def test_every_fault_counts_and_the_oldest_that_hits_acts() -> None:
    table = FaultTable()
    table.add(FAULT)
    table.add(Fault("drop", "ec2", "*", times=2))
    assert kinds(table, 3) == ["throttle", "drop", None]


def test_a_count_begins_when_the_fault_is_added() -> None:
    table = FaultTable()
    assert kinds(table, 2) == [None, None]
    table.add(FAULT)
    assert kinds(table, 2) == ["throttle", None]


def test_many_threads_hit_exactly_as_often_as_asked() -> None:
    table = FaultTable()
    name = table.add(replace(FAULT, nth=101, times=50))
    with ThreadPoolExecutor(16) as pool:
        hit = list(pool.map(lambda _: kinds(table, 1)[0], range(400)))
    assert hit.count("throttle") == 50
    assert [(fault.id, fault.calls) for fault in table.list()] == [(name, 400)]


def test_what_is_cleared_hits_nothing_and_its_id_is_not_used_again() -> None:
    table = FaultTable()
    first = table.add(FAULT)
    table.clear()
    assert kinds(table, 1) == [None]
    assert table.add(FAULT) != first


def test_a_hit_that_does_not_come_is_told_with_what_came() -> None:
    table = FaultTable()
    name = table.add(replace(FAULT, nth=2))
    table.meet(PLACE)
    with pytest.raises(SandboxError) as raised:
        table.wait_for_hit(name, timeout_s=0.001)
    assert str(raised.value) == (
        f"fault {name} (throttle ec2.CreateSubnet, call 2) hit no call within 0.001 s; 1 calls matched so far"
    )


def test_who_waits_for_a_hit_does_not_wait_for_what_was_cleared() -> None:
    table = FaultTable()
    name = table.add(FAULT)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(table.wait_for_hit, name, timeout_s=60)
        table.clear()
        with pytest.raises(SandboxError):
            waiting.result(timeout=10)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (("trottle", "ec2", "*"), "there is no kind of fault 'trottle'; did you mean throttle?"),
        (("hang", "ec2", "*", None, None, 0), "nth and times of a fault are counted from 1"),
        (
            ("hang", "ec2", "*", None, None, 1, 1, "Boom"),
            "a fault of kind hang has no code; use the kind error",
        ),
    ],
)
def test_a_fault_that_makes_no_sense(values: tuple[object, ...], message: str) -> None:
    with pytest.raises(SandboxError) as raised:
        Fault(*values)  # type: ignore[arg-type]
    assert str(raised.value) == message
