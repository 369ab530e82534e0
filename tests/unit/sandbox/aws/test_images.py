"""ECR: another account pulls what the repository's policy opens, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import MAIN, SECONDARY, Cloud, policy, refusal

NAME = "ml-clusters/training"
PULL = ["ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", "ecr:BatchCheckLayerAvailability"]
OPEN = policy({"Principal": {"AWS": f"arn:aws:iam::{SECONDARY}:root"}, "Action": PULL})
MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"mediaType": "application/json", "size": 2, "digest": f"sha256:{'0' * 64}"},
        "layers": [],
    }
)


@pytest.fixture
def ecr(cloud: Cloud) -> Iterator[Any]:
    """A client of the registry's account, and a repository with one image in it."""
    ecr = cloud.client("ecr")
    ecr.create_repository(repositoryName=NAME, imageTagMutability="IMMUTABLE")
    ecr.put_image(repositoryName=NAME, imageManifest=MANIFEST, imageTag="v1")
    yield ecr
    ecr.delete_repository(repositoryName=NAME, force=True)


def test_a_policy_opens_pulling_and_nothing_else(cloud: Cloud, ecr: Any) -> None:
    other = cloud.client("ecr", "secondary")
    there = {"registryId": MAIN, "repositoryName": NAME}
    pull = partial(other.batch_get_image, **there, imageIds=[{"imageTag": "v1"}])
    check = partial(other.batch_check_layer_availability, **there, layerDigests=[f"sha256:{'0' * 64}"])
    assert refusal(pull) == "AccessDeniedException"
    ecr.set_repository_policy(repositoryName=NAME, policyText=OPEN)
    (image,) = pull()["images"]
    assert (image["registryId"], image["imageId"]["imageTag"]) == (MAIN, "v1")
    assert refusal(check).startswith("accepted")
    for closed in (
        partial(other.put_image, **there, imageManifest=MANIFEST, imageTag="v2"),
        partial(other.list_images, **there),
        partial(other.delete_repository, **there, force=True),
        partial(other.set_repository_policy, **there, policyText=OPEN),
    ):
        assert refusal(closed) == "AccessDeniedException"
    ecr.delete_repository_policy(repositoryName=NAME)
    assert refusal(pull) == "AccessDeniedException"


def test_a_repository_that_is_not_there_is_not_told_from_a_closed_one(cloud: Cloud, ecr: Any) -> None:
    other = cloud.client("ecr", "secondary")
    pull = partial(other.batch_get_image, registryId=MAIN, imageIds=[{"imageTag": "v1"}])
    assert refusal(partial(pull, repositoryName="nothing")) == "AccessDeniedException"
    assert refusal(partial(pull, repositoryName=NAME)) == "AccessDeniedException"


def test_a_policy_names_only_who_exists(ecr: Any) -> None:
    nobody = policy({"Principal": {"AWS": f"arn:aws:iam::{MAIN}:role/Nobody"}, "Action": PULL})
    put = partial(ecr.set_repository_policy, repositoryName=NAME, policyText=nobody)
    assert refusal(put) == "InvalidParameterException"


def test_a_repository_with_images_stays(ecr: Any) -> None:
    assert refusal(partial(ecr.delete_repository, repositoryName=NAME)) == "RepositoryNotEmptyException"


def test_a_key_that_is_not_there(cloud: Cloud) -> None:
    encryption = {"encryptionType": "KMS", "kmsKey": "alias/nothing"}
    create = partial(
        cloud.client("ecr").create_repository, repositoryName="other", encryptionConfiguration=encryption
    )
    assert refusal(create) == "KmsException"
