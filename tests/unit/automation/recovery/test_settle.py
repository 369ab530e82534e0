from __future__ import annotations

import json
from typing import Any

import pytest

from automation.checkpoint import ADOPTED, StateBackend, parse
from automation.errors import FleetError
from automation.recovery import damage
from automation.recovery.damage import Undecided
from automation.recovery.deed import Deed, Did
from automation.recovery.lookup import Found
from automation.recovery.settle import Recovery
from tests.unit.automation.recovery.stored import (
    BEGAN,
    KEY,
    LATER,
    LOCK_KEY,
    Answers,
    Bucket,
    FakeRepair,
    Processes,
    lock,
    resource,
    stored,
)

VPC = resource("aws:ec2/vpc:Vpc", "vpc", id="vpc-1")
SUBNET = resource("aws:ec2/subnet:Subnet", "subnet", dependencies=[VPC["urn"]])
ROUTE = resource("aws:ec2/route:Route", "route")


class Case:
    """One stack `one` in a bucket, and what settling did to it."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self.repair = FakeRepair(bucket)
        self.processes = Processes()
        self.answers = Answers()
        self.said: list[str] = []
        self.recovery = Recovery(
            backend=StateBackend(bucket.s3, bucket.name),
            repair=self.repair,
            machine=self.processes.machine(),
            find=self.answers,
            say=lambda stack, line: self.said.append(f"{stack}: {line}"),
        )

    def settle(self) -> tuple[Deed, ...]:
        return self.recovery.settle(["one"], remedy="see each: fleet recover")

    def resources(self) -> list[dict[str, Any]]:
        found = parse(self.bucket.get(KEY))
        assert (found.problems, found.pending) == ((), ())
        return [dict(item) for item in found.resources[2:]]


@pytest.fixture
def case(bucket: Bucket) -> Case:
    return Case(bucket)


def test_a_stack_that_is_not_there_or_has_nothing_open_is_left_alone(case: Case) -> None:
    assert case.settle() == ()
    case.bucket.put(KEY, stored([VPC]))
    assert case.settle() == ()
    assert (case.repair.calls, case.said) == ([], [])


def test_a_pending_create_that_is_found_is_imported_and_read(case: Case) -> None:
    """F3."""
    case.bucket.put(KEY, stored([VPC], [("creating", SUBNET)]))
    case.answers.by_name["subnet"] = Found(ids=("subnet-9",), is_certain=True, how="by tag")
    assert case.settle() == (
        Deed(
            did=Did.IMPORTED,
            found="interrupted while creating; by tag, found it",
            stack="one",
            urn=SUBNET["urn"],
            id="subnet-9",
        ),
    )
    assert case.repair.calls == [("export", "one"), ("replace", "one"), ("refresh", ("subnet",))]
    assert case.resources() == [VPC, {**SUBNET, "id": "subnet-9", "initErrors": [ADOPTED]}]
    assert case.said == [
        "one: interrupted while creating subnet (aws:ec2/subnet:Subnet): by tag, found it; import it as subnet-9",
        "one: read 1 of its resources again",
    ]


def test_a_pending_create_that_is_surely_not_there_is_cleared(case: Case) -> None:
    case.bucket.put(KEY, stored([VPC], [("creating", SUBNET)]))
    case.settle()
    assert case.repair.calls == [("export", "one"), ("replace", "one")]
    assert case.resources() == [VPC]
    assert case.said == [
        "one: interrupted while creating subnet (aws:ec2/subnet:Subnet): searched: it was not made; clear it"
    ]


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (Found(how="nobody knows how"), "nobody knows how; not certain"),
        (
            Found(ids=("a", "b"), is_certain=True, how="searched"),
            "searched, found 2 (a, b); not certain",
        ),
        (Found(ids=("a",), how="somebody else's"), "somebody else's (a); not certain"),
    ],
)
def test_what_is_not_certain_stops_the_run_and_changes_nothing(case: Case, found: Found, why: str) -> None:
    before = json.dumps(stored([VPC], [("creating", SUBNET), ("creating", ROUTE)])).encode()
    case.bucket.put(KEY, before)
    case.answers.by_name["subnet"] = found
    with pytest.raises(Undecided) as stopped:
        case.settle()
    assert str(stopped.value) == (
        f"one: interrupted while creating subnet (aws:ec2/subnet:Subnet): {why}; "
        "nothing was begun; see each: fleet recover"
    )
    assert (case.bucket.get(KEY), case.repair.calls) == (before, [])


def test_the_old_of_a_replacement_is_not_what_was_created(case: Case) -> None:
    case.bucket.put(KEY, stored([VPC], [("creating", VPC)]))
    case.answers.by_name["vpc"] = Found(ids=("vpc-1", "vpc-2"), is_certain=True, how="searched")
    case.settle()
    new = {**VPC, "id": "vpc-2", "initErrors": [ADOPTED]}
    assert case.resources() == [new, {**VPC, "delete": True}]


def test_the_new_takes_the_place_of_an_old_that_was_deleted_before(case: Case) -> None:
    case.bucket.put(KEY, stored([{**VPC, "pendingReplacement": True}], [("creating", VPC)]))
    case.answers.by_name["vpc"] = Found(ids=("vpc-2",), is_certain=True, how="searched")
    case.settle()
    assert case.resources() == [{**VPC, "id": "vpc-2", "initErrors": [ADOPTED]}]


def test_a_key_that_does_not_tell_old_and_new_apart_is_not_certain(case: Case) -> None:
    case.bucket.put(KEY, stored([{**ROUTE, "id": "r-1"}], [("creating", ROUTE)]))
    case.answers.by_name["route"] = Found(
        ids=("rtb_0",), is_certain=True, has_state_ids=False, how="searched"
    )
    with pytest.raises(Undecided, match=r"found one, which may be what it was to replace \(rtb_0\)"):
        case.settle()


@pytest.mark.parametrize("kind", ["updating", "deleting"])
def test_other_operations_are_settled_by_reading(case: Case, kind: str) -> None:
    case.bucket.put(KEY, stored([VPC], [(kind, VPC), ("reading", SUBNET)]))
    assert [(deed.did, deed.urn) for deed in case.settle()] == [
        (Did.READ, VPC["urn"]),
        (Did.CLEARED, SUBNET["urn"]),
    ]
    assert case.repair.calls == [("export", "one"), ("replace", "one"), ("refresh", ("vpc",))]
    assert case.resources() == [VPC]
    assert f"one: interrupted while {kind} vpc (aws:ec2/vpc:Vpc): " in case.said[0]


def test_a_run_that_was_killed_between_import_and_reading_is_finished(case: Case) -> None:
    case.bucket.put(KEY, stored([{**VPC, "initErrors": [ADOPTED]}]))
    assert case.settle() == (
        Deed(did=Did.READ, found="imported, but not read yet", stack="one", urn=VPC["urn"]),
    )
    assert case.repair.calls == [("refresh", ("vpc",))]


def test_a_refresh_that_fails_stops_the_run(case: Case) -> None:
    case.bucket.put(KEY, stored([VPC], [("updating", VPC)]))
    case.repair.refresh_fails = True
    with pytest.raises(FleetError, match="one: the refresh failed: throttled"):
        case.settle()


@pytest.mark.parametrize("data", [b'{"version": 3, "check', json.dumps(stored([SUBNET])).encode()])
def test_a_damaged_state_is_refused_with_its_stack_and_what_to_do(case: Case, data: bytes) -> None:
    """F12."""
    case.bucket.put(KEY, data)
    with pytest.raises(
        Undecided, match=r"^one: its state is damaged: .*; nothing was begun; see each: fleet recover$"
    ):
        case.settle()
    assert (case.bucket.get(KEY), case.repair.calls) == (data, [])


def test_a_damaged_stack_beside_the_selected_ones_is_named_too(case: Case) -> None:
    """The engine reads every stack when it lists them."""
    case.bucket.put(KEY, stored([VPC]))
    case.bucket.put(KEY.replace("one", "two"), stored([SUBNET]))
    with pytest.raises(Undecided) as refused:
        damage.refuse(case.recovery.backend, ["one", "two", "three"], recover="fleet recover")
    assert str(refused.value) == (
        f"two: its state is damaged: {SUBNET['urn']} has a dependency that is not before it: {VPC['urn']}; "
        "nothing was begun; see: fleet recover two"
    )


def test_a_bucket_that_is_not_there_is_said(case: Case) -> None:
    backend = StateBackend(case.bucket.s3, "no-such-bucket-here")
    with pytest.raises(
        FleetError, match=r"cannot be read: .*NoSuchBucket.*; if it is not there: fleet bootstrap"
    ):
        damage.refuse(backend, ["one"], recover="fleet recover")


def test_a_living_engine_is_waited_for(case: Case) -> None:
    case.processes.living = {40: BEGAN}
    case.bucket.put(LOCK_KEY.format("a"), lock(pid=40))
    case.settle()
    assert case.processes.waits == [40]
    told = "ann@here (process 40) since 2026-11-24T10:00:00+00:00"
    assert case.said == [
        f"one: waiting for its engine, which still runs: {told}",
        "one: its engine has ended",
        f"one: its engine is gone; its lock is removed: {told}",
    ]


@pytest.mark.parametrize("living", [{}, {40: LATER.replace(hour=11)}], ids=["gone", "its number given again"])
def test_the_lock_of_a_dead_engine_is_removed(case: Case, living: dict[int, Any]) -> None:
    case.processes.living = living
    case.bucket.put(LOCK_KEY.format("a"), lock(pid=40))
    holder = "ann@here (process 40) since 2026-11-24T10:00:00+00:00"
    assert case.settle() == (Deed(did=Did.UNLOCKED, found=holder, stack="one"),)
    assert (case.processes.waits, case.repair.calls) == ([], [("cancel", "one")])


def test_a_foreign_engines_lock_stops_the_run(case: Case) -> None:
    """F10."""
    case.bucket.put(LOCK_KEY.format("a"), lock(host="there"))
    with pytest.raises(Undecided) as stopped:
        case.settle()
    assert str(stopped.value) == (
        "one: locked by the engine of ann@there (process 40) since 2026-11-24T10:00:00+00:00, another machine; "
        "nothing was begun; see each: fleet recover"
    )
    assert case.repair.calls == []
