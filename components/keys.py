"""A site's KMS key and its alias."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.contracts import promise
from components.layer import Layer, LayerOptions
from plan.contracts import KeysContract
from plan.keys import KeyPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class KeysArgs:
    """What a site's key is built from."""

    plan: KeyPlan


class Keys(Layer):
    """The key that encrypts what the site stores. Its ARN is promised to other stacks as `KeysContract`."""

    key_arn: pulumi.Output[str]

    def __init__(self, name: str, args: KeysArgs, opts: LayerOptions | None = None) -> None:
        super().__init__(name, opts)
        plan = args.plan
        key = self.child(
            aws.kms.Key,
            "key",
            stateful=True,
            description=plan.description,
            policy=json.dumps(plan.policy),
            enable_key_rotation=True,
            rotation_period_in_days=plan.rotation_period_days,
            deletion_window_in_days=plan.deletion_window_days,
        )
        self.child(aws.kms.Alias, "alias", name=plan.alias, target_key_id=key.key_id)
        self.key_arn = key.arn
        self._contract = {"key_arn": self.key_arn}
        self.register_outputs(self._contract)

    def promise(self) -> None:
        """Export what other stacks may rely on."""
        promise(KeysContract, **self._contract)
