"""What the real provider does beyond its calls: names, previews, adoptions, both sides of a peering."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pulumi.runtime.proto import provider_pb2

from sandbox.providers.wire import UNKNOWN, from_struct, to_struct
from tests.unit.sandbox.providers.conftest import MAIN, SECONDARY
from tests.unit.sandbox.providers.engine import Engine, urn_of

VPC = urn_of("aws:ec2/vpc:Vpc")
GROUP = urn_of("aws:ec2/securityGroup:SecurityGroup")


def test_security_group_has_no_default_egress_rule(engine: Engine, aws: Callable[[str], Any]) -> None:
    vpc_id, _ = engine.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    group_id, _ = engine.make("aws:ec2/securityGroup:SecurityGroup", vpcId=vpc_id)
    group = aws("ec2").describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    assert group["Description"] == "Managed by Pulumi"
    assert group["IpPermissionsEgress"] == []


def test_peering_between_accounts_and_regions(engine: Engine, elsewhere: Engine) -> None:
    here, _ = engine.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    there, _ = elsewhere.make("aws:ec2/vpc:Vpc", cidrBlock="10.1.0.0/16")
    peering, asked = engine.make(
        "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
        vpcId=here,
        peerVpcId=there,
        peerOwnerId=SECONDARY,
        peerRegion="us-west-2",
    )
    _, accepted = elsewhere.make(
        "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
        vpcPeeringConnectionId=peering,
        autoAccept=True,
        tags={"Side": "accepter"},
    )
    assert asked["acceptStatus"] == "pending-acceptance"
    assert accepted["acceptStatus"] == "active"
    assert (accepted["vpcId"], accepted["peerVpcId"], accepted["peerOwnerId"]) == (there, here, MAIN)


def test_name_is_made_once_and_kept(engine: Engine) -> None:
    first = engine.inputs(GROUP, {"vpcId": "vpc-1"})
    assert re.fullmatch(r"it-[0-9a-f]{7}", first["name"])
    request = provider_pb2.CheckRequest(
        urn=GROUP, news=to_struct({"vpcId": "vpc-1"}), olds=to_struct(first), randomSeed=b"another"
    )
    assert from_struct(engine.stub.Check(request).inputs)["name"] == first["name"]


def test_fixed_name_is_deleted_before_it_is_replaced(engine: Engine) -> None:
    def replaces_late(**name: str) -> bool:
        inputs = engine.inputs(GROUP, {"vpcId": "vpc-1", **name})
        found = engine.diff(GROUP, inputs, inputs, {**inputs, "vpcId": "vpc-2"})
        assert list(found.replaces) == ["vpcId"]
        return not found.deleteBeforeReplace

    assert replaces_late()
    assert not replaces_late(name="nodes")


def test_ignored_changes_are_no_changes(engine: Engine) -> None:
    inputs = engine.inputs(VPC, {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b", "c": "d"}})
    request = provider_pb2.DiffRequest(
        urn=VPC,
        olds=to_struct(inputs),
        old_inputs=to_struct(inputs),
        news=to_struct({**inputs, "cidrBlock": "10.1.0.0/16", "tags": {"a": "x", "c": "y"}}),
        ignoreChanges=["cidrBlock", "tags.a"],
    )
    assert list(engine.stub.Diff(request).detailedDiff) == ["tags.c"]


def test_update_preview_shows_the_new_values(engine: Engine) -> None:
    inputs = engine.inputs(VPC, {"cidrBlock": "10.0.0.0/16"})
    news = {**inputs, "enableDnsHostnames": UNKNOWN}
    request = provider_pb2.UpdateRequest(
        id="vpc-1",
        urn=VPC,
        olds=to_struct({**inputs, "arn": "kept"}),
        old_inputs=to_struct(inputs),
        news=to_struct(news),
        preview=True,
    )
    expected = from_struct(engine.stub.Update(request).properties)
    assert (expected["arn"], expected["enableDnsHostnames"]) == ("kept", UNKNOWN)


def test_many_at_once(engine: Engine, aws: Callable[[str], Any]) -> None:
    def create(number: int) -> tuple[str, str, Any]:
        urn = urn_of("aws:cloudwatch/logGroup:LogGroup", f"group-{number}")
        return urn, *engine.create(urn, engine.inputs(urn, {"name": f"/many/{number:02}"}))

    with ThreadPoolExecutor(16) as pool:
        engine.made += pool.map(create, range(64))
    pages = aws("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/many/")
    names = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    assert names == [f"/many/{number:02}" for number in range(64)]
