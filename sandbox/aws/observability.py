"""Logs and flow logs: retention that CloudWatch has, and delivery to a log group that exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.logs.models import logs_backends

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import backend_of
from sandbox.aws.errors import Refused
from sandbox.aws.identity import trusts_service
from sandbox.aws.values import constraint, listed, one_of

RETENTION_DAYS = frozenset(
    {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)
"""CloudWatch Logs API Reference, PutRetentionPolicy."""


def retention_is_allowed(call: Call) -> None:
    """InvalidParameterException for a number of days that CloudWatch Logs does not have."""
    days = call.params["retentionInDays"]
    if days not in RETENTION_DAYS:
        must = one_of(sorted(RETENTION_DAYS))
        raise Refused("InvalidParameterException", constraint("retentionInDays", days, must))


def flow_log_is_new(call: Call) -> None:
    """EC2 API Reference, FlowLogAlreadyExists: one flow log of a resource to a destination."""
    destination = _log_group(call.params) or call.params.get("LogDestination")
    for flow_log in backend_of(call).flow_logs.values():
        if flow_log.resource_id in call.params["ResourceIds"] and destination in (
            flow_log.log_group_name,
            flow_log.log_destination,
        ):
            raise Refused(
                "FlowLogAlreadyExists",
                "Error. There is an existing Flow Log with the same configuration and log destination.",
            )


def create_flow_logs(call: Call) -> Any:
    """Moto's flow logs; they arrive where the log group is there and the role lets the service in.

    A log group may be named by its ARN, which moto takes for a group that is not there.
    """
    result, backend, group = call.moto(), backend_of(call), _log_group(call.params)
    if group in logs_backends[call.account][call.region].groups:
        for flow_log_id in result["FlowLogIds"]:
            flow_log = backend.flow_logs[flow_log_id]
            flow_log.log_group_name = group
            arrives = _may_deliver(call, flow_log_id)
            flow_log.deliver_logs_status = "SUCCESS" if arrives else "FAILED"
            flow_log.deliver_logs_error_message = None if arrives else "Access error"
    return result


def _may_deliver(call: Call, flow_log_id: str) -> bool:
    """VPC User Guide, "IAM role for publishing flow logs to CloudWatch Logs"."""
    arn = f"arn:aws:ec2:{call.region}:{call.account}:vpc-flow-log/{flow_log_id}"
    context = {"aws:sourceaccount": call.account, "aws:sourcearn": arn}
    return trusts_service(call.params["DeliverLogsPermissionArn"], "vpc-flow-logs.amazonaws.com", context)


def _log_group(params: Mapping[str, Any]) -> str:
    """The log group that a call names, by its name or by its ARN; empty if it names none."""
    by_arn = params.get("LogDestination", "").partition(":log-group:")[2].removesuffix(":*")
    return str(params.get("LogGroupName") or by_arn)


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("logs", "PutRetentionPolicy"): (retention_is_allowed,),
    ("ec2", "CreateFlowLogs"): (
        listed("InvalidParameterValue", "TrafficType", "ResourceType", "LogDestinationType"),
        flow_log_is_new,
    ),
}
OPERATIONS: dict[Key, Operation] = {("ec2", "CreateFlowLogs"): create_flow_logs}
