from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from automation.checkpoint import ADOPTED
from automation.errors import FleetError
from automation.recovery import lost
from automation.recovery.damage import Undecided
from automation.recovery.lookup import Found
from automation.recovery.lost import UNKNOWN, Adoption
from automation.residue import Left
from tests.unit.automation.recovery.stored import KEY, PROVIDER, ROOT, URN, Answers, Bucket, FakeRepair

LAYER = "urn:pulumi:one::ml-clusters::mlclusters:network:Network::one-network"
VPC, ROUTES = f"{URN}aws:ec2/vpc:Vpc::vpc", f"{URN}aws:ec2/routeTable:RouteTable::routes"


def goal(kind: str, *, parent: str = ROOT, custom: bool = True, **inputs: Any) -> dict[str, Any]:
    return {
        "goal": {
            "type": kind,
            "custom": custom,
            "parent": parent,
            "protect": kind.endswith("Vpc"),
            "provider": f"{PROVIDER}::{UNKNOWN}" if kind.startswith("aws:") else "",
            "inputDiff": {"adds": inputs},
        }
    }


PLAN: dict[str, Any] = {
    "resourcePlans": {
        VPC: goal("aws:ec2/vpc:Vpc", parent=LAYER, cidrBlock="10.0.0.0/20", tags={"x": [UNKNOWN]}),
        ROUTES: goal("aws:ec2/routeTable:RouteTable", parent=LAYER, vpcId=UNKNOWN),
        LAYER: goal("mlclusters:network:Network", custom=False),
        PROVIDER: goal("pulumi:providers:aws", region="us-east-1"),
        ROOT: {"goal": {"type": "pulumi:pulumi:Stack", "custom": False, "parent": ""}},
        f"{URN}x:y:Z::read": {"goal": None},
    }
}


class Case:
    def __init__(self, bucket: Bucket, answers: Mapping[str, Found]) -> None:
        bucket.put(KEY, {"checkpoint": {"latest": {}}})
        self.bucket = bucket
        self.repair = FakeRepair(bucket)
        self.said: list[str] = []
        self.previews = 0
        self.adoption = Adoption(
            repair=self.repair,
            foresee=self.foresee,
            find=Answers(dict(answers)),
            say=lambda stack, line: self.said.append(f"{stack}: {line}"),
        )

    def foresee(self, _: str) -> Mapping[str, Any]:
        self.previews += 1
        return PLAN

    def resources(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.repair.export("one")["deployment"].get("resources", [])
        return found


FOUND = {"vpc": Found(ids=("vpc-1",), is_certain=True, how="by tag")}


def test_what_is_found_is_written_under_the_stacks_frame_and_read(bucket: Bucket) -> None:
    case = Case(bucket, FOUND)
    assert case.adoption.adopt("one") == 1
    root, provider, layer, vpc = case.resources()
    assert root == {"urn": ROOT, "custom": False, "type": "pulumi:pulumi:Stack"}
    assert (provider["urn"], provider["inputs"], provider["parent"]) == (
        PROVIDER,
        {"region": "us-east-1"},
        ROOT,
    )
    assert layer == {"urn": LAYER, "custom": False, "type": "mlclusters:network:Network", "parent": ROOT}
    assert vpc == {
        "urn": VPC,
        "custom": True,
        "type": "aws:ec2/vpc:Vpc",
        "inputs": {"cidrBlock": "10.0.0.0/20"},
        "parent": LAYER,
        "provider": f"{PROVIDER}::{provider['id']}",
        "protect": True,
        "retainOnDelete": False,
        "id": "vpc-1",
        "initErrors": [ADOPTED],
    }
    assert ("refresh", ("vpc",)) in case.repair.calls
    assert case.said == ["one: taken back: vpc (aws:ec2/vpc:Vpc) is vpc-1"]
    assert case.previews == 2, "a round that finds nothing more is the last"


def test_what_is_not_certain_is_told_and_left(bucket: Bucket) -> None:
    case = Case(bucket, {"vpc": Found(ids=("vpc-1", "vpc-2"), is_certain=True, how="by tag")})
    assert case.adoption.adopt("one") == 0
    assert case.said == ["one: not taken back: vpc: by tag, found 2 (vpc-1, vpc-2)"]
    assert case.resources() == []


def test_what_cannot_be_read_is_said(bucket: Bucket) -> None:
    case = Case(bucket, FOUND)
    case.repair.refresh_fails = True
    with pytest.raises(FleetError, match="one: what was taken back could not be read: throttled"):
        case.adoption.adopt("one")


def test_an_up_over_a_lost_state_is_refused_and_a_new_stack_is_not() -> None:
    vpc = Left(account="main", region="us-east-1", arn="arn:vpc", stack="one", resource="vpc")
    lost.refuse(["one"], ["one"], search=lambda _: (vpc,), recover="fleet recover")
    lost.refuse(["two"], ["one"], search=lambda _: (), recover="fleet recover")
    with pytest.raises(Undecided) as refused:
        lost.refuse(["one", "two"], [], search=lambda _: (vpc,), recover="fleet recover")
    assert str(refused.value) == (
        "one: it has no state, but 1 of its resources are in AWS, such as arn:vpc; nothing was begun; "
        "to take them back: fleet recover one"
    )
