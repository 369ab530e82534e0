"""Every resource that carries tags says whose it is and which resource of which stack."""

from __future__ import annotations

import pytest

from plan import tags
from tests.engine.committed.conftest import Standing

SITE_STACKS = {"main-use1": "main", "main-usw2": "main", "secondary-usw2": "secondary"}


@pytest.mark.parametrize("stack", [*SITE_STACKS, "links"])
def test_every_taggable_resource_carries_its_urn(standing: Standing, stack: str) -> None:
    tagged = 0
    for resource in standing.resources(stack):
        all_tags = resource.get("outputs", {}).get("tagsAll")
        if all_tags is not None:
            tagged += 1
            assert all_tags[tags.URN_TAG] == tags.fleet_urn(resource["urn"])
            assert all_tags["fleet"] == "ml-clusters"
    assert tagged >= 6


def test_tags_are_in_aws_not_only_in_state(standing: Standing) -> None:
    ec2 = standing.fleet.aws("ec2", region="us-east-1")
    subnets = ec2.describe_subnets(Filters=[{"Name": "tag:fleet:site", "Values": ["main-use1"]}])["Subnets"]
    assert len(subnets) == 4
    private = next(subnet for subnet in subnets if subnet["CidrBlock"] == "10.0.0.0/18")
    assert {tag["Key"]: tag["Value"] for tag in private["Tags"]} == {
        "Name": "main-use1-network-private-use1-az4",
        "environment": "prod",
        "fleet": "ml-clusters",
        "fleet:site": "main-use1",
        "fleet:urn": "main-use1::ml-clusters::aws:ec2/subnet:Subnet::main-use1-network-private-use1-az4",
        "kubernetes.io/role/internal-elb": "1",
        "owner": "ml-platform",
        "repository": "example-org/ml-clusters",
    }
