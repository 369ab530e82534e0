"""Which account, region and tags a provider instance works with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2

from sandbox.providers import serve
from sandbox.providers.wire import UNKNOWN, from_struct, to_struct
from sandbox.state import Latency
from tests.unit.sandbox.providers.conftest import MAIN, SECONDARY, TAGS, role_of
from tests.unit.sandbox.providers.engine import Engine, error_of, urn_of

VPC = urn_of("aws:ec2/vpc:Vpc")
LOG_GROUP = urn_of("aws:cloudwatch/logGroup:LogGroup")


def test_instances_work_in_the_account_and_region_of_their_own(
    engine: Engine, elsewhere: Engine, aws: Callable[[str], Any]
) -> None:
    here, outputs = engine.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    there, others = elsewhere.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")

    assert outputs["arn"] == f"arn:aws:ec2:us-east-1:{MAIN}:vpc/{here}"
    assert others["arn"] == f"arn:aws:ec2:us-west-2:{SECONDARY}:vpc/{there}"
    assert others["ownerId"] == SECONDARY
    seen = {vpc["VpcId"] for vpc in aws("ec2").describe_vpcs()["Vpcs"]}
    assert here in seen
    assert there not in seen
    assert elsewhere.read(VPC, here) == ("", {}, {})


def test_wrong_account_is_refused(connect: Any) -> None:
    error = error_of(
        lambda: connect().configure(
            region="us-east-1", assumeRoles=role_of(SECONDARY), allowedAccountIds=[MAIN]
        )
    )
    assert error.details() == f"AWS account ID not allowed: {SECONDARY}"


def test_role_that_cannot_be_assumed_is_named(connect: Any) -> None:
    error = error_of(
        lambda: connect().configure(region="us-east-1", assumeRoles=role_of(SECONDARY, "Absent"))
    )
    assert error.details().startswith(
        f"Cannot assume IAM Role: arn:aws:iam::{SECONDARY}:role/Absent of account {SECONDARY}: "
        "operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: "
    )
    assert "api error AccessDenied: " in error.details()


def test_provider_without_region_is_refused(connect: Any) -> None:
    assert error_of(lambda: connect().configure()).details().startswith("invalid AWS Region: ")


def test_configuration_that_is_not_followed_is_refused(engine: Engine) -> None:
    news = {"region": "us-east-1", "assumeRoles": "[]", "skipRegionValidation": "true", "profile": "real"}
    answer = engine.stub.CheckConfig(provider_pb2.CheckRequest(news=to_struct(news)))
    assert [failure.property for failure in answer.failures] == ["profile"]


def test_provider_is_reconfigured_not_replaced(engine: Engine) -> None:
    answer = engine.stub.DiffConfig(
        provider_pb2.DiffRequest(olds=to_struct({"region": "a"}), news=to_struct({"region": "b"}))
    )
    assert list(answer.diffs) == ["region"]
    assert list(answer.replaces) == []


def test_unconfigured_provider_previews_but_does_not_create(connect: Any) -> None:
    unknown: Engine = connect()
    unknown.configure(region=UNKNOWN)
    inputs = unknown.inputs(VPC, {"cidrBlock": "10.0.0.0/16"})
    assert "region" not in inputs
    assert unknown.create(VPC, inputs, preview=True)[1]["arn"] is UNKNOWN
    assert (
        error_of(lambda: unknown.create(VPC, inputs)).details()
        == "the provider's configuration is not known yet"
    )


def test_region_of_one_resource(engine: Engine) -> None:
    inputs = engine.inputs(LOG_GROUP, {"name": "/west", "region": "us-west-2"})
    log_group, outputs = engine.create(LOG_GROUP, inputs)
    engine.made.append((LOG_GROUP, log_group, outputs))
    assert outputs["arn"] == f"arn:aws:logs:us-west-2:{MAIN}:log-group:/west"
    moved = engine.inputs(LOG_GROUP, {"name": "/west"}, inputs)
    assert list(engine.diff(LOG_GROUP, outputs, inputs, moved).replaces) == ["region"]


def test_default_tags_are_on_the_resource_but_not_among_its_own(
    engine: Engine, aws: Callable[[str], Any]
) -> None:
    inputs = engine.inputs(VPC, {"cidrBlock": "10.0.0.0/16", "tags": {"Owner": "a"}})
    vpc_id, outputs = engine.create(VPC, inputs)
    engine.made.append((VPC, vpc_id, outputs))
    tags = aws("ec2").describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]["Tags"]

    assert {tag["Key"]: tag["Value"] for tag in tags} == {"Owner": "a", **TAGS}
    assert outputs["tags"] == {"Owner": "a"}
    assert outputs["tagsAll"] == {"Owner": "a", **TAGS}


def test_changed_default_tag_is_an_update(engine: Engine, connect: Any) -> None:
    inputs = engine.inputs(VPC, {"cidrBlock": "10.0.0.0/16"})
    vpc_id, outputs = engine.create(VPC, inputs)
    engine.made.append((VPC, vpc_id, outputs))
    other: Engine = connect()
    other.configure(
        region="us-east-1", assumeRoles=role_of(MAIN), defaultTags={"tags": {"fleet:stack": "b", "new": "c"}}
    )
    news = other.inputs(VPC, {"cidrBlock": "10.0.0.0/16"}, inputs)
    found = other.diff(VPC, outputs, inputs, news)

    assert set(found.detailedDiff) == {'tagsAll["fleet:stack"]', "tagsAll.new"}
    assert other.update(VPC, vpc_id, outputs, inputs, news)["tagsAll"] == {"fleet:stack": "b", "new": "c"}


def test_functions(engine: Engine) -> None:
    def invoke(token: str) -> Any:
        return from_struct(getattr(engine.stub.Invoke(provider_pb2.InvokeRequest(tok=token)), "return"))

    assert invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == MAIN
    assert invoke("aws:index/getRegion:getRegion")["region"] == "us-east-1"
    assert (
        error_of(lambda: invoke("aws:ec2/getAmi:getAmi"))
        .details()
        .startswith(
            "the sandbox has no function aws:ec2/getAmi:getAmi; it has aws:index/getCallerIdentity:getCallerIdentity"
        )
    )


def test_serve_answers_on_loopback() -> None:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "aws_session_token": "c"}
    ports = serve(endpoint="http://127.0.0.1:1", credentials=keys, latency=Latency())
    assert sorted(ports) == ["aws", "aws-native", "eks", "kubernetes"]
    with grpc.insecure_channel(f"127.0.0.1:{ports['aws']}") as channel:
        info = channel.unary_unary(
            "/pulumirpc.ResourceProvider/GetPluginInfo",
            request_serializer=lambda _: b"",
            response_deserializer=lambda data: data,
        )(None)
    assert b"7.51.1" in info
