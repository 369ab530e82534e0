"""What is in an account and region, by kind: a search over every service that the fleet uses."""

from __future__ import annotations

from typing import Any

from tests.engine.fleets import ACCOUNTS, REGIONS, FleetUnderTest

Kind = tuple[str, str, str, str]
"""boto3 service, its paginated operation or plain call, the list in the answer, the field that identifies."""

REGIONAL: tuple[Kind, ...] = (
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    ("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("ec2", "describe_addresses", "Addresses", "AllocationId"),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("ec2", "describe_placement_groups", "PlacementGroups", "GroupName"),
    ("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    ("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
    ("ec2", "describe_volumes", "Volumes", "VolumeId"),
    ("fsx", "describe_file_systems", "FileSystems", "FileSystemId"),
    ("efs", "describe_file_systems", "FileSystems", "FileSystemId"),
    ("ecr", "describe_repositories", "repositories", "repositoryName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("events", "list_rules", "Rules", "Name"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("sagemaker", "list_clusters", "ClusterSummaries", "ClusterArn"),
    ("sns", "list_topics", "Topics", "TopicArn"),
)
GLOBAL: tuple[Kind, ...] = (
    ("iam", "list_roles", "Roles", "RoleName"),
    ("iam", "list_policies", "Policies", "Arn"),
    ("s3", "list_buckets", "Buckets", "Name"),
)
STATES_OF_GONE = {"deleted", "deleting"}
"""AWS goes on listing a NAT gateway and a peering connection for about an hour after it is gone."""
LINGERING: tuple[Kind, ...] = (
    ("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    ("ec2", "describe_vpc_peering_connections", "VpcPeeringConnections", "VpcPeeringConnectionId"),
)


def inventory(fleet: FleetUnderTest) -> set[tuple[str, ...]]:
    """(account, region, operation, id) of all there is."""
    found: set[tuple[str, ...]] = set()
    for account in ACCOUNTS:
        for kind in GLOBAL:
            found |= {(account, "global", kind[1], id_) for id_ in _ids(fleet, kind, account, REGIONS[0])}
        for region in REGIONS:
            for kind in (*REGIONAL, *LINGERING):
                found |= {(account, region, kind[1], id_) for id_ in _ids(fleet, kind, account, region)}
            found |= {(account, region, "list_keys", id_) for id_ in _keys(fleet, account, region)}
    return found


def _keys(fleet: FleetUnderTest, account: str, region: str) -> set[str]:
    """Keys that are not on their way out: that takes a key 7 to 30 days."""
    kms = fleet.aws("kms", account=account, region=region)
    described = (kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"])
    return {key["KeyId"] for key in described if key["KeyState"] != "PendingDeletion"}


def _ids(fleet: FleetUnderTest, kind: Kind, account: str, region: str) -> set[str]:
    service, operation, answer, field = kind
    scope = {"Scope": "Local"} if operation == "list_policies" else {}
    items = getattr(fleet.aws(service, account=account, region=region), operation)(**scope)[answer]
    return {item[field] for item in items if _state(item) not in STATES_OF_GONE}


def _state(item: dict[str, Any]) -> str:
    status = item.get("Status")
    code = status.get("Code") if isinstance(status, dict) else None
    return str(code or item.get("State"))
