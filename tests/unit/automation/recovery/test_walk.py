from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from automation.checkpoint import ADOPTED, StateBackend, parse
from automation.errors import Refused
from automation.recovery.lookup import Found
from automation.recovery.settle import Recovery
from automation.recovery.walk import Question, Walk, findings
from automation.residue import Left
from tests.unit.automation.recovery.stored import (
    BEGAN,
    KEY,
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
SUBNET = resource("aws:ec2/subnet:Subnet", "subnet", inputs={"cidrBlock": "10.0.0.0/24", "tags": {}})
UNSURE = Found(ids=("subnet-1", "subnet-2"), is_certain=True, how="searched")


class Person:
    """Gives the next of these answers, and remembers what was asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[Question] = []

    def __call__(self, question: Question) -> str:
        self.asked.append(question)
        return self.answers.pop(0)


class Case:
    def __init__(self, bucket: Bucket, backups: Path) -> None:
        self.bucket = bucket
        self.repair = FakeRepair(bucket)
        self.said: list[str] = []
        self.processes = Processes()
        self.backups = backups
        self.in_aws: tuple[Left, ...] = ()
        self.adopted: list[str] = []
        self.recovery = Recovery(
            backend=StateBackend(bucket.s3, bucket.name),
            repair=self.repair,
            machine=self.processes.machine(),
            find=Answers({"subnet": UNSURE}),
            say=lambda stack, line: self.said.append(f"{stack}: {line}"),
        )

    def walk(self, person: Callable[[Question], str]) -> None:
        backups = self.backups
        Walk(
            recovery=self.recovery,
            backups=lambda _: backups,
            ask=person,
            search=lambda _: self.in_aws,
            adopt=self.adopt,
        ).recover("one")

    def adopt(self, stack: str) -> int:
        self.adopted.append(stack)
        return 7

    def resources(self) -> list[dict[str, Any]]:
        return [dict(item) for item in parse(self.bucket.get(KEY)).resources[2:]]


@pytest.fixture
def case(bucket: Bucket, backups: Path) -> Case:
    return Case(bucket, backups)


def test_nothing_open_asks_nothing(case: Case) -> None:
    case.bucket.put(KEY, stored([VPC]))
    case.walk(Person())
    assert case.said == ["one: nothing is open"]


@pytest.mark.parametrize("answer", ["subnet-2", "subnet-77"], ids=["one of those found", "another"])
def test_a_person_says_which_one_it_is(case: Case, answer: str) -> None:
    case.bucket.put(KEY, stored([VPC], [("creating", SUBNET)]))
    person = Person(answer)
    case.walk(person)
    (question,) = person.asked
    assert question.text == "one: does subnet exist? Its id imports it"
    assert question.evidence == [
        (
            "interrupted while creating subnet (aws:ec2/subnet:Subnet): "
            "searched, found 2 (subnet-1, subnet-2); not certain"
        ),
        "inputs: cidrBlock=10.0.0.0/24",
    ]
    assert list(question.choices) == ["subnet-1", "subnet-2", "clear", "stop"]
    assert case.resources() == [VPC, {**SUBNET, "id": answer, "initErrors": [ADOPTED]}]
    assert case.repair.calls == [("export", "one"), ("replace", "one"), ("refresh", ("subnet",))]


def test_a_person_says_that_it_does_not_exist(case: Case) -> None:
    case.bucket.put(KEY, stored([VPC], [("creating", SUBNET)]))
    case.walk(Person("clear"))
    assert case.resources() == [VPC]


def test_a_person_who_stops_changes_nothing(case: Case) -> None:
    case.bucket.put(KEY, stored([VPC], [("creating", SUBNET)]))
    with pytest.raises(Refused, match="stopped; nothing more was changed"):
        case.walk(Person("stop"))
    assert case.repair.calls == []


def test_a_foreign_lock_is_removed_once_a_person_says_that_the_run_is_over(case: Case) -> None:
    case.bucket.put(KEY, stored([VPC]))
    case.bucket.put(LOCK_KEY.format("a"), lock(host="there"))
    person = Person("over")
    case.walk(person)
    told = "ann@there (process 40) since 2026-11-24T10:00:00+00:00"
    assert person.asked[0].evidence == [f"locked by the engine of {told}"]
    assert case.repair.calls == [("cancel", "one")]
    assert case.said == [f"one: lock removed: {told}", "one: nothing is open"]


def test_a_damaged_state_is_replaced_by_an_older_version_and_kept(case: Case) -> None:
    """F12."""
    case.bucket.put(KEY, stored([VPC]))
    case.bucket.put(KEY, stored([VPC], [("reading", SUBNET)]))
    damaged = json.dumps(stored([VPC])).encode()[:-30]
    case.bucket.put(KEY, damaged)
    person = Person("2")
    case.walk(person)
    (question,) = person.asked
    assert list(question.choices) == ["1", "2", "stop"]
    assert question.choices["1"].endswith("bytes  3 resources, 1 open operations")
    assert question.choices["2"].endswith("bytes  3 resources")
    assert question.evidence[0].startswith("it cannot be read: JSONDecodeError: ")
    assert question.evidence[1:] == ["2 of its newest 3 versions are whole"]
    assert json.loads(case.bucket.get(KEY)) == stored([VPC])
    (copy,) = case.backups.iterdir()
    assert copy.read_bytes() == damaged
    versions = case.bucket.s3.list_object_versions(Bucket=case.bucket.name, Prefix=KEY)["Versions"]
    assert len(versions) == 4


def test_a_person_who_stops_keeps_the_damaged_state(case: Case) -> None:
    case.bucket.put(KEY, stored([VPC]))
    case.bucket.put(KEY, b"{")
    with pytest.raises(Refused):
        case.walk(Person("stop"))
    assert case.bucket.get(KEY) == b"{"
    assert not case.backups.exists()


IN_AWS = (Left(account="main", region="us-east-1", arn="arn:b", stack="one", resource="bucket"),)


def test_a_deleted_state_is_restored_from_an_older_version(case: Case) -> None:
    case.bucket.put(KEY, stored([VPC]))
    case.bucket.s3.delete_object(Bucket=case.bucket.name, Key=KEY)
    person = Person("1")
    case.walk(person)
    (question,) = person.asked
    assert list(question.choices) == ["1", "none", "stop"]
    assert question.evidence == ["its state was deleted", "1 of its newest 1 versions are whole"]
    assert json.loads(case.bucket.get(KEY)) == stored([VPC])
    assert (case.adopted, case.backups.exists()) == ([], False)


def test_a_stack_without_a_state_is_taken_back_from_aws_if_a_person_says_so(case: Case) -> None:
    case.in_aws = IN_AWS
    assert findings(case.recovery, "one", lambda _: IN_AWS) == [
        "one: it has no state, but 1 of its resources are in AWS"
    ]
    with pytest.raises(Refused):
        case.walk(Person("stop"))
    assert case.adopted == []
    person = Person("take")
    case.walk(person)
    assert person.asked[0].evidence == ["bucket: arn:b"]
    assert case.adopted == ["one"]
    assert case.said == ["one: 7 resources taken back; what is missing, the next up makes"]


def test_a_stack_that_was_never_there_asks_nothing(case: Case) -> None:
    case.walk(Person())
    assert (case.said, findings(case.recovery, "one", lambda _: ())) == (["one: nothing is open"], [])


def test_findings_change_nothing(case: Case) -> None:
    case.processes.living = {41: BEGAN, 42: BEGAN + timedelta(days=1)}
    for pid in (41, 42):
        case.bucket.put(LOCK_KEY.format(pid), lock(pid=pid))
    case.bucket.put(LOCK_KEY.format("43"), lock(pid=43, host="there"))
    unread = {**VPC, "initErrors": [ADOPTED]}
    case.bucket.put(KEY, stored([unread], [("creating", SUBNET)]))
    at = "since 2026-11-24T10:00:00+00:00"
    assert findings(case.recovery, "one", lambda _: ()) == [
        f"one: locked by the engine of ann@here (process 41) {at}, which still runs",
        f"one: locked by the engine of ann@here (process 42) {at}, which is gone",
        f"one: locked by the engine of ann@there (process 43) {at}, another machine",
        (
            "one: interrupted while creating subnet (aws:ec2/subnet:Subnet): "
            "searched, found 2 (subnet-1, subnet-2); not certain"
        ),
        f"one: imported, but not read yet: {VPC['urn']}",
    ]
    assert case.repair.calls == []
    case.bucket.put(KEY, b"{")
    assert findings(case.recovery, "one", lambda _: ())[-1].startswith(
        "one: its state is damaged: it cannot be read: "
    )
