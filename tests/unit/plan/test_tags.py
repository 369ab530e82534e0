"""The tag by which a resource is found again."""

from __future__ import annotations

import re

import pytest

from plan import tags

IAM_TAG_VALUE = re.compile(r"[\w\s_.:/=+\-@]*")


def test_urn_and_resource_agree() -> None:
    """What a layer writes at creation is what is looked up from the engine's pending operation."""
    urn = (
        "urn:pulumi:main-use1::ml-clusters::mlclusters:network:Network$aws:ec2/vpc:Vpc::main-use1-network-vpc"
    )
    written = tags.resource_id("main-use1", "aws:ec2/vpc:Vpc", "main-use1-network-vpc")
    assert tags.fleet_urn(urn) == written == "main-use1::ml-clusters::aws:ec2/vpc:Vpc::main-use1-network-vpc"


def test_urn_without_parent() -> None:
    urn = "urn:pulumi:links::ml-clusters::pulumi:providers:aws::main-use1"
    assert tags.fleet_urn(urn) == "links::ml-clusters::pulumi:providers:aws::main-use1"


def test_value_is_one_that_iam_takes() -> None:
    value = tags.resource_id("main-use1", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "a-b")
    assert IAM_TAG_VALUE.fullmatch(value)


def test_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="has 261 characters; AWS allows 256"):
        tags.resource_id("s" * 32, "aws:ec2/vpc:Vpc", "n" * 197)
