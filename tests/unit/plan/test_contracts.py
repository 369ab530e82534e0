"""What stacks promise each other: right when whole, and exact about what is missing."""

from __future__ import annotations

from typing import Any

import pytest

from plan.contracts import ContractError, LinksContract, NetworkContract, field_names, parse

NETWORK: dict[str, Any] = {
    "version": 1,
    "vpc_id": "vpc-1",
    "private_subnet_ids": {"use1-az4": "subnet-1"},
    "public_subnet_ids": {"use1-az4": "subnet-2"},
    "private_route_table_ids": {"use1-az4": "rtb-1"},
    "security_group_ids": {"efa": "sg-1", "base": "sg-2"},
    "placement_groups": {},
}


def test_round_trip() -> None:
    contract = parse(NetworkContract, "main-use1", {"network": NETWORK})
    assert contract.vpc_id == "vpc-1"
    assert {"version": 1} | {
        name: getattr(contract, name) for name in field_names(NetworkContract)
    } == NETWORK


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in NETWORK.items() if key not in keys}


READS = ", this checkout reads version 1"
REMEDY = "deploy that stack first: fleet up --only main-use1"


@pytest.mark.parametrize(
    ("outputs", "problems"),
    [
        ({}, ["output network is missing"]),
        ({"network": "vpc-1"}, ["output network is str, not a map"]),
        (
            {"network": NETWORK | {"version": 2}},
            ["output network has version 2, this checkout reads version 1"],
        ),
        ({"network": without("version")}, ["output network has version None, this checkout reads version 1"]),
        (
            {"network": without("vpc_id", "placement_groups")},
            ["output network.vpc_id is missing", "output network.placement_groups is missing"],
        ),
        ({"network": NETWORK | {"vpc_id": None}}, ["output network.vpc_id is NoneType"]),
        (
            {"network": NETWORK | {"private_subnet_ids": {"use1-az4": 7}}},
            ["output network.private_subnet_ids.use1-az4 is int"],
        ),
    ],
)
def test_every_problem_is_named(outputs: dict[str, Any], problems: list[str]) -> None:
    with pytest.raises(ContractError) as error:
        parse(NetworkContract, "main-use1", outputs)
    assert str(error.value) == "\n".join(f"main-use1: {problem}; {REMEDY}" for problem in problems)
    assert error.value.stack == "main-use1"


def test_outputs_of_a_later_version_may_be_more() -> None:
    """A producer may already export what this consumer does not know."""
    outputs = {"links": {"version": 1, "peering_connection_ids": {}, "later": "x"}}
    assert parse(LinksContract, "links", outputs) == LinksContract(peering_connection_ids={})
