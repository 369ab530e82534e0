from __future__ import annotations

from typing import Any

from automation import held
from automation.held import Held

BUCKET = "urn:pulumi:one::ml-clusters::mlclusters:data:Data$aws:s3/bucket:Bucket::one-data"
VPC = "urn:pulumi:one::ml-clusters::aws:ec2/vpc:Vpc::one-vpc"


def resource(urn: str, **fields: Any) -> dict[str, Any]:
    return {"urn": urn, "type": urn.split("::")[2].rpartition("$")[2], "custom": True, **fields}


def test_a_state_is_read_without_components_and_providers() -> None:
    resources = [
        resource("urn:pulumi:one::ml-clusters::pulumi:pulumi:Stack::ml-clusters-one", custom=False),
        resource("urn:pulumi:one::ml-clusters::pulumi:providers:aws::one"),
        resource(BUCKET, protect=True, retainOnDelete=True),
        resource(VPC),
    ]
    found = held.read({"version": 3, "deployment": {"resources": resources}})
    assert found == (
        Held(urn=BUCKET, is_protected=True, is_retained=True),
        Held(urn=VPC, is_protected=False, is_retained=False),
    )
    assert [item.holds_state for item in found] == [True, False]


def test_a_stack_that_was_never_deployed_holds_nothing() -> None:
    assert held.read({"version": 3, "deployment": None}) == ()


def test_what_is_protected_or_retained_is_in_the_way_of_a_destroy() -> None:
    obstacles = held.obstacles(
        [
            Held(urn=BUCKET, is_protected=True, is_retained=True),
            Held(urn=VPC, is_protected=False, is_retained=True),
            Held(urn=VPC, is_protected=False, is_retained=False),
        ]
    )
    assert obstacles == (
        (
            "one: one-data (aws:s3/bucket:Bucket) is protected; to keep it and what it stands on: --keep-data, to give"
            " it up: --delete-data one::one-data"
        ),
        (
            "one: one-vpc (aws:ec2/vpc:Vpc) is retained, and what it stands on could not be deleted; to keep it and"
            " what it stands on: --keep-data, to give it up: --delete-data one::one-vpc"
        ),
    )
