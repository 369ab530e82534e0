"""AWS Lambda: publish how many addresses each private subnet of a VPC has left.

Runs in the site's account every few minutes; CloudWatch itself has no such metric. Only the standard library
and boto3, which Lambda's Python runtime ships.
"""

from __future__ import annotations

import os

import boto3


def handler(_event: object, _context: object) -> dict[str, int]:
    """Publish one datapoint per subnet of SUBNET_IDS; returns what it published, by subnet."""
    subnet_ids = os.environ["SUBNET_IDS"].split(",")
    subnets = boto3.client("ec2").describe_subnets(SubnetIds=subnet_ids)["Subnets"]
    free: dict[str, int] = {subnet["SubnetId"]: subnet["AvailableIpAddressCount"] for subnet in subnets}
    boto3.client("cloudwatch").put_metric_data(
        Namespace=os.environ["METRIC_NAMESPACE"],
        MetricData=[
            {
                "MetricName": os.environ["METRIC_NAME"],
                "Dimensions": [{"Name": "SubnetId", "Value": subnet_id}],
                "Value": count,
                "Unit": "Count",
            }
            for subnet_id, count in free.items()
        ],
    )
    return free
