"""Karpenter's side of AWS for one cluster: who it is, what it hears of, and what it may launch into.

Source: karpenter.sh, "Reference / CloudFormation": the queue, its policy and the rules. Subnets and security groups it
selects by id: two clusters share them, and a discovery tag has one value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plan import names
from plan.policies import Document, Statement, document
from plan.roles.karpenter import NAMESPACE, SERVICE_ACCOUNT
from plan.roles.scope import Scope
from spec.eks import Karpenter

MESSAGE_RETENTION_S = 300
"""A warning that is older is of no use: Spot gives two minutes."""

DISCOVERY_TAG = "karpenter.sh/discovery"
"""On what is one cluster's alone: its own security group."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRulePlan:
    """Events that the interruption queue gets, as EventBridge's pattern."""

    key: str
    description: str
    pattern: dict[str, Any]


RULES = (
    EventRulePlan(
        key="health",
        description="AWS Health: scheduled changes of instances",
        pattern={"source": ["aws.health"], "detail-type": ["AWS Health Event"]},
    ),
    EventRulePlan(
        key="spot",
        description="Spot instances two minutes before they are taken",
        pattern={"source": ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"]},
    ),
    EventRulePlan(
        key="rebalance",
        description="Spot instances that are likely to be taken",
        pattern={"source": ["aws.ec2"], "detail-type": ["EC2 Instance Rebalance Recommendation"]},
    ),
    EventRulePlan(
        key="state",
        description="Instances that stop or end, capacity blocks' among them",
        pattern={"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"]},
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class KarpenterPlan:
    """What Karpenter's chart, node classes and node pools of a cluster are made with.

    `reservation_terms` are `capacityReservationSelectorTerms` of an EC2NodeClass (row E5); none means on demand.
    """

    namespace: str
    service_account: str
    controller_role_arn: str
    node_role: str
    node_role_arn: str
    instance_profile: str
    queue: str
    queue_policy: Document
    rules: tuple[EventRulePlan, ...]
    message_retention_s: int
    discovery_tags: dict[str, str]
    gpu_limit: int
    reservation_terms: tuple[dict[str, str], ...]


def plan_karpenter(scope: Scope, cluster: str, settings: Karpenter) -> KarpenterPlan:
    """Karpenter of the cluster with this name; its roles are the site's."""
    return KarpenterPlan(
        namespace=NAMESPACE,
        service_account=SERVICE_ACCOUNT,
        controller_role_arn=scope.role_arn(names.KARPENTER_CONTROLLER_ROLE),
        node_role=names.KARPENTER_NODE_ROLE,
        node_role_arn=scope.role_arn(names.KARPENTER_NODE_ROLE),
        instance_profile=names.site_role(names.KARPENTER_NODE_ROLE, scope.site),
        queue=cluster,
        queue_policy=document(_from_rules(scope, cluster), _deny_plain(scope, cluster)),
        rules=RULES,
        message_retention_s=MESSAGE_RETENTION_S,
        discovery_tags={DISCOVERY_TAG: cluster},
        gpu_limit=settings.gpu_limit,
        reservation_terms=tuple({"id": reservation} for reservation in settings.capacity_reservations),
    )


def _from_rules(scope: Scope, queue: str) -> Statement:
    """EventBridge, for rules of this account and region (EventBridge User Guide, "Amazon SQS permissions")."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": ["sqs:SendMessage"],
        "Resource": [scope.arn("sqs", queue)],
        "Condition": {"ArnLike": {"aws:SourceArn": scope.arn("events", "rule/*")}},
    }


def _deny_plain(scope: Scope, queue: str) -> Statement:
    return {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": ["sqs:*"],
        "Resource": [scope.arn("sqs", queue)],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
