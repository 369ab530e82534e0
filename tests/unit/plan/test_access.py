"""The planned policies answer every question as they must, and cover what they say about passing roles."""

from __future__ import annotations

from pathlib import Path

import pytest

import spec
from plan import plan_fleet
from plan.iam import RolePlan
from plan.policies import Statement
from tests.access import Question, answer
from tests.access_questions import KEY_QUESTIONS, REPLICA, REPLICA_KEY_QUESTIONS, ROLE_QUESTIONS, SITE

FLEET = plan_fleet(spec.load(Path(__file__).parents[3]))
INLINE_CHARACTERS = 10_240
"""IAM quotas: the inline policies of a role, white space not counted."""


def roles(site: str = SITE) -> dict[str, RolePlan]:
    planned = FLEET.sites[site].roles
    assert planned is not None
    return planned.roles


def text_of(question: Question) -> str:
    return question.text


@pytest.mark.parametrize("question", ROLE_QUESTIONS, ids=text_of)
def test_a_role_may_just_what_it_must(question: Question) -> None:
    role = roles()[question.who]
    principal = f"arn:aws:iam::483026362307:role{role.path}{role.name}"
    assert answer(role.policy["Statement"], question, principal=principal) is question.expected


@pytest.mark.parametrize(
    ("site", "question"),
    [*((SITE, item) for item in KEY_QUESTIONS), *((REPLICA, item) for item in REPLICA_KEY_QUESTIONS)],
    ids=lambda value: value if isinstance(value, str) else value.text,
)
def test_a_key_lets_in_just_whom_it_must(site: str, question: Question) -> None:
    policy = FLEET.sites[site].keys.policy
    assert answer(policy["Statement"], question, principal=question.who) is question.expected


def everywhere() -> list[tuple[str, RolePlan]]:
    return [
        (site, role) for site, plan in FLEET.sites.items() if plan.roles for role in plan.roles.roles.values()
    ]


def test_sites_have_the_roles_of_what_may_run_there() -> None:
    addons = ["VpcCniRole", "EbsCsiRole", "EfsCsiRole", "FsxCsiRole"]
    kubernetes = ["EKSClusterRole", "EKSNodeRole", *addons, "KarpenterControllerRole", "KarpenterNodeRole"]
    training = [
        "ParallelClusterHeadNodeRole",
        "ParallelClusterComputeRole",
        *kubernetes,
        "HyperPodExecutionRole",
        "HyperPodAutoscalingRole",
    ]
    assert {site: list(plan.roles.roles) if plan.roles else [] for site, plan in FLEET.sites.items()} == {
        "main-use1": training,
        "main-usw2": kubernetes,
        "secondary-use1": [],
        "secondary-usw2": training,
    }


def test_names_of_roles_differ_in_an_account_although_iam_is_global() -> None:
    named = [(FLEET.sites[site].provider.account_id, role.name) for site, role in everywhere()]
    assert len(set(named)) == len(named)
    assert {name.endswith(site) for (site, _), (_, name) in zip(everywhere(), named, strict=True)} == {True}


def test_parallelcluster_s_roles_are_where_its_api_may_pass_them_on() -> None:
    paths = {role.name.removesuffix(f"-{site}"): role.path for site, role in everywhere()}
    assert {name for name, path in paths.items() if path == "/parallelcluster/"} == {
        "ParallelClusterComputeRole",
        "ParallelClusterHeadNodeRole",
    }


def passing() -> list[Statement]:
    return [
        statement
        for _, role in everywhere()
        for statement in role.policy["Statement"]
        if any(action.lower() in ("iam:passrole", "iam:*", "*") for action in statement["Action"])
    ]


def test_every_pass_role_names_its_roles_and_its_service() -> None:
    assert len(passing()) == 5
    for statement in passing():
        assert statement["Action"] == ["iam:PassRole"]
        assert [arn for arn in statement["Resource"] if "*" in arn] == []
        assert list(statement["Condition"]["StringEquals"]) == ["iam:PassedToService"]


def test_no_role_may_do_whatever_it_wants_of_a_service() -> None:
    actions = {a for _, role in everywhere() for item in role.policy["Statement"] for a in item["Action"]}
    assert [action for action in sorted(actions) if "*" in action] == []


def test_t10_no_policy_of_a_service_linked_role_is_attached() -> None:
    managed = {arn for _, role in everywhere() for arn in role.managed_policy_arns}
    assert managed == {
        "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
        "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
        "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
        "arn:aws:iam::aws:policy/AmazonSageMakerClusterInstanceRolePolicy",
        "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
        "arn:aws:iam::aws:policy/service-role/AmazonEFSCSIDriverPolicy",
    }


def test_inline_policies_fit_into_a_role() -> None:
    sizes = {role.name: len("".join(str(role.policy).split())) for _, role in everywhere()}
    assert {name: size for name, size in sizes.items() if size > INLINE_CHARACTERS} == {}


@pytest.mark.parametrize(
    ("role", "service", "condition"),
    [
        ("ParallelClusterHeadNodeRole", "ec2.amazonaws.com", None),
        ("EKSNodeRole", "ec2.amazonaws.com", None),
        (
            "EKSClusterRole",
            "eks.amazonaws.com",
            {
                "StringEquals": {"aws:SourceAccount": "483026362307"},
                "ArnLike": {"aws:SourceArn": "arn:aws:eks:us-east-1:483026362307:cluster/main-use1--*"},
            },
        ),
        (
            "HyperPodExecutionRole",
            "sagemaker.amazonaws.com",
            {"StringEquals": {"aws:SourceAccount": "483026362307"}},
        ),
        (
            "KarpenterControllerRole",
            "pods.eks.amazonaws.com",
            {
                "StringEquals": {
                    "aws:RequestTag/kubernetes-namespace": "kube-system",
                    "aws:RequestTag/kubernetes-service-account": "karpenter",
                },
                "ArnLike": {
                    "aws:RequestTag/eks-cluster-arn": "arn:aws:eks:us-east-1:483026362307:cluster/main-use1--*"
                },
            },
        ),
    ],
)
def test_a_role_trusts_one_service_and_in_its_account_where_that_says_which(
    role: str, service: str, condition: dict[str, dict[str, str]] | None
) -> None:
    (statement,) = roles()[role].trust["Statement"]
    assert statement.get("Principal") == {"Service": service}
    assert statement.get("Condition") == condition
