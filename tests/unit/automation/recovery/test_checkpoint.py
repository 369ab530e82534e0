from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from automation.checkpoint import ADOPTED, StateBackend, parse
from tests.unit.automation.recovery.stored import (
    KEY,
    LATER,
    LOCK_KEY,
    PROVIDER,
    URN,
    Bucket,
    lock,
    resource,
    stored,
)

VPC = resource("aws:ec2/vpc:Vpc", "vpc", id="vpc-1")
SUBNET = resource("aws:ec2/subnet:Subnet", "subnet", id="subnet-1", dependencies=[VPC["urn"]])


def raw(*args: Any) -> bytes:
    return json.dumps(stored(*args)).encode()


def test_a_checkpoint_is_its_resources_and_what_is_open() -> None:
    found = parse(raw([VPC], [("creating", SUBNET)]))
    assert found.problems == ()
    assert [item["urn"] for item in found.resources][2:] == [VPC["urn"]]
    assert [(item.kind, item.name, item.type) for item in found.pending] == [
        ("creating", "subnet", "aws:ec2/subnet:Subnet")
    ]


def test_an_empty_stack_is_whole() -> None:
    assert parse(b'{"version": 3, "checkpoint": {"stack": "one", "latest": {"manifest": {}}}}').problems == ()
    assert parse(b'{"version": 3, "checkpoint": {"stack": "one"}}').problems == ()


def test_a_compressed_checkpoint_is_read() -> None:
    assert parse(gzip.compress(raw([VPC]))).find(VPC["urn"]) == (VPC,)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", raw([VPC])[:-40], gzip.compress(raw([VPC]))[:-40], b"[]", b"\x28\xb5\x2f\xfdrest"],
    ids=["empty", "no checkpoint", "truncated", "truncated gzip", "a list", "zstd"],
)
def test_what_cannot_be_read_is_a_problem_not_an_exception(data: bytes) -> None:
    (problem,) = parse(data).problems
    assert problem.startswith("it cannot be read: ")


@pytest.mark.parametrize(
    ("resources", "problem"),
    [
        ([SUBNET], f"{SUBNET['urn']} has a dependency that is not before it: {VPC['urn']}"),
        ([SUBNET, VPC], f"{SUBNET['urn']} has a dependency that is not before it: {VPC['urn']}"),
        (
            [{**VPC, "parent": "urn:x"}],
            f"{VPC['urn']} has a parent that is not before it: urn:x",
        ),
        (
            [{**VPC, "deletedWith": "urn:x"}],
            f"{VPC['urn']} has a deletedWith that is not before it: urn:x",
        ),
        (
            [{**VPC, "propertyDependencies": {"cidr": ["urn:x"]}}],
            f"{VPC['urn']} has a dependency that is not before it: urn:x",
        ),
        (
            [{**VPC, "provider": f"{PROVIDER}::p2"}],
            f"{VPC['urn']} has a provider that is not before it: {PROVIDER}::p2",
        ),
        ([VPC, VPC], f"{VPC['urn']} is there 2 times"),
        ([{"type": "aws:ec2/vpc:Vpc"}], "resource 2 has no urn"),
        ([{"urn": "urn:x"}], "resource 2 has no type"),
    ],
)
def test_what_the_engine_would_refuse_is_a_problem(resources: list[Any], problem: str) -> None:
    assert parse(raw(resources)).problems == (problem,)


def test_a_resource_that_is_being_replaced_is_there_twice() -> None:
    found = parse(raw([VPC, {**VPC, "id": "vpc-0", "delete": True}]))
    assert found.problems == ()
    assert [item["id"] for item in found.find(VPC["urn"])] == ["vpc-1", "vpc-0"]


def test_what_was_imported_and_never_read_is_known() -> None:
    assert parse(raw([{**VPC, "initErrors": [ADOPTED]}, SUBNET])).unread == (f"{URN}aws:ec2/vpc:Vpc::vpc",)


def test_the_newest_of_a_stacks_objects_counts(bucket: Bucket) -> None:
    backend = StateBackend(bucket.s3, bucket.name)
    assert backend.checkpoint("one") is None
    bucket.put(KEY + ".bak", b"")
    bucket.put(KEY.replace("one", "one-more"), b"")
    assert backend.key("one") is None
    bucket.put(KEY, stored([VPC]))
    assert backend.key("one") == KEY


def test_a_stacks_locks_are_its_engines(bucket: Bucket) -> None:
    bucket.put(LOCK_KEY.format("a"), lock(pid=40, host="there"))
    bucket.put(LOCK_KEY.format("a").replace("/one/", "/two/"), lock())
    (found,) = StateBackend(bucket.s3, bucket.name).locks("one")
    assert (found.pid, found.host, found.at) == (40, "there", LATER)
    assert str(found) == "ann@there (process 40) since 2026-11-24T10:00:00+00:00"


def test_every_stack_that_has_a_state_is_listed_once(bucket: Bucket) -> None:
    folder = KEY.rpartition("/")[0]
    for name in (
        "one.json",
        "one.json.gz",
        "one.json.bak",
        "two.json.gz",
        "two.json.gz.bak",
        "one.json.attrs",
    ):
        bucket.put(f"{folder}/{name}", stored([VPC]))
    backend = StateBackend(bucket.s3, bucket.name)
    assert backend.stacks() == ("one", "two")
    found = backend.checkpoints(["one", "three"])
    assert (len(found["one"].resources) if found["one"] else 0, found["three"]) == (3, None)
