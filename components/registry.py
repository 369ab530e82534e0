"""The image registry: ECR repositories with one policy and one lifecycle."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.contracts import promise
from components.layer import Layer, LayerOptions
from plan.contracts import RegistryContract
from plan.registry import RegistryPlan, RepositoryPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryArgs:
    """What a registry is built from."""

    plan: RegistryPlan
    key_arn: pulumi.Output[str]


class Registry(Layer):
    """The repositories of the fleet. Their URLs are promised to other stacks as `RegistryContract`."""

    repository_urls: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: RegistryArgs, opts: LayerOptions | None = None) -> None:
        super().__init__(name, opts)
        self.repository_urls = {
            plan.key: self._repository(plan, args).repository_url for plan in args.plan.repositories
        }
        self._contract = {"repository_urls": self.repository_urls}
        self.register_outputs(self._contract)

    def promise(self) -> None:
        """Export what other stacks may rely on."""
        promise(RegistryContract, **self._contract)

    def _repository(self, plan: RepositoryPlan, args: RegistryArgs) -> aws.ecr.Repository:
        repository = self.child(
            aws.ecr.Repository,
            plan.key,
            stateful=True,
            name=plan.name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": args.key_arn}],
        )
        self.child(
            aws.ecr.LifecyclePolicy,
            plan.key,
            repository=repository.name,
            policy=json.dumps(args.plan.lifecycle),
        )
        if args.plan.policy is not None:
            self.child(
                aws.ecr.RepositoryPolicy,
                plan.key,
                repository=repository.name,
                policy=json.dumps(args.plan.policy),
            )
        return repository
