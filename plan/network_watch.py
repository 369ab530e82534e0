"""What watches a site's network: flow logs, and the alarm on free addresses (row N7)."""

from __future__ import annotations

from dataclasses import dataclass

from plan import ip_budget, names, policies
from plan.iam import IamAccount, RolePlan


@dataclass(frozen=True, kw_only=True, slots=True)
class LogGroupPlan:
    """A CloudWatch log group with a fixed name, since policies name it before it exists."""

    name: str
    retention_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowLogPlan:
    """Where the VPC's flow logs go, and the role that writes them there."""

    log_group: LogGroupPlan
    role: RolePlan


@dataclass(frozen=True, kw_only=True, slots=True)
class FreeAddressesPlan:
    """The metric and the alarm on free addresses of private subnets.

    CloudWatch has no such metric: a function reads DescribeSubnets and publishes it (docs/decisions/0004). The alarm
    tells the site's topic, by the ARN that it is going to have; None when the fleet alerts nobody.
    """

    namespace: str
    metric_name: str
    alarm_below: int
    every_minutes: int
    topic_arn: str | None
    log_group: LogGroupPlan
    role: RolePlan


def plan_flow_logs(site: str, iam: IamAccount, region: str, retention_days: int) -> FlowLogPlan:
    """Flow logs of a site's VPC into a log group of its own."""
    account_id = iam.account_id
    log_group = LogGroupPlan(name=f"/{names.PROJECT}/{site}/vpc-flow-logs", retention_days=retention_days)
    trust = policies.service_trust(
        "vpc-flow-logs.amazonaws.com",
        account_id=account_id,
        source_arn=f"arn:aws:ec2:{region}:{account_id}:vpc-flow-log/*",
    )
    return FlowLogPlan(
        log_group=log_group,
        role=iam.role(
            names.site_role("vpc-flow-logs", site),
            trust,
            policies.document(
                policies.write_log_group(names.log_group_arn(account_id, region, log_group.name)),
                policies.describe_log_groups(),
            ),
        ),
    )


def plan_free_addresses(site: str, iam: IamAccount, region: str, topic_arn: str | None) -> FreeAddressesPlan:
    """The free-addresses function of a site, what its alarm compares with, and the topic that it tells."""
    account_id = iam.account_id
    namespace = "MlClusters/Network"
    log_group = LogGroupPlan(name=f"/{names.PROJECT}/{site}/free-addresses", retention_days=30)
    return FreeAddressesPlan(
        namespace=namespace,
        metric_name="AvailableIpAddressCount",
        alarm_below=ip_budget.ALARM_FREE_ADDRESSES,
        every_minutes=5,
        topic_arn=topic_arn,
        log_group=log_group,
        role=iam.role(
            names.site_role("free-addresses", site),
            # Lambda's guide asks for the bare principal; it says nowhere that it sends the caller's account.
            policies.service_trust("lambda.amazonaws.com"),
            policies.document(
                policies.describe_subnets(),
                policies.put_metrics(namespace),
                policies.write_log_group(names.log_group_arn(account_id, region, log_group.name)),
            ),
        ),
    )
