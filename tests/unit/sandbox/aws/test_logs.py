"""Log groups and VPC flow logs: what the fleet's network watch makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import ELSEWHERE, MAIN, SECONDARY, Cloud, message, policy, refusal

GROUP = "/ml-clusters/main-use1/vpc-flow-logs"
GROUP_ARN = f"arn:aws:logs:us-east-1:{MAIN}:log-group:{GROUP}"
ROLE = f"arn:aws:iam::{MAIN}:role/vpc-flow-logs-main-use1"
TAGS = [{"Key": "fleet:urn", "Value": "x"}]


def group_of(logs: Any, name: str) -> dict[str, Any]:
    (found,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return {key: found.get(key) for key in ("logGroupName", "logGroupArn", "retentionInDays")}


def test_a_log_group_from_its_creation_to_its_end(cloud: Cloud) -> None:
    logs, name = cloud.client("logs"), "/ml-clusters/x/free-addresses"
    arn = f"arn:aws:logs:us-east-1:{MAIN}:log-group:{name}"
    shown = {"logGroupName": name, "logGroupArn": arn}
    logs.create_log_group(logGroupName=name, tags={"fleet:urn": "x"})
    assert group_of(logs, name) == {**shown, "retentionInDays": None}
    for days in (30, 90):
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
        assert group_of(logs, name) == {**shown, "retentionInDays": days}
    logs.delete_retention_policy(logGroupName=name)
    assert group_of(logs, name) == {**shown, "retentionInDays": None}
    logs.tag_resource(resourceArn=arn, tags={"team": "ml"})
    logs.untag_resource(resourceArn=arn, tagKeys=["fleet:urn"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "ml"}
    assert refusal(lambda: logs.create_log_group(logGroupName=name)) == "ResourceAlreadyExistsException"
    logs.delete_log_group(logGroupName=name)
    assert logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"] == []
    assert refusal(lambda: logs.delete_log_group(logGroupName=name)) == "ResourceNotFoundException"


@pytest.mark.parametrize(("account", "region"), ELSEWHERE)
def test_a_log_group_is_of_one_account_and_region(cloud: Cloud, account: str, region: str) -> None:
    cloud.client("logs").create_log_group(logGroupName="/of/main")
    other = cloud.client("logs", account, region)
    assert other.describe_log_groups(logGroupNamePrefix="/of/main")["logGroups"] == []
    cloud.client("logs").delete_log_group(logGroupName="/of/main")


@pytest.mark.parametrize(
    "days", [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 3653]
)
def test_retention_that_there_is(cloud: Cloud, days: int) -> None:
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName="/kept")
    logs.put_retention_policy(logGroupName="/kept", retentionInDays=days)
    assert group_of(logs, "/kept")["retentionInDays"] == days
    logs.delete_log_group(logGroupName="/kept")


@pytest.mark.parametrize("days", [0, 2, 31, 364, 3654])
def test_retention_that_there_is_not(cloud: Cloud, days: int) -> None:
    logs = cloud.client("logs")
    assert message(lambda: logs.put_retention_policy(logGroupName="/kept", retentionInDays=days)) == (
        f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: "
        "Member must satisfy enum value set: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, "
        "1096, 1827, 2192, 2557, 2922, 3288, 3653]"
    )


def test_retention_of_a_group_that_is_not_there(cloud: Cloud) -> None:
    logs = cloud.client("logs")
    for call in (
        lambda: logs.put_retention_policy(logGroupName="/none", retentionInDays=30),
        lambda: logs.delete_retention_policy(logGroupName="/none"),
    ):
        assert refusal(call) == "ResourceNotFoundException"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A VPC, and the log group and the role that its flow logs need."""

    ec2: Any
    vpc: str

    def create(self, **changes: Any) -> str:
        """A flow log; its id."""
        arguments = {
            "ResourceIds": [self.vpc],
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "LogDestinationType": "cloud-watch-logs",
            "LogDestination": GROUP_ARN,
            "DeliverLogsPermissionArn": ROLE,
            **changes,
        }
        given = {key: value for key, value in arguments.items() if value is not None}
        (flow_log,) = self.ec2.create_flow_logs(**given)["FlowLogIds"]
        return str(flow_log)

    def describe(self, flow_log: str) -> list[Any]:
        return list(self.ec2.describe_flow_logs(FlowLogIds=[flow_log])["FlowLogs"])


def flow_logs_trust(account: str) -> str:
    """What the plan of a site lets assume its role."""
    condition = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ec2:us-east-1:{account}:vpc-flow-log/*"},
    }
    service = {"Service": "vpc-flow-logs.amazonaws.com"}
    return policy({"Principal": service, "Action": "sts:AssumeRole", "Condition": condition})


@pytest.fixture(scope="module")
def watched(cloud: Cloud) -> Iterator[Watched]:
    ec2, iam = cloud.client("ec2"), cloud.client("iam")
    for role, account in (("vpc-flow-logs-main-use1", MAIN), ("of-another-account", SECONDARY)):
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=flow_logs_trust(account))
    iam.create_role(
        RoleName="of-another-service",
        AssumeRolePolicyDocument=policy(
            {"Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ),
    )
    cloud.client("logs").create_log_group(logGroupName=GROUP)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    yield Watched(ec2=ec2, vpc=vpc)
    ec2.delete_vpc(VpcId=vpc)
    cloud.client("logs").delete_log_group(logGroupName=GROUP)


def test_a_flow_log_from_its_creation_to_its_end(watched: Watched) -> None:
    flow_log = watched.create(TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": TAGS}])
    (described,) = watched.describe(flow_log)
    del described["CreationTime"]
    assert described == {
        "FlowLogId": flow_log,
        "FlowLogStatus": "ACTIVE",
        "ResourceId": watched.vpc,
        "TrafficType": "ALL",
        "LogDestinationType": "cloud-watch-logs",
        "LogDestination": GROUP_ARN,
        "LogGroupName": GROUP,
        "DeliverLogsPermissionArn": ROLE,
        "DeliverLogsStatus": "SUCCESS",
        "LogFormat": "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
        "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
        "MaxAggregationInterval": 600,
        "Tags": TAGS,
    }
    watched.ec2.create_tags(Resources=[flow_log], Tags=[{"Key": "team", "Value": "ml"}])
    by_tag = watched.ec2.describe_flow_logs(Filters=[{"Name": "tag:team", "Values": ["ml"]}])["FlowLogs"]
    assert [item["FlowLogId"] for item in by_tag] == [flow_log]
    watched.ec2.delete_flow_logs(FlowLogIds=[flow_log])
    assert watched.describe(flow_log) == []
    tags = watched.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [flow_log]}])["Tags"]
    assert tags == []
    again = refusal(lambda: watched.ec2.delete_flow_logs(FlowLogIds=[flow_log]))
    assert again == "InvalidFlowLogId.NotFound"


@pytest.mark.parametrize(
    "again",
    [
        pytest.param({}, id="by its ARN"),
        pytest.param({"LogDestination": None, "LogGroupName": GROUP}, id="by its name"),
    ],
)
def test_a_vpc_has_one_flow_log_to_a_group(watched: Watched, again: dict[str, Any]) -> None:
    flow_log = watched.create()
    assert message(lambda: watched.create(**again)) == (
        "Error. There is an existing Flow Log with the same configuration and log destination."
    )
    assert refusal(lambda: watched.create(**again)) == "FlowLogAlreadyExists"
    watched.ec2.delete_flow_logs(FlowLogIds=[flow_log])
    again_id = watched.create(**again)
    assert watched.describe(again_id)[0]["LogGroupName"] == GROUP
    watched.ec2.delete_flow_logs(FlowLogIds=[again_id])


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"LogDestination": f"{GROUP_ARN}-none"}, id="the group is not there"),
        pytest.param({"DeliverLogsPermissionArn": f"{ROLE}-none"}, id="the role is not there"),
        pytest.param(
            {"DeliverLogsPermissionArn": f"arn:aws:iam::{MAIN}:role/of-another-service"},
            id="the role trusts another service",
        ),
        pytest.param(
            {"DeliverLogsPermissionArn": f"arn:aws:iam::{MAIN}:role/of-another-account"},
            id="the role trusts the service for another account",
        ),
    ],
)
def test_a_flow_log_that_cannot_deliver_says_so(watched: Watched, changes: dict[str, str]) -> None:
    flow_log = watched.create(**changes)
    (described,) = watched.describe(flow_log)
    watched.ec2.delete_flow_logs(FlowLogIds=[flow_log])
    delivery = (described["DeliverLogsStatus"], described["DeliverLogsErrorMessage"])
    assert delivery == ("FAILED", "Access error")


REFUSED: list[tuple[str, Callable[[Watched], object], str]] = [
    ("no VPC", lambda w: w.create(ResourceIds=["vpc-0123456789abcdef0"]), "InvalidVpcID.NotFound"),
    ("no role", lambda w: w.create(DeliverLogsPermissionArn=None), "InvalidParameter"),
    ("an interval", lambda w: w.create(MaxAggregationInterval=90), "InvalidParameter"),
    ("a kind of traffic", lambda w: w.create(TrafficType="SOME"), "InvalidParameterValue"),
    ("a kind of resource", lambda w: w.create(ResourceType="Vpc"), "InvalidParameterValue"),
    ("a kind of destination", lambda w: w.create(LogDestinationType="logs"), "InvalidParameterValue"),
]


@pytest.mark.parametrize(
    ("call", "code"), [pytest.param(call, code, id=name) for name, call, code in REFUSED]
)
def test_it_refuses_what_aws_refuses(watched: Watched, call: Callable[[Watched], object], code: str) -> None:
    assert refusal(lambda: call(watched)) == code
