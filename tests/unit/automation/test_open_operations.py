from __future__ import annotations

import itertools
from typing import Any

import pytest
from pulumi.automation import EngineEvent

from automation.open_operations import OpenOperations

PROVIDER = "urn:pulumi:a::ml-clusters::pulumi:providers:aws::main::1"
VPC = "urn:pulumi:a::ml-clusters::mlclusters:network:Network$aws:ec2/vpc:Vpc::a-network-vpc"
SUBNET = "urn:pulumi:a::ml-clusters::mlclusters:network:Network$aws:ec2/subnet:Subnet::a-network-subnet"


def metadata(urn: str, op: str, provider: str = PROVIDER) -> dict[str, Any]:
    kind = urn.split("::")[2].rpartition("$")[2]
    return {"metadata": {"op": op, "urn": urn, "type": kind, "provider": provider}}


def begun(urn: str, op: str = "create", provider: str = PROVIDER) -> EngineEvent:
    return EngineEvent.from_json({"resourcePreEvent": metadata(urn, op, provider)})


def done(urn: str) -> EngineEvent:
    return EngineEvent.from_json({"resOutputsEvent": metadata(urn, "create")})


def failed(urn: str) -> EngineEvent:
    return EngineEvent.from_json({"resOpFailedEvent": metadata(urn, "create")})


@pytest.fixture
def operations() -> OpenOperations:
    """One second passes with each look at the clock."""
    ticks = itertools.count()
    return OpenOperations(clock=lambda: next(ticks))


def test_what_has_begun_and_not_ended_is_open_the_longest_first(operations: OpenOperations) -> None:
    operations("a", begun(VPC))
    operations("b", begun(SUBNET))
    operations("a", begun(SUBNET, op="update"))
    assert [operation.urn for operation in operations.of("a")] == [VPC, SUBNET]
    assert operations.words("a") == (
        "create of a-network-vpc (aws:ec2/vpc:Vpc), open for 3 s, usually 20 s",
        "update of a-network-subnet (aws:ec2/subnet:Subnet), open for 2 s",
    )
    assert operations.all_words().keys() == {"a", "b"}


@pytest.mark.parametrize("end", [done, failed])
def test_an_end_of_either_kind_closes_it(operations: OpenOperations, end: Any) -> None:
    operations("a", begun(VPC))
    operations("a", end(VPC))
    assert operations.all_words() == {}


@pytest.mark.parametrize("op", ["same", "read", "refresh"])
def test_an_operation_that_changes_nothing_cannot_be_left_pending(
    operations: OpenOperations, op: str
) -> None:
    operations("a", begun(VPC, op=op))
    assert operations.all_words() == {}


def test_a_component_is_not_waited_for(operations: OpenOperations) -> None:
    operations("a", begun("urn:pulumi:a::ml-clusters::mlclusters:network:Network::a-network", provider=""))
    assert operations.all_words() == {}


@pytest.mark.parametrize(("op", "told"), [("create-replacement", "create"), ("delete-replaced", "delete")])
def test_a_replacement_is_told_by_what_it_does(operations: OpenOperations, op: str, told: str) -> None:
    operations("a", begun(VPC, op=op))
    assert [operation.operation for operation in operations.of("a")] == [told]


def test_what_an_engine_leaves_open_when_it_ends_is_pending(operations: OpenOperations) -> None:
    operations("a", begun(VPC))
    operations("b", begun(SUBNET))
    assert operations.close("a") == (VPC,)
    assert operations.close("a") == ()
    assert operations.all_words().keys() == {"b"}
