from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from components.functions.free_addresses import handler
from plan.iam import IamAccount
from plan.network_watch import plan_free_addresses
from tests.unit.sandbox.aws.cloud import MAIN, Cloud

PLAN = plan_free_addresses("main-use1", IamAccount(account_id=MAIN), "us-east-1", None)

LAMBDA_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
)
"""What Lambda sets, and in place of AWS the sandbox's endpoint."""


@pytest.fixture
def subnets(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Two subnets of 256 addresses, of which AWS keeps five; a network interface has one more in the second."""
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    first, second = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=cidr)["Subnet"]["SubnetId"]
        for cidr in ("10.0.0.0/24", "10.0.1.0/24")
    )
    interface = add_interface(ec2, second)
    yield first, second
    ec2.delete_network_interface(NetworkInterfaceId=interface)
    for subnet in (first, second):
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


def add_interface(ec2: Any, subnet: str) -> str:
    return str(ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"])


@pytest.fixture
def lambda_environment(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The variables that a site's stack gives the function, and Lambda's own, which lead to the sandbox."""
    environment = cloud.sandbox.environment(account="main", region="us-east-1")
    for name in LAMBDA_VARIABLES:
        monkeypatch.setenv(name, environment[name])
    monkeypatch.setenv("METRIC_NAMESPACE", PLAN.namespace)
    monkeypatch.setenv("METRIC_NAME", PLAN.metric_name)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the credentials that it first found
    return monkeypatch


def published(cloud: Cloud, subnet: str) -> list[float]:
    """The lowest value of the hour that the alarm of a subnet sees."""
    now = datetime.now(UTC)
    query = {
        "Id": "free",
        "MetricStat": {
            "Metric": {
                "Namespace": PLAN.namespace,
                "MetricName": PLAN.metric_name,
                "Dimensions": [{"Name": "SubnetId", "Value": subnet}],
            },
            "Period": 3600,
            "Stat": "Minimum",
            "Unit": "Count",
        },
    }
    answer = cloud.client("cloudwatch").get_metric_data(
        MetricDataQueries=[query],
        StartTime=now - timedelta(minutes=30),
        EndTime=now + timedelta(minutes=30),
    )
    (result,) = answer["MetricDataResults"]
    return list(result["Values"])


def metrics(cloud: Cloud) -> list[str]:
    """The subnets that have a metric."""
    found = cloud.client("cloudwatch").list_metrics(Namespace=PLAN.namespace, MetricName=PLAN.metric_name)
    return sorted(metric["Dimensions"][0]["Value"] for metric in found["Metrics"])


def test_it_publishes_what_each_subnet_has_left(
    cloud: Cloud, subnets: tuple[str, str], lambda_environment: pytest.MonkeyPatch
) -> None:
    first, second = subnets
    lambda_environment.setenv("SUBNET_IDS", f"{first},{second}")
    answer = handler({}, None)
    assert answer == {first: 251, second: 250}
    assert {subnet: published(cloud, subnet) for subnet in subnets} == {first: [251.0], second: [250.0]}
    assert metrics(cloud) == sorted(subnets)


def test_the_next_run_publishes_what_has_changed(
    cloud: Cloud, subnets: tuple[str, str], lambda_environment: pytest.MonkeyPatch
) -> None:
    first, second = subnets
    lambda_environment.setenv("SUBNET_IDS", first)
    assert handler({}, None) == {first: 251}
    interface = add_interface(cloud.client("ec2"), first)
    assert handler({}, None) == {first: 250}
    assert published(cloud, first) == [250.0]
    assert published(cloud, second) == []
    cloud.client("ec2").delete_network_interface(NetworkInterfaceId=interface)


def test_a_subnet_that_is_gone_is_an_error_and_nothing_is_published(
    cloud: Cloud, subnets: tuple[str, str], lambda_environment: pytest.MonkeyPatch
) -> None:
    before = metrics(cloud)
    lambda_environment.setenv("SUBNET_IDS", f"{subnets[0]},subnet-0123456789abcdef0")
    with pytest.raises(ClientError, match=r"\(InvalidSubnetID\.NotFound\)"):
        handler({}, None)
    assert metrics(cloud) == before
