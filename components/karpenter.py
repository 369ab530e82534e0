"""Karpenter's side of AWS for one cluster: what it hears of, and what it finds."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components.layer import Layer
from plan.karpenter import KarpenterPlan


def interruptions(layer: Layer, key: str, plan: KarpenterPlan) -> None:
    """The queue, which has the cluster's name, and the rules that fill it."""
    queue = layer.child(
        aws.sqs.Queue,
        f"{key}-interruptions",
        name=plan.queue,
        message_retention_seconds=plan.message_retention_s,
        sqs_managed_sse_enabled=True,
    )
    policy = layer.child(
        aws.sqs.QueuePolicy,
        f"{key}-interruptions",
        queue_url=queue.url,
        policy=json.dumps(plan.queue_policy),
    )
    for rule in plan.rules:
        made = layer.child(
            aws.cloudwatch.EventRule,
            f"{key}-{rule.key}",
            description=rule.description,
            event_pattern=json.dumps(rule.pattern),
        )
        layer.child(
            aws.cloudwatch.EventTarget,
            f"{key}-{rule.key}",
            rule=made.name,
            arn=queue.arn,
            opts=pulumi.ResourceOptions(depends_on=[policy]),
        )


def discovery(layer: Layer, key: str, plan: KarpenterPlan, security_group_id: pulumi.Output[str]) -> None:
    """Tags on the cluster's own group, which EKS made."""
    for name, value in plan.discovery_tags.items():
        layer.child(
            aws.ec2.Tag,
            f"{key}-{name.rpartition('/')[2]}",
            resource_id=security_group_id,
            key=name,
            value=value,
        )
