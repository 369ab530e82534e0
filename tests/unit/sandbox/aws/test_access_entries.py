"""Access entries: what EKS refuses of them, and how it names those that it lets in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import MAIN, SECONDARY, Cloud, message, refusal, trust
from tests.unit.sandbox.aws.eks_cloud import NODES, Place, place

POLICIES = "arn:aws:eks::aws:cluster-access-policy"
VIEW, AUTO_NODE = (f"{POLICIES}/AmazonEKS{name}Policy" for name in ("View", "AutoNode"))
TEAM = f"arn:aws:iam::{MAIN}:role/teams/vision"
STRANGER = f"arn:aws:iam::{SECONDARY}:role/stranger"
INVALID = "InvalidParameterException"


@pytest.fixture(scope="module")
def here(cloud: Cloud) -> Iterator[Place]:
    """A cluster, a role with a path, and a role of another account."""
    trusted = trust(f"arn:aws:iam::{MAIN}:root")
    cloud.client("iam").create_role(RoleName="vision", Path="/teams/", AssumeRolePolicyDocument=trusted)
    cloud.client("iam", "secondary").create_role(RoleName="stranger", AssumeRolePolicyDocument=trusted)
    with place(cloud) as made:
        made.create()
        yield made
    cloud.client("iam").delete_role(RoleName="vision")
    cloud.client("iam", "secondary").delete_role(RoleName="stranger")


@pytest.fixture
def let_in(here: Place) -> Iterator[Any]:
    """Makes entries that go with the test."""
    made: list[str] = []

    def create(principal: str, **more: Any) -> dict[str, Any]:
        answer = here.eks.create_access_entry(clusterName="training", principalArn=principal, **more)
        made.append(principal)
        entry: dict[str, Any] = answer["accessEntry"]
        return entry

    yield create
    for principal in made:
        here.eks.delete_access_entry(clusterName="training", principalArn=principal)


@pytest.mark.parametrize(
    ("principal", "kind", "username", "groups"),
    [
        (TEAM, "STANDARD", f"arn:aws:sts::{MAIN}:assumed-role/vision/{{{{SessionName}}}}", []),
        (
            STRANGER,
            "STANDARD",
            f"arn:aws:sts::{SECONDARY}:assumed-role/stranger/{{{{SessionName}}}}",
            [],
        ),
        (NODES, "EC2_LINUX", "system:node:{{EC2PrivateDNSName}}", ["system:nodes"]),
        (NODES, "HYPERPOD_LINUX", "system:node:{{SessionName}}", ["system:nodes"]),
    ],
)
def test_eks_names_who_is_let_in(
    let_in: Any, principal: str, kind: str, username: str, groups: list[str]
) -> None:
    entry = let_in(principal, type=kind)
    assert (entry["type"], entry["username"], entry["kubernetesGroups"]) == (kind, username, groups)
    assert "principalId" not in entry


@pytest.mark.parametrize(
    ("principal", "more", "code"),
    [
        (f"arn:aws:iam::{MAIN}:role/nobody", {}, INVALID),
        (f"arn:aws:iam::{MAIN}:root", {}, INVALID),
        (f"arn:aws:sts::{MAIN}:assumed-role/vision/ada", {}, INVALID),
        (STRANGER, {"type": "EC2_LINUX"}, INVALID),
        (f"arn:aws:iam::{MAIN}:user/nobody", {}, INVALID),
        (TEAM, {"type": "NODES"}, INVALID),
        (TEAM, {"username": "system:masters"}, INVALID),
        (TEAM, {"username": "ada{{SessionName}}"}, INVALID),
        (TEAM, {"kubernetesGroups": ["eks:admins"]}, INVALID),
        (NODES, {"type": "EC2_LINUX", "kubernetesGroups": ["nodes"]}, INVALID),
    ],
)
def test_an_entry_that_eks_refuses_is_refused(
    here: Place, principal: str, more: dict[str, Any], code: str
) -> None:
    assert (
        refusal(lambda: here.eks.create_access_entry(clusterName="training", principalArn=principal, **more))
        == code
    )
    assert principal not in here.eks.list_access_entries(clusterName="training")["accessEntries"]


def test_a_principal_that_does_not_exist_is_told_in_awss_words(here: Place) -> None:
    nobody = f"arn:aws:iam::{MAIN}:role/nobody"
    told = message(lambda: here.eks.create_access_entry(clusterName="training", principalArn=nobody))
    assert told == "The specified principalArn is invalid: invalid principal."


def test_a_policy_has_a_scope_that_fits_and_a_type_that_may_have_it(here: Place, let_in: Any) -> None:
    let_in(TEAM)
    let_in(NODES, type="EC2")

    def associate(principal: str, policy: str, scope: dict[str, Any]) -> str:
        return refusal(
            lambda: here.eks.associate_access_policy(
                clusterName="training", principalArn=principal, policyArn=policy, accessScope=scope
            )
        )

    cluster = {"type": "cluster"}
    assert associate(TEAM, VIEW, {"type": "namespace"}) == INVALID
    assert associate(TEAM, VIEW, {"type": "cluster", "namespaces": ["a"]}) == INVALID
    assert associate(TEAM, f"{POLICIES}/AmazonEKSComputePolicy", cluster) == INVALID
    assert associate(NODES, VIEW, cluster) == "InvalidRequestException"
    assert associate(NODES, AUTO_NODE, cluster).startswith("accepted")
    assert associate(TEAM, VIEW, cluster).startswith("accepted")
    entries = here.eks.list_access_entries(clusterName="training", associatedPolicyArn=VIEW)["accessEntries"]
    assert entries == [TEAM]
    assert associate(f"arn:aws:iam::{MAIN}:role/nobody", VIEW, cluster) == "ResourceNotFoundException"


def test_an_entry_changes_its_name_and_groups_but_not_into_what_is_kept(here: Place, let_in: Any) -> None:
    let_in(TEAM)
    team = {"clusterName": "training", "principalArn": TEAM}
    changed = here.eks.update_access_entry(**team, username="team:{{SessionName}}", kubernetesGroups=["ml"])
    assert changed["accessEntry"]["username"] == "team:{{SessionName}}"
    assert changed["accessEntry"]["kubernetesGroups"] == ["ml"]
    assert refusal(lambda: here.eks.update_access_entry(**team, kubernetesGroups=["system:x"])) == INVALID


def test_the_policies_that_a_customer_may_associate_are_listed(here: Place) -> None:
    listed = here.eks.list_access_policies()["accessPolicies"]
    assert [policy["name"] for policy in listed] == [
        "AmazonEKSAdminPolicy",
        "AmazonEKSAdminViewPolicy",
        "AmazonEKSAutoNodePolicy",
        "AmazonEKSClusterAdminPolicy",
        "AmazonEKSEditPolicy",
        "AmazonEKSSecretReaderPolicy",
        "AmazonEKSViewPolicy",
    ]
