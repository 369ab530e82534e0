"""The image registry: what is kept, who pulls."""

from __future__ import annotations

from pathlib import Path

import pytest

import spec
from plan.registry import plan_registry, repository_arns
from plan.storage_policies import pull_images

FLEET = spec.load(Path(__file__).parents[3])
PULL = ["ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", "ecr:BatchCheckLayerAvailability"]


def test_the_registry_is_at_one_site() -> None:
    assert [name for name in FLEET.sites if plan_registry(FLEET, name)] == ["main-use1"]


def test_the_second_account_may_do_exactly_three_things() -> None:
    registry = plan_registry(FLEET, "main-use1")
    assert registry is not None
    assert registry.policy is not None
    assert registry.policy["Statement"] == [
        {
            "Effect": "Allow",
            "Action": PULL,
            "Principal": {"AWS": ["arn:aws:iam::159553542841:root"]},
        }
    ]


def test_thirty_images_are_kept() -> None:
    registry = plan_registry(FLEET, "main-use1")
    assert registry is not None
    (rule,) = registry.lifecycle["rules"]
    assert rule["selection"] == {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 30}
    assert rule["action"] == {"type": "expire"}


def test_names_are_predicted_for_the_roles_that_pull() -> None:
    arns = repository_arns(FLEET)
    assert arns == (
        "arn:aws:ecr:us-east-1:483026362307:repository/ml-clusters/training",
        "arn:aws:ecr:us-east-1:483026362307:repository/ml-clusters/inference",
    )
    token, pull = pull_images(arns)
    assert (token["Action"], token["Resource"]) == (["ecr:GetAuthorizationToken"], ["*"])
    assert (pull["Action"], pull["Resource"]) == (PULL, list(arns))


@pytest.mark.parametrize("change", ["no registry", "one account"])
def test_what_is_not_there_needs_no_policy(change: str) -> None:
    settings = FLEET.settings
    if change == "no registry":
        settings = settings.model_copy(update={"registry": None})
    else:
        settings = settings.model_copy(update={"accounts": {"main": settings.accounts["main"]}})
    fleet = spec.Fleet(settings=settings, sites=FLEET.sites, cluster_configs=FLEET.cluster_configs)
    registry = plan_registry(fleet, "main-use1")
    assert (registry is None) == (change == "no registry")
    assert registry is None or registry.policy is None
    assert bool(repository_arns(fleet)) == (change == "one account")
