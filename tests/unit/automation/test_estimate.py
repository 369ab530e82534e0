from __future__ import annotations

import pytest

from automation.estimate import left_s
from automation.events import PlannedStep
from automation.urn import named, token


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:a::p::{token}::{name}"


VPC = urn("aws:ec2/vpc:Vpc", "vpc")
NAT = urn("aws:ec2/natGateway:NatGateway", "nat")
ROLE = urn("aws:iam/role:Role", "role")
ROOT = urn("pulumi:pulumi:Stack", "a")


def steps(*planned: tuple[str, str, tuple[str, ...]]) -> list[PlannedStep]:
    return [PlannedStep(urn=urn, operation=operation, needs=needs) for urn, operation, needs in planned]


@pytest.mark.parametrize(
    ("planned", "expected_s"),
    [
        (steps(), 0.0),
        (steps((ROOT, "create", ())), 0.0),
        (steps((VPC, "create", ()), (ROLE, "create", ())), 20.0),
        (steps((VPC, "create", ()), (NAT, "create", (VPC,))), 120.0),
        (steps((NAT, "create", (VPC,)), (VPC, "create", ())), 120.0),
        (steps((NAT, "create", (VPC,))), 100.0),
        (steps((NAT, "update", ())), 5.0),
        (steps((NAT, "create-replacement", ()), (NAT, "delete-replaced", ())), 105.0),
    ],
)
def test_the_longest_chain_decides(planned: list[PlannedStep], expected_s: float) -> None:
    assert left_s(planned, set(), {}, 0.0) == expected_s


def test_what_is_done_or_has_begun_takes_less() -> None:
    chain = steps((VPC, "create", ()), (NAT, "create", (VPC,)))
    assert left_s(chain, {(VPC, "create")}, {(NAT, "create"): 10.0}, 40.0) == 70.0
    assert left_s(chain, set(), {(VPC, "create"): 0.0}, 60.0) == 100.0, "longer than usual: about to end"


def test_a_resource_is_named_without_its_stack_and_layer() -> None:
    found = named("a", urn("mlclusters:network:Network$aws:ec2/natGateway:NatGateway", "a-network-nat-1"))
    assert (str(found), found.layer, found.is_component) == ("NatGateway nat-1", "network", False)
    assert named("a", urn("mlclusters:network:Network", "a-network")).is_component
    assert str(named("a", urn("pulumi:providers:aws", "main"))) == "aws main"
    assert token(urn("mlclusters:network:Network$aws:ec2/vpc:Vpc", "x")) == "aws:ec2/vpc:Vpc"
