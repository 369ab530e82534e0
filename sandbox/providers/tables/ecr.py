"""ECR: repositories and their policies."""

from __future__ import annotations

from typing import Any, Final

from sandbox.providers.forms import JSON, Form
from sandbox.providers.resource_type import (
    Read,
    ResourceType,
    Tagging,
    call,
    fixed,
    local,
    updated,
)


def _first(blocks: Any) -> Any:
    return blocks[0] if isinstance(blocks, list) and blocks else blocks


def _as_block(value: Any) -> Any:
    return [value]


_ONE_BLOCK: Final = Form(to_api=_first, to_property=_as_block)
"""A block that the provider writes as a list, and ECR has once."""

_ARN: Final = "arn:${partition}:ecr:${region}:${account}:repository/${name}"

_REPOSITORY: Final = ResourceType(
    type="aws:ecr/repository:Repository",
    service="ecr",
    noun="ECR Repository",
    cloudformation="AWS::ECR::Repository",
    properties={
        "name": fixed(answer="repositoryName", cloudformation="RepositoryName"),
        "encryptionConfigurations": fixed(
            form=_ONE_BLOCK,
            chosen=True,
            answer="encryptionConfiguration",
            cloudformation="EncryptionConfiguration",
        ),
        "imageTagMutability": updated(
            call("PutImageTagMutability", repositoryName="$id", imageTagMutability="$imageTagMutability"),
            default="MUTABLE",
        ),
        "imageScanningConfiguration": updated(
            call(
                "PutImageScanningConfiguration",
                repositoryName="$id",
                imageScanningConfiguration="$imageScanningConfiguration",
            ),
            chosen=True,
        ),
        "forceDelete": local(default=False),
    },
    autoname="name",
    create=call(
        "CreateRepository",
        repositoryName="$name",
        encryptionConfiguration="$encryptionConfigurations",
        imageTagMutability="$imageTagMutability",
        imageScanningConfiguration="$imageScanningConfiguration",
    ),
    id="${name}",
    reads=(Read(call("DescribeRepositories", repositoryNames=["$name"]), "repositories[0]"),),
    delete=(call("DeleteRepository", repositoryName="$id", force="$forceDelete"),),
    gone_codes=("RepositoryNotFoundException",),
    outputs={"arn": "repositoryArn", "repositoryUrl": "repositoryUri", "registryId": "registryId"},
    tags=Tagging(
        create_params={"tags": "$tags.list"},
        put=call("TagResource", resourceArn=_ARN, tags="$tags.list"),
        remove=call("UntagResource", resourceArn=_ARN, tagKeys="$tags.keys"),
        read=Read(call("ListTagsForResource", resourceArn=_ARN), "{Tags: tags}"),
    ),
)


def _policy(
    noun: str, token: str, member: str, operations: tuple[str, str, str], missing: str
) -> ResourceType:
    """A policy of a repository: the operations that put, get and delete it, and `member` its text."""
    put, get, delete = operations
    put_call = call(put, repositoryName="$repository", **{member: "$policy"})
    return ResourceType(
        type=f"aws:ecr/{token[0].lower()}{token[1:]}:{token}",
        service="ecr",
        noun=noun,
        replaces_source=f"{noun} of the real provider: ForceNew of repository",
        properties={
            "repository": fixed(answer="repositoryName"),
            "policy": updated(put_call, form=JSON, answer=member),
        },
        create=put_call,
        id="${repository}",
        reads=(Read(call(get, repositoryName="$repository")),),
        delete=(call(delete, repositoryName="$repository"),),
        gone_codes=(missing, "RepositoryNotFoundException"),
        outputs={"registryId": "registryId"},
    )


TYPES: Final = (
    _REPOSITORY,
    _policy(
        "ECR Lifecycle Policy",
        "LifecyclePolicy",
        "lifecyclePolicyText",
        ("PutLifecyclePolicy", "GetLifecyclePolicy", "DeleteLifecyclePolicy"),
        "LifecyclePolicyNotFoundException",
    ),
    _policy(
        "ECR Repository Policy",
        "RepositoryPolicy",
        "policyText",
        ("SetRepositoryPolicy", "GetRepositoryPolicy", "DeleteRepositoryPolicy"),
        "RepositoryPolicyNotFoundException",
    ),
)
