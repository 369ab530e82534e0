"""How a resource whose creation was interrupted is found in AWS: a table, by type token.

Whatever takes tags carries `fleet:urn` from its first moment, because the creating call takes them. Where it does not,
its natural key is in the inputs that the engine had recorded: the provider chooses names before it creates.
Names of operations and members are AWS's, `$name` stands for an input property, `$fleet_urn` for the tag's value,
and the texts of `id` are the forms in which the provider's documentation imports a resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from automation.recovery.eks_finders import EKS_FINDERS, REPEATABLE_OF_EKS
from automation.recovery.finder import Call, Finder
from automation.recovery.hyperpod_finders import HYPERPOD_FINDERS
from automation.recovery.storage_finders import REPEATABLE_OF_STORAGE, STORAGE_FINDERS
from plan.tags import URN_TAG

_BY_TAG: Final = [{"Name": f"tag:{URN_TAG}", "Values": ["$fleet_urn"]}]
_MAP_TAG: Final = f'[tags."{URN_TAG}"]'
_LIST_TAG: Final = f"Tags[?Key=='{URN_TAG}'].Value"


def _tagged(operation: str, at: str, *, filters: str = "Filters") -> Finder:
    return Finder(service="ec2", find=Call(operation=operation, at=at, params={filters: _BY_TAG}))


def _unless(member: str, *states: str) -> str:
    """A JMESPath filter against what is there only until AWS forgets it."""
    return "[?" + " && ".join(f"{member} != '{state}'" for state in states) + "]"


_GONE: Final = ("deleting", "deleted", "failed")

FINDERS: Final[Mapping[str, Finder]] = {
    "aws:ec2/vpc:Vpc": _tagged("describe_vpcs", "Vpcs[].VpcId"),
    "aws:ec2/subnet:Subnet": _tagged("describe_subnets", "Subnets[].SubnetId"),
    "aws:ec2/internetGateway:InternetGateway": _tagged(
        "describe_internet_gateways", "InternetGateways[].InternetGatewayId"
    ),
    "aws:ec2/eip:Eip": _tagged("describe_addresses", "Addresses[].AllocationId"),
    "aws:ec2/natGateway:NatGateway": _tagged(
        "describe_nat_gateways", f"NatGateways{_unless('State', *_GONE)}.NatGatewayId", filters="Filter"
    ),
    "aws:ec2/routeTable:RouteTable": _tagged("describe_route_tables", "RouteTables[].RouteTableId"),
    "aws:ec2/securityGroup:SecurityGroup": _tagged("describe_security_groups", "SecurityGroups[].GroupId"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _tagged(
        "describe_security_group_rules", "SecurityGroupRules[].SecurityGroupRuleId"
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _tagged(
        "describe_security_group_rules", "SecurityGroupRules[].SecurityGroupRuleId"
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _tagged(
        "describe_vpc_endpoints", f"VpcEndpoints{_unless('State', *_GONE, 'rejected')}.VpcEndpointId"
    ),
    "aws:ec2/flowLog:FlowLog": _tagged("describe_flow_logs", "FlowLogs[].FlowLogId", filters="Filter"),
    "aws:ec2/placementGroup:PlacementGroup": _tagged(
        "describe_placement_groups", f"PlacementGroups{_unless('State', *_GONE)}.GroupName"
    ),
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": _tagged(
        "describe_vpc_peering_connections",
        f"VpcPeeringConnections{_unless('Status.Code', *_GONE, 'rejected', 'expired')}.VpcPeeringConnectionId",
    ),
    "aws:ec2/route:Route": Finder(
        service="ec2",
        find=Call(
            operation="describe_route_tables",
            params={"RouteTableIds": ["$routeTableId"]},
            at="RouteTables[].Routes[] | [?DestinationCidrBlock=='$destinationCidrBlock'].DestinationCidrBlock",
        ),
        id="${routeTableId}_${found}",
        absent=("InvalidRouteTableID.NotFound",),
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Finder(
        service="ec2",
        find=Call(
            operation="describe_route_tables",
            params={"RouteTableIds": ["$routeTableId"]},
            at="RouteTables[].Associations[] | [?SubnetId=='$subnetId'].SubnetId",
        ),
        id="${found}/${routeTableId}",
        absent=("InvalidRouteTableID.NotFound",),
    ),
    "aws:iam/role:Role": Finder(
        service="iam",
        find=Call(operation="get_role", params={"RoleName": "$name"}, at="[Role.RoleName]"),
        absent=("NoSuchEntity",),
        tag=Call(operation="list_role_tags", params={"RoleName": "$found"}, at=_LIST_TAG),
    ),
    "aws:iam/rolePolicy:RolePolicy": Finder(
        service="iam",
        find=Call(
            operation="get_role_policy",
            params={"RoleName": "$role", "PolicyName": "$name"},
            at="[PolicyName]",
        ),
        id="${role}:${found}",
        absent=("NoSuchEntity",),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Finder(
        service="iam",
        find=Call(
            operation="list_attached_role_policies",
            params={"RoleName": "$role"},
            at="AttachedPolicies[?PolicyArn=='$policyArn'].PolicyArn",
        ),
        id="${role}/${found}",
        absent=("NoSuchEntity",),
    ),
    "aws:iam/instanceProfile:InstanceProfile": Finder(
        service="iam",
        find=Call(
            operation="get_instance_profile",
            params={"InstanceProfileName": "$name"},
            at="[InstanceProfile.InstanceProfileName]",
        ),
        absent=("NoSuchEntity",),
        tag=Call(
            operation="get_instance_profile",
            params={"InstanceProfileName": "$found"},
            at=f"InstanceProfile.{_LIST_TAG}",
        ),
    ),
    "aws:kms/key:Key": Finder(
        service="resourcegroupstaggingapi",
        find=Call(
            operation="get_resources",
            params={
                "ResourceTypeFilters": ["kms:key"],
                "TagFilters": [{"Key": URN_TAG, "Values": ["$fleet_urn"]}],
            },
            at="ResourceTagMappingList[].ResourceARN",
        ),
        after="/",
    ),
    "aws:kms/alias:Alias": Finder(
        service="kms",
        find=Call(operation="list_aliases", at="Aliases[?AliasName=='$name'].AliasName"),
    ),
    # The tags of a bucket come by a second call, and its name is the fleet's: one in this account is ours.
    "aws:s3/bucket:Bucket": Finder(
        service="s3", find=Call(operation="list_buckets", at="Buckets[?Name=='$bucket'].Name")
    ),
    "aws:sns/topic:Topic": Finder(
        service="sns",
        find=Call(operation="list_topics", at="Topics[?ends_with(TopicArn, ':$name')].TopicArn"),
        tag=Call(operation="list_tags_for_resource", params={"ResourceArn": "$found"}, at=_LIST_TAG),
    ),
    "aws:cloudwatch/logGroup:LogGroup": Finder(
        service="logs",
        find=Call(
            operation="describe_log_groups",
            params={"logGroupNamePrefix": "$name"},
            at="logGroups[?logGroupName=='$name'].logGroupName",
        ),
        tag=Call(operation="list_tags_log_group", params={"logGroupName": "$found"}, at=_MAP_TAG),
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Finder(
        service="cloudwatch",
        find=Call(
            operation="describe_alarms", params={"AlarmNames": ["$name"]}, at="MetricAlarms[].AlarmName"
        ),
    ),
    "aws:cloudwatch/eventRule:EventRule": Finder(
        service="events",
        find=Call(operation="describe_rule", params={"Name": "$name"}, at="[Name]"),
        absent=("ResourceNotFoundException",),
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Finder(
        service="events",
        find=Call(
            operation="list_targets_by_rule", params={"Rule": "$rule"}, at="Targets[?Id=='$targetId'].Id"
        ),
        id="${rule}/${found}",
        absent=("ResourceNotFoundException",),
    ),
    "aws:lambda/function:Function": Finder(
        service="lambda",
        find=Call(
            operation="get_function", params={"FunctionName": "$name"}, at="[Configuration.FunctionName]"
        ),
        absent=("ResourceNotFoundException",),
    ),
    "aws:lambda/permission:Permission": Finder(
        service="lambda",
        find=Call(
            operation="get_policy",
            params={"FunctionName": "$function"},
            # The policy is a text; the provider's random statement id is in it once, or not at all.
            at="contains(Policy, '\"$statementId\"') && ['$statementId'] || `[]`",
        ),
        id="${function}/${found}",
        absent=("ResourceNotFoundException",),
    ),
    "aws:cloudformation/stack:Stack": Finder(
        service="cloudformation",
        find=Call(
            operation="describe_stacks",
            at=f"Stacks[?Tags[?Key=='{URN_TAG}' && Value=='$fleet_urn']].StackId",
        ),
    ),
    **STORAGE_FINDERS,
    **EKS_FINDERS,
    **HYPERPOD_FINDERS,
}

REPEATABLE: Final = frozenset(
    {
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
        "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions",
        *REPEATABLE_OF_STORAGE,
        *REPEATABLE_OF_EKS,
        "aws:s3/bucketObjectv2:BucketObjectv2",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketLogging:BucketLogging",
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        "aws:s3/inventory:Inventory",
        # Its provider takes over a cluster that is there or being made (components/parallelcluster_provider.py).
        "pulumi-python:dynamic/parallelcluster:Cluster",
        "aws:sns/topicSubscription:TopicSubscription",
    }
)
"""Types that make nothing: they take over or set what is there already, so that making them again is harmless."""
