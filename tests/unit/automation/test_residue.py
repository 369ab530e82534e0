from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from automation import residue
from automation.residue import Left

MAIN, SECONDARY = "main", "secondary"


def tags(**own: str) -> list[dict[str, str]]:
    named = {"fleet": "ml-clusters", **{name.replace("_", ":"): value for name, value in own.items()}}
    return [{"Key": key, "Value": value} for key, value in named.items()]


def of(stack: str, name: str) -> list[dict[str, str]]:
    return tags(fleet_site=stack, fleet_urn=f"{stack}::ml-clusters::aws:x:X::{name}")


@dataclass(kw_only=True)
class FakeAws:
    """One account: what its tagging API lists by region, and answers by operation."""

    tagged: Mapping[str, list[tuple[str, list[dict[str, str]]]]] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)

    def client(self, service: str, region: str) -> FakeService:
        return FakeService(aws=self, service=service, region=region)


@dataclass(kw_only=True)
class FakeService:
    aws: FakeAws
    service: str
    region: str
    operation: str = ""

    def can_paginate(self, operation: str) -> bool:
        return operation == "get_account_authorization_details"

    def get_paginator(self, operation: str) -> FakeService:
        return FakeService(aws=self.aws, service=self.service, region=self.region, operation=operation)

    def paginate(self, **parameters: Any) -> Iterator[Any]:
        if self.operation == "get_resources":
            assert parameters == {"TagFilters": [{"Key": "fleet", "Values": ["ml-clusters"]}]}
            for arn, found in self.aws.tagged.get(self.region, []):
                yield {"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": found}]}
        else:
            yield self.aws.answers.get(self.operation, {})

    def __getattr__(self, operation: str) -> Any:
        def call(**_: Any) -> Any:
            answer = self.aws.answers.get(operation, {})
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def search(
    main: FakeAws, *, stacks: tuple[str, ...] = ("one",), is_whole_fleet: bool = True
) -> tuple[Left, ...]:
    accounts = {MAIN: main, SECONDARY: FakeAws()}
    return residue.search(
        accounts.__getitem__,  # type: ignore[arg-type]
        tuple(accounts),
        ("us-east-1", "us-west-2"),
        stacks=stacks,
        is_whole_fleet=is_whole_fleet,
    )


SUBNET = "arn:aws:ec2:us-west-2:111111111111:subnet/subnet-1"
NAT = "arn:aws:ec2:us-east-1:111111111111:natgateway/nat-1"
KEY = "arn:aws:kms:us-east-1:111111111111:key/k-1"


def test_what_carries_the_fleets_tag_is_left_in_whichever_region() -> None:
    found = search(FakeAws(tagged={"us-west-2": [(SUBNET, of("one", "a-subnet"))]}))
    assert found == (Left(account=MAIN, region="us-west-2", arn=SUBNET, stack="one", resource="a-subnet"),)


def test_what_bootstrap_made_stays() -> None:
    assert search(FakeAws(tagged={"us-east-1": [(KEY, tags())]})) == ()


def test_another_stacks_resources_are_not_left_over() -> None:
    aws = FakeAws(tagged={"us-west-2": [(SUBNET, of("two", "its-subnet"))]})
    assert search(aws, stacks=("one",), is_whole_fleet=False) == ()


@pytest.mark.parametrize(("is_whole_fleet", "count"), [(True, 1), (False, 0)])
def test_what_no_stack_is_known_to_have_made_counts_for_the_whole_fleet(
    is_whole_fleet: bool, count: int
) -> None:
    aws = FakeAws(tagged={"us-west-2": [(SUBNET, tags(karpenter="yes"))]})
    assert len(search(aws, is_whole_fleet=is_whole_fleet)) == count


@pytest.mark.parametrize(("state", "count"), [("deleted", 0), ("available", 1), ("deleting", 1)])
def test_a_nat_gateway_is_listed_for_an_hour_after_it_is_gone(state: str, count: int) -> None:
    answers = {"describe_nat_gateways": {"NatGateways": [{"State": state}]}}
    found = search(FakeAws(tagged={"us-east-1": [(NAT, of("one", "nat"))]}, answers=answers))
    assert len(found) == count


def test_a_key_that_waits_for_its_deletion_is_gone() -> None:
    answers = {"describe_key": {"KeyMetadata": {"KeyState": "PendingDeletion"}}}
    assert search(FakeAws(tagged={"us-east-1": [(KEY, of("one", "key"))]}, answers=answers)) == ()


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeNatGateways")


def test_what_the_service_does_not_know_any_more_is_gone_and_any_other_error_is_told() -> None:
    listed = {"us-east-1": [(NAT, of("one", "nat"))]}
    gone = {"describe_nat_gateways": refusal("NatGatewayNotFound")}
    assert search(FakeAws(tagged=listed, answers=gone)) == ()
    denied = {"describe_nat_gateways": refusal("UnauthorizedOperation")}
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        search(FakeAws(tagged=listed, answers=denied))


def test_roles_and_addresses_that_tags_do_not_list_are_found_once() -> None:
    role = "arn:aws:iam::111111111111:role/one-flow-logs"
    answers = {
        "get_account_authorization_details": {
            "RoleDetailList": [
                {"Arn": role, "Tags": of("one", "flow-logs")},
                {"Arn": "arn:aws:iam::111111111111:role/FleetExecutionRole", "Tags": tags()},
                {"Arn": "arn:aws:iam::111111111111:role/Other"},
            ]
        },
        "describe_addresses": {
            "Addresses": [{"AllocationId": "eipalloc-1", "Tags": of("one", "nat-address")}]
        },
    }
    address = "arn:aws:ec2:us-east-1:111111111111:elastic-ip/eipalloc-1"
    found = search(FakeAws(tagged={"us-east-1": [(address, of("one", "nat-address"))]}, answers=answers))
    assert [(left.region, left.resource) for left in found] == [
        ("global", "flow-logs"),
        ("us-west-2", "nat-address"),
    ]
