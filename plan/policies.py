"""IAM policies as data: each statement with the reason for what it allows."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

VERSION = "2012-10-17"


class Statement(TypedDict):
    """One statement of an IAM policy, in IAM's own words."""

    Effect: str
    Action: list[str]
    Principal: NotRequired[dict[str, str | list[str]]]
    Resource: NotRequired[list[str]]
    Condition: NotRequired[dict[str, dict[str, Any]]]


class Document(TypedDict):
    """An IAM policy document."""

    Version: str
    Statement: list[Statement]


def document(*statements: Statement) -> Document:
    """A policy of these statements."""
    return {"Version": VERSION, "Statement": list(statements)}


def service_trust(service: str, *, account_id: str | None = None, source_arn: str | None = None) -> Document:
    """Let an AWS service assume a role; with an account, on its behalf only (confused deputy; IAM User Guide).

    Only for services that say in their guide that they send `aws:SourceAccount` can it be given: without the key
    in the request the condition is never true, and the service is locked out.
    """
    statement: Statement = {
        "Effect": "Allow",
        "Action": ["sts:AssumeRole"],
        "Principal": {"Service": service},
    }
    if account_id:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": account_id}}
        if source_arn:
            statement["Condition"]["ArnLike"] = {"aws:SourceArn": source_arn}
    return document(statement)


def write_log_group(log_group_arn: str) -> Statement:
    """Write streams and events into one log group, which exists already."""
    return {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        "Resource": [log_group_arn, f"{log_group_arn}:*"],
    }


def describe_log_groups() -> Statement:
    """Flow logs find their group by listing; it takes no resource (Service Authorization Reference)."""
    return {"Effect": "Allow", "Action": ["logs:DescribeLogGroups"], "Resource": ["*"]}


def describe_subnets() -> Statement:
    """Count free addresses; the action takes no resource (Service Authorization Reference, EC2)."""
    return {"Effect": "Allow", "Action": ["ec2:DescribeSubnets"], "Resource": ["*"]}


def put_metrics(namespace: str) -> Statement:
    """Publish metrics in one namespace; the action takes no resource, the condition key narrows it."""
    return {
        "Effect": "Allow",
        "Action": ["cloudwatch:PutMetricData"],
        "Resource": ["*"],
        "Condition": {"StringEquals": {"cloudwatch:namespace": namespace}},
    }
