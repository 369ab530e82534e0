"""A site's alerts: one encrypted SNS topic and the addresses that it writes to."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.layer import Layer, LayerOptions
from plan.alerts import AlertsPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertsArgs:
    """What a site's alerts are built from; the key is the site's."""

    plan: AlertsPlan
    key_arn: pulumi.Input[str]


class Alerts(Layer):
    """The topic that a site's alarms notify. Its ARN is predicted, so nothing waits for it."""

    topic_arn: pulumi.Output[str]

    def __init__(self, name: str, args: AlertsArgs, opts: LayerOptions | None = None) -> None:
        super().__init__(name, opts)
        topic = self.child(
            aws.sns.Topic,
            "topic",
            name=args.plan.topic,
            kms_master_key_id=args.key_arn,
            policy=json.dumps(args.plan.policy),
        )
        for email in args.plan.emails:
            self.child(
                aws.sns.TopicSubscription, f"to-{email}", topic=topic.arn, protocol="email", endpoint=email
            )
        self.topic_arn = topic.arn
        self.register_outputs({"topic_arn": self.topic_arn})
