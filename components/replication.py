"""What carries data from the central bucket to its replicas, and the alarms when it does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.layer import Layer, LayerOptions
from plan import names
from plan.network_watch import RolePlan
from plan.policies import Document
from plan.replication import RTC_MINUTES, ReplicationPlan, RulePlan, batch_keys, replication_keys
from plan.replication_alarms import NAMESPACE, ReplicationAlarmPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicationArgs:
    """A replication, and the ARN of each site's key."""

    plan: ReplicationPlan
    key_arns: Mapping[str, pulumi.Output[str]]


class Replication(Layer):
    """The configuration of the central bucket, the roles of live and of batch replication, the alarms.

    Everything is in the central bucket's account and under its provider; an alarm is in its metric's region.
    """

    role_arn: pulumi.Output[str]
    batch_role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: ReplicationArgs, opts: LayerOptions | None = None) -> None:
        super().__init__(name, opts)
        plan = args.plan
        keys = pulumi.Output.all(**args.key_arns)
        role, policies = self._role("role", plan.role, keys.apply(lambda arns: replication_keys(plan, arns)))
        batch, _ = self._role("batch-role", plan.batch_role, keys.apply(lambda arns: batch_keys(plan, arns)))
        self.child(
            aws.s3.BucketReplicationConfig,
            "rules",
            bucket=plan.source.bucket,
            role=role.arn,
            rules=[_rule(rule, args.key_arns[rule.destination.site]) for rule in plan.rules],
            opts=pulumi.ResourceOptions(depends_on=policies),
        )
        for alarm in plan.alarms:
            self._alarm(alarm)
        self.role_arn, self.batch_role_arn = role.arn, batch.arn
        self.register_outputs({"role_arn": self.role_arn, "batch_role_arn": self.batch_role_arn})

    def _role(
        self, suffix: str, plan: RolePlan, keys: pulumi.Output[Document]
    ) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        role = self.child(aws.iam.Role, suffix, name=plan.name, assume_role_policy=json.dumps(plan.trust))
        policies: list[pulumi.Resource] = [
            self.child(aws.iam.RolePolicy, f"{suffix}-{what}", name=what, role=role.name, policy=policy)
            for what, policy in (("objects", json.dumps(plan.policy)), ("keys", keys.apply(json.dumps)))
        ]
        return role, policies

    def _alarm(self, plan: ReplicationAlarmPlan) -> None:
        self.child(
            aws.cloudwatch.MetricAlarm,
            plan.key,
            region=plan.region,
            alarm_description=plan.description,
            namespace=NAMESPACE,
            metric_name=plan.metric_name,
            dimensions=plan.dimensions,
            statistic=plan.statistic,
            comparison_operator="GreaterThanThreshold",
            threshold=plan.threshold,
            period=plan.period_s,
            evaluation_periods=plan.periods,
            datapoints_to_alarm=plan.periods,
            treat_missing_data="notBreaching",  # S3 publishes nothing while there is nothing to replicate
            alarm_actions=[plan.topic_arn],
            ok_actions=[plan.topic_arn],
        )


def _rule(plan: RulePlan, key_arn: pulumi.Output[str]) -> dict[str, Any]:
    return {
        "id": plan.id,
        "priority": plan.priority,
        "status": "Enabled",
        "filter": {"prefix": plan.prefix},
        # A deletion stays where it was made (docs/decisions/0012).
        "delete_marker_replication": {"status": "Disabled"},
        "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
        "destination": _destination(plan, key_arn),
    }


def _destination(plan: RulePlan, key_arn: pulumi.Output[str]) -> dict[str, Any]:
    """S3 takes an event threshold only together with ReplicationTime; metrics alone are free of it."""
    minutes = {"minutes": RTC_MINUTES}
    timed: dict[str, Any] = {
        "replication_time": {"status": "Enabled", "time": minutes},
        "metrics": {"status": "Enabled", "event_threshold": minutes},
    }
    owner = {
        "account": plan.destination.account_id,
        "access_control_translation": {"owner": "Destination"},
    }
    return {
        "bucket": names.bucket_arn(plan.destination.bucket),
        "storage_class": plan.storage_class,
        "encryption_configuration": {"replica_kms_key_id": key_arn},
        **(timed if plan.is_timed else {"metrics": {"status": "Enabled"}}),
        **(owner if plan.changes_owner else {}),
    }
