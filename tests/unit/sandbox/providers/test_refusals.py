"""What is refused, and in which words."""

from __future__ import annotations

import re

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from sandbox.providers.wire import UNKNOWN, from_struct
from tests.unit.sandbox.providers.engine import Engine, error_of, urn_of

VPC = urn_of("aws:ec2/vpc:Vpc")
SUBNET = urn_of("aws:ec2/subnet:Subnet")
GATEWAY = urn_of("aws:ec2/internetGateway:InternetGateway")


def test_unknown_property_is_refused_with_its_type_and_a_hint(engine: Engine) -> None:
    failures = engine.check(VPC, {"cidrBlock": "10.0.0.0/16", "enableDnsHostname": True}).failures
    assert [(item.property, item.reason) for item in failures] == [
        (
            "enableDnsHostname",
            (
                "the sandbox's table of aws:ec2/vpc:Vpc has no property 'enableDnsHostname'; "
                'did you mean "enableDnsHostnames"?'
            ),
        )
    ]


def test_value_that_is_not_modelled_is_refused(engine: Engine) -> None:
    urn = urn_of("aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter")
    failures = engine.check(urn, {"vpcPeeringConnectionId": UNKNOWN}).failures
    assert [item.property for item in failures] == ["autoAccept"]


def test_unknown_type_is_an_error_that_names_it(engine: Engine) -> None:
    error = error_of(lambda: engine.check(urn_of("aws:rds/cluster:Cluster"), {}))
    assert error.details() == (
        "the sandbox has no resource type aws:rds/cluster:Cluster; a new one is an entry in its tables"
    )


def test_error_reads_as_the_real_provider_s(engine: Engine) -> None:
    vpc_id, _ = engine.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    news = {"vpcId": vpc_id, "cidrBlock": "10.9.0.0/24"}
    error = error_of(lambda: engine.create(SUBNET, engine.inputs(SUBNET, news)))
    assert error.code() == grpc.StatusCode.UNKNOWN
    assert re.fullmatch(
        r"creating EC2 Subnet: operation error EC2: CreateSubnet, https response error StatusCode: 400, "
        r"RequestID: \S+, api error InvalidSubnet\.Range: The CIDR '10\.9\.0\.0/24' is invalid\.",
        error.details(),
    )


def test_wrong_parameter_is_refused_by_aws_s_own_model(engine: Engine) -> None:
    inputs = engine.inputs(VPC, {"cidrBlock": ["10.0.0.0/16"]})
    error = error_of(lambda: engine.create(VPC, inputs))
    assert error.details().startswith(
        "creating EC2 VPC: operation error EC2: CreateVpc, Parameter validation"
    )


def test_partly_created_resource_is_not_lost(engine: Engine) -> None:
    inputs = engine.inputs(GATEWAY, {"vpcId": "vpc-0123456789abcdef0"})
    error = error_of(lambda: engine.create(GATEWAY, inputs))
    details = dict(error.trailing_metadata())["grpc-status-details-bin"]
    failed = provider_pb2.ErrorResourceInitFailed()
    assert status_pb2.Status.FromString(details).details[0].Unpack(failed)
    assert failed.id.startswith("igw-")
    assert "api error InvalidVpcID.NotFound" in failed.reasons[0]
    assert from_struct(failed.properties)["vpcId"] == "vpc-0123456789abcdef0"
    engine.delete(GATEWAY, failed.id, {})


def test_delete_with_dependents_is_refused(engine: Engine) -> None:
    vpc_id, outputs = engine.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    engine.make("aws:ec2/subnet:Subnet", vpcId=vpc_id, cidrBlock="10.0.0.0/24", availabilityZoneId="use1-az4")
    error = error_of(lambda: engine.delete(VPC, vpc_id, outputs))
    assert error.details().startswith(f"deleting EC2 VPC ({vpc_id}): operation error EC2: DeleteVpc, ")
    assert "api error DependencyViolation: " in error.details()


def test_import_of_a_wrong_id_says_how_it_is_written(engine: Engine) -> None:
    error = error_of(lambda: engine.read(urn_of("aws:iam/rolePolicy:RolePolicy"), "just-a-name"))
    assert error.details() == (
        "importing IAM Role Policy: the id 'just-a-name' is not of the form ${role}:${name}"
    )
