"""The life of one EKS cluster on the real engine, one chapter after another; tests read what each left.

made -> again -> jump (refused) -> upgraded -> role made anew -> destroyed. Eight engine runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.engine.fleets import FleetUnderTest, Result, small_checkout
from tests.engine.inventory import inventory

CLUSTER = "one--training"
EKS = """
    eks:
      training:
        version: "1.32"
        support: EXTENDED
        karpenter: {gpu_limit: 64}
        access:
          - role: arn:aws:iam::483026362307:role/MlPlatformOperator
            policy: AmazonEKSViewPolicy
            namespaces: [default]
"""


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What a command said, and what AWS had right after it."""

    result: Result
    aws: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="package")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetUnderTest]:
    root = small_checkout(tmp_path_factory.mktemp("eks-checkout"))
    file = root / "Pulumi.one.yaml"
    file.write_text(file.read_text().replace("purpose: data", "purpose: inference").rstrip() + EKS)
    fleet = FleetUnderTest(root=root, home=tmp_path_factory.mktemp("eks"))
    try:
        yield fleet
    finally:
        fleet.stop()


@pytest.fixture(scope="package")
def before(fleet: FleetUnderTest) -> set[tuple[str, ...]]:
    """What there is without a cluster."""
    assert fleet.fleet("sandbox", "start").code == 0
    assert fleet.fleet("bootstrap", "--yes").code == 0
    return inventory(fleet)


@pytest.fixture(scope="package")
def made(before: set[tuple[str, ...]], fleet: FleetUnderTest) -> Chapter:
    assert before
    result = fleet.fleet("up", "--only", "one", "--yes", "--json")
    assert result.code == 0, result.err
    return Chapter(result=result, aws=seen(fleet))


@pytest.fixture(scope="package")
def again(made: Chapter, fleet: FleetUnderTest) -> Chapter:
    assert made.result.code == 0
    return Chapter(result=fleet.fleet("preview", "--only", "one", "--json"))


@pytest.fixture(scope="package")
def jump(again: Chapter, fleet: FleetUnderTest) -> Chapter:
    """Two minors at once."""
    assert again.result.code == 0
    fleet.edit("Pulumi.one.yaml", '"1.32"', '"1.34"')
    return Chapter(result=fleet.fleet("up", "--only", "one", "--yes"), aws=seen(fleet))


@pytest.fixture(scope="package")
def upgraded(jump: Chapter, fleet: FleetUnderTest) -> Chapter:
    """One minor, and one node more."""
    assert jump.result.code == 1
    fleet.edit("Pulumi.one.yaml", '"1.34"', '"1.33"\n        system_nodes: {desired_size: 4}')
    result = fleet.fleet("up", "--only", "one", "--yes", "--json")
    assert result.code == 0, result.err
    return Chapter(result=result, aws=seen(fleet))


@pytest.fixture(scope="package")
def role_anew(upgraded: Chapter, fleet: FleetUnderTest) -> Chapter:
    """The role of Karpenter's nodes is replaced; its name and its ARN stay."""
    assert upgraded.result.code == 0
    role = (
        "urn:pulumi:one::ml-clusters::mlclusters:roles:Roles$aws:iam/role:Role::one-roles-KarpenterNodeRole"
    )
    result = fleet.pulumi("one", "up", "-s", "one", "--yes", "--skip-preview", "--replace", role)
    assert result.code == 0, result.out + result.err
    return Chapter(result=result, aws=seen(fleet))


@pytest.fixture(scope="package")
def destroyed(role_anew: Chapter, fleet: FleetUnderTest) -> Chapter:
    assert role_anew.result.code == 0
    return Chapter(result=fleet.fleet("destroy", "--only", "one", "--yes", "--json"))


def seen(fleet: FleetUnderTest) -> dict[str, Any]:
    """The cluster with what belongs to it, as AWS shows it."""
    eks, ec2 = fleet.aws("eks"), fleet.aws("ec2")
    of = {"clusterName": CLUSTER}
    groups = [
        eks.describe_nodegroup(**of, nodegroupName=name)["nodegroup"]
        for name in eks.list_nodegroups(**of)["nodegroups"]
    ]
    addons = [eks.describe_addon(**of, addonName=name)["addon"] for name in eks.list_addons(**of)["addons"]]
    filters = [
        {"Name": "tag:eks:cluster-name", "Values": [CLUSTER]},
        {"Name": "instance-state-name", "Values": ["running"]},
    ]
    pages = ec2.describe_instances(Filters=filters)["Reservations"]
    return {
        "cluster": eks.describe_cluster(name=CLUSTER)["cluster"],
        "groups": groups,
        "addons": {addon["addonName"]: addon for addon in addons},
        "entries": {
            arn: eks.list_associated_access_policies(**of, principalArn=arn)["associatedAccessPolicies"]
            for arn in eks.list_access_entries(**of)["accessEntries"]
        },
        "made_at": {
            arn: eks.describe_access_entry(**of, principalArn=arn)["accessEntry"]["createdAt"]
            for arn in eks.list_access_entries(**of)["accessEntries"]
        },
        "identities": eks.list_pod_identity_associations(**of)["associations"],
        "instances": [instance for page in pages for instance in page["Instances"]],
    }
