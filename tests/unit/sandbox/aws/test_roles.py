"""IAM: what may be attached to a role, and what bounds it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import MAIN, Cloud, message, policy, refusal, trust


@pytest.fixture(scope="module")
def iam(cloud: Cloud) -> Any:
    client = cloud.client("iam")
    client.create_role(RoleName="nodes", AssumeRolePolicyDocument=trust(MAIN))
    return client


def test_t10_the_policy_of_a_service_linked_role_cannot_be_attached(iam: Any) -> None:
    arn = "arn:aws:iam::aws:policy/aws-service-role/AmazonSageMakerHyperPodServiceRolePolicy"
    assert refusal(lambda: iam.attach_role_policy(RoleName="nodes", PolicyArn=arn)) == "PolicyNotAttachable"


def test_a_boundary_is_a_policy_that_is_there(iam: Any) -> None:
    arn = f"arn:aws:iam::{MAIN}:policy/org/Boundary"

    def create() -> Any:
        document = trust(MAIN)
        return iam.create_role(RoleName="b", AssumeRolePolicyDocument=document, PermissionsBoundary=arn)

    assert message(create) == f"Scope ARN: {arn} does not exist or is not attachable."
    boundary = policy({"Action": "ec2:*", "Resource": "*"})
    iam.create_policy(PolicyName="Boundary", Path="/org/", PolicyDocument=boundary)
    assert create()["Role"]["RoleName"] == "b"
    assert iam.get_role(RoleName="b")["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn


def test_a_role_in_an_instance_profile_is_not_deleted(iam: Any) -> None:
    iam.create_instance_profile(InstanceProfileName="nodes", Path="/parallelcluster/")
    iam.add_role_to_instance_profile(InstanceProfileName="nodes", RoleName="nodes")
    assert refusal(lambda: iam.delete_role(RoleName="nodes")) == "DeleteConflict"


def long(characters: int) -> str:
    """A policy document of this many characters that count."""
    document = policy({"Action": "ec2:*", "Resource": "*", "Sid": "x"})
    return document.replace('"x"', f'"x{"y" * (characters - len("".join(document.split())))}"')


def test_the_inline_policies_of_a_role_are_measured_together_without_white_space(iam: Any) -> None:
    def put(name: str, document: str) -> Any:
        return iam.put_role_policy(RoleName="nodes", PolicyName=name, PolicyDocument=document)

    put("first", long(5000) + " " * 9000)
    put("second", long(5240))
    assert message(lambda: put("third", long(100))) == (
        "Maximum policy size of 10240 bytes exceeded for role nodes"
    )
    assert refusal(lambda: put("first", long(5001))) == "LimitExceeded"
    put("first", long(4000))
    put("third", long(1000))


def test_a_managed_policy_and_a_trust_policy_have_their_own_lengths(iam: Any) -> None:
    def create(characters: int) -> Any:
        return iam.create_policy(PolicyName="long", PolicyDocument=long(characters))

    def trusting(principals: int) -> Any:
        return iam.update_assume_role_policy(RoleName="nodes", PolicyDocument=trust([MAIN] * principals))

    assert message(lambda: create(6145)) == "Cannot exceed quota for PolicySize: 6144"
    create(6144)
    assert message(lambda: trusting(200)) == "Cannot exceed quota for ACLSizePerRole: 2048"
