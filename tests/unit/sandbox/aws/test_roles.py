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
