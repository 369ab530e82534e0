"""Flow logs and the free-address alarms of a network."""

from __future__ import annotations

from pathlib import Path

import pulumi
import pulumi_aws as aws

from components import iam
from components.layer import Layer
from plan.network import NetworkPlan
from plan.network_watch import FlowLogPlan, FreeAddressesPlan, LogGroupPlan

FUNCTION_SOURCE = Path(__file__).parent / "functions" / "free_addresses.py"


def flow_logs(layer: Layer, plan: FlowLogPlan, vpc_id: pulumi.Output[str]) -> None:
    """All traffic of a VPC, accepted and rejected, into a log group."""
    group = _log_group(layer, "flow-logs", plan.log_group)
    role, policies = iam.role(layer, "flow-logs", plan.role)
    layer.child(
        aws.ec2.FlowLog,
        "flow-logs",
        vpc_id=vpc_id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        opts=pulumi.ResourceOptions(depends_on=policies),
    )


def free_addresses(layer: Layer, network: NetworkPlan, subnets: dict[str, aws.ec2.Subnet]) -> None:
    """The function that counts free addresses, its schedule, and an alarm for each private subnet."""
    plan = network.free_addresses
    topics = [plan.topic_arn] if plan.topic_arn else []
    function = _function(layer, plan, [subnets[subnet.key].id for subnet in network.private_subnets])
    _schedule(layer, plan, function)
    for subnet in network.private_subnets:
        layer.child(
            aws.cloudwatch.MetricAlarm,
            f"{subnet.key}-free-addresses",
            alarm_description=f"{network.vpc_name} {subnet.zone_id}: {subnet.cidr} runs out of addresses; "
            "add a subnet or lower the maximum of GPU nodes",
            namespace=plan.namespace,
            metric_name=plan.metric_name,
            dimensions={"SubnetId": subnets[subnet.key].id},
            statistic="Minimum",
            comparison_operator="LessThanThreshold",
            threshold=plan.alarm_below,
            period=plan.every_minutes * 60,
            evaluation_periods=1,
            treat_missing_data="missing",
            alarm_actions=topics,
            ok_actions=topics,
        )


def _function(
    layer: Layer, plan: FreeAddressesPlan, subnet_ids: list[pulumi.Output[str]]
) -> aws.lambda_.Function:
    group = _log_group(layer, "free-addresses", plan.log_group)
    role, policies = iam.role(layer, "free-addresses", plan.role)
    return layer.child(
        aws.lambda_.Function,
        "free-addresses",
        role=role.arn,
        runtime="python3.13",
        handler="free_addresses.handler",
        timeout=30,
        code=pulumi.AssetArchive({FUNCTION_SOURCE.name: pulumi.StringAsset(FUNCTION_SOURCE.read_text())}),
        environment={
            "variables": {
                "SUBNET_IDS": pulumi.Output.all(*subnet_ids).apply(",".join),
                "METRIC_NAMESPACE": plan.namespace,
                "METRIC_NAME": plan.metric_name,
            }
        },
        logging_config={"log_format": "Text", "log_group": group.name},
        opts=pulumi.ResourceOptions(depends_on=policies),
    )


def _schedule(layer: Layer, plan: FreeAddressesPlan, function: aws.lambda_.Function) -> None:
    rule = layer.child(
        aws.cloudwatch.EventRule,
        "free-addresses",
        description="Counts free addresses of the private subnets",
        schedule_expression=f"rate({plan.every_minutes} minutes)",
    )
    layer.child(
        aws.lambda_.Permission,
        "free-addresses-schedule",
        action="lambda:InvokeFunction",
        function=function.name,
        principal="events.amazonaws.com",
        source_arn=rule.arn,
    )
    layer.child(aws.cloudwatch.EventTarget, "free-addresses", rule=rule.name, arn=function.arn)


def _log_group(layer: Layer, suffix: str, plan: LogGroupPlan) -> aws.cloudwatch.LogGroup:
    return layer.child(aws.cloudwatch.LogGroup, suffix, name=plan.name, retention_in_days=plan.retention_days)
