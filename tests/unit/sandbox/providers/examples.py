"""One example of every resource type: its inputs, and a change of each kind that its table knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.unit.sandbox.providers.example import Example, Given
from tests.unit.sandbox.providers.examples_eks import EKS_EXAMPLES
from tests.unit.sandbox.providers.examples_s3 import S3_EXAMPLES
from tests.unit.sandbox.providers.examples_storage import STORAGE_EXAMPLES
from tests.unit.sandbox.providers.needed import (
    accepted,
    code,
    function,
    groups,
    key_policy,
    keys,
    logged,
    nat,
    peered,
    pending,
    policy,
    role,
    route_tables,
    routes,
    rule,
    topic,
    trust,
    two_roles,
    vpc,
)


def _security_group_rule(given: Given) -> dict[str, Any]:
    return {
        "securityGroupId": given["groupIds"][0],
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "10.0.0.0/8",
        "description": "TLS",
        "tags": {"Name": "tls"},
    }


EXAMPLES: Final[Mapping[str, Example]] = {
    **STORAGE_EXAMPLES,
    "aws:ec2/vpc:Vpc": Example(
        inputs=lambda _: {"cidrBlock": "10.200.0.0/16", "enableDnsHostnames": True, "tags": {"Name": "a"}},
        changes=lambda _: {"enableDnsHostnames": False, "enableDnsSupport": False, "tags": {"Owner": "b"}},
        replaced={"cidrBlock": "10.201.0.0/16"},
    ),
    "aws:ec2/subnet:Subnet": Example(
        needs=vpc,
        inputs=lambda given: {
            "vpcId": given["vpcId"],
            "cidrBlock": f"10.{given['network']}.0.0/18",
            "availabilityZoneId": "use1-az4",
            "tags": {"Name": "a"},
        },
        changes=lambda _: {"mapPublicIpOnLaunch": True, "tags": {"Name": "b"}},
        replaced={"availabilityZoneId": "use1-az6"},
    ),
    "aws:ec2/internetGateway:InternetGateway": Example(
        needs=vpc,
        inputs=lambda given: {"vpcId": given["vpcId"], "tags": {"Name": "a"}},
        changes=lambda _: {"vpcId": None, "tags": {"Name": "b"}},
    ),
    "aws:ec2/eip:Eip": Example(
        inputs=lambda _: {"domain": "vpc", "tags": {"Name": "a"}},
        changes=lambda _: {"tags": {"Name": "b"}},
        replaced={"networkBorderGroup": "us-west-2"},
    ),
    "aws:ec2/natGateway:NatGateway": Example(
        needs=nat,
        inputs=lambda given: {
            "subnetId": given["subnetIds"][0],
            "allocationId": given["allocationId"],
            "tags": {"Name": "a"},
        },
        changes=lambda _: {"tags": {"Name": "b"}},
        replaced={"subnetId": "subnet-1"},
    ),
    "aws:ec2/routeTable:RouteTable": Example(
        needs=vpc,
        inputs=lambda given: {"vpcId": given["vpcId"], "tags": {"Name": "a"}},
        changes=lambda _: {"tags": {}},
        replaced={"vpcId": "vpc-1"},
    ),
    "aws:ec2/route:Route": Example(
        needs=routes,
        inputs=lambda given: {
            "routeTableId": given["routeTableIds"][0],
            "destinationCidrBlock": "0.0.0.0/0",
            "gatewayId": given["gatewayId"],
        },
        changes=lambda given: {"gatewayId": None, "natGatewayId": given["natGatewayId"]},
        replaced={"destinationCidrBlock": "1.0.0.0/8"},
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Example(
        needs=route_tables,
        inputs=lambda given: {"subnetId": given["subnetIds"][0], "routeTableId": given["routeTableIds"][0]},
        changes=lambda given: {"routeTableId": given["routeTableIds"][1]},
        replaced={"subnetId": "subnet-1"},
        import_id=lambda given: f"{given['subnetIds'][0]}/{given['routeTableIds'][0]}",
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Example(
        needs=groups,
        inputs=lambda given: {
            "vpcId": given["vpcId"],
            "serviceName": "com.amazonaws.us-east-1.sts",
            "vpcEndpointType": "Interface",
            "subnetIds": given["subnetIds"][:1],
            "securityGroupIds": given["groupIds"][:1],
            "privateDnsEnabled": True,
            "tags": {"Name": "a"},
        },
        changes=lambda given: {
            "subnetIds": given["subnetIds"],
            "securityGroupIds": given["groupIds"][1:],
            "policy": policy("sts:*"),
            "tags": {"Name": "b"},
        },
        replaced={"serviceName": "com.amazonaws.us-east-1.ec2"},
    ),
    "aws:ec2/flowLog:FlowLog": Example(
        needs=logged,
        inputs=lambda given: {
            "vpcId": given["vpcId"],
            "trafficType": "ALL",
            "logDestination": given["logGroupArn"],
            "iamRoleArn": given["roleArn"],
            "maxAggregationInterval": 60,
            "tags": {"Name": "a"},
        },
        changes=lambda _: {"tags": {"Name": "b"}},
        replaced={"trafficType": "REJECT"},
    ),
    "aws:ec2/placementGroup:PlacementGroup": Example(
        inputs=lambda _: {"strategy": "cluster", "tags": {"Name": "a"}},
        changes=lambda _: {"tags": {"Name": "b"}},
        replaced={"strategy": "spread"},
    ),
    "aws:ec2/securityGroup:SecurityGroup": Example(
        needs=vpc,
        inputs=lambda given: {"vpcId": given["vpcId"], "description": "nodes", "tags": {"Name": "a"}},
        changes=lambda _: {"revokeRulesOnDelete": True, "tags": {"Name": "b"}},
        replaced={"description": "other"},
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Example(
        needs=vpc,
        inputs=lambda given: {
            "vpcId": given["vpcId"],
            "ingress": [],
            "egress": [],
            "tags": {"Name": "closed"},
        },
        changes=lambda _: {"tags": {"Name": "b"}},
        replaced={"vpcId": "vpc-1"},
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Example(
        needs=groups,
        inputs=_security_group_rule,
        changes=lambda _: {"fromPort": 80, "description": "web", "tags": {"Name": "web"}},
        replaced={"securityGroupId": "sg-1"},
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Example(
        needs=groups,
        inputs=lambda given: {
            "securityGroupId": given["groupIds"][0],
            "ipProtocol": "-1",
            "referencedSecurityGroupId": given["groupIds"][1],
        },
        changes=lambda _: {"description": "nodes", "tags": {"Name": "nodes"}},
        replaced={"securityGroupId": "sg-1"},
    ),
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": Example(
        needs=peered,
        inputs=lambda given: {**given, "tags": {"Name": "a"}},
        changes=lambda _: {"autoAccept": True, "tags": {"Name": "b"}},
        replaced={"peerVpcId": "vpc-1"},
    ),
    "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": Example(
        needs=pending,
        inputs=lambda given: {
            "vpcPeeringConnectionId": given["peering"],
            "autoAccept": True,
            "tags": {"a": "b"},
        },
        changes=lambda _: {"tags": {"a": "c"}},
        replaced={"vpcPeeringConnectionId": "pcx-1"},
    ),
    "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions": Example(
        needs=accepted,
        inputs=lambda given: {
            "vpcPeeringConnectionId": given["peering"],
            "requester": {"allowRemoteVpcDnsResolution": True},
        },
        changes=lambda _: {"requester": {"allowRemoteVpcDnsResolution": False}},
        replaced={"vpcPeeringConnectionId": "pcx-1"},
    ),
    "aws:cloudwatch/logGroup:LogGroup": Example(
        inputs=lambda _: {"name": "/aws/vpc/flow", "retentionInDays": 30, "tags": {"Name": "a"}},
        changes=lambda _: {"retentionInDays": 0, "tags": {"Owner": "b"}},
        replaced={"name": "/aws/other"},
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Example(
        inputs=lambda _: {
            "alarmDescription": "addresses run out",
            "comparisonOperator": "LessThanThreshold",
            "evaluationPeriods": 2,
            "metricName": "FreeAddresses",
            "namespace": "Fleet/Network",
            "dimensions": {"SubnetId": "subnet-1"},
            "period": 300,
            "statistic": "Minimum",
            "threshold": 500,
            "tags": {"Name": "a"},
        },
        changes=lambda _: {
            "threshold": 400.5,
            "alarmDescription": None,
            "dimensions": {"SubnetId": "subnet-2"},
            "tags": {"Owner": "b"},
        },
        replaced={"name": "other"},
    ),
    "aws:cloudwatch/eventRule:EventRule": Example(
        inputs=lambda _: {
            "scheduleExpression": "rate(5 minutes)",
            "description": "often",
            "tags": {"Name": "a"},
        },
        changes=lambda _: {"scheduleExpression": "rate(1 hour)", "state": "DISABLED", "tags": {"Owner": "b"}},
        replaced={"name": "other"},
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Example(
        needs=rule,
        inputs=lambda given: {"rule": given["rule"], "arn": given["functionArn"], "targetId": "function"},
        changes=lambda _: {"input": '{"subnets": ["subnet-1"]}'},
        replaced={"targetId": "other"},
        import_id=lambda given: f"{given['rule']}/function",
    ),
    "aws:lambda/function:Function": Example(
        needs=role,
        inputs=lambda given: {
            "code": code("def f(e, c): return 1"),
            "role": given["roleArn"],
            "runtime": "python3.12",
            "handler": "index.f",
            "timeout": 30,
            "environment": {"variables": {"SUBNET_IDS": "subnet-1"}},
            "tags": {"Name": "a"},
        },
        changes=lambda _: {
            "code": code("def f(e, c): return 2"),
            "memorySize": 256,
            "environment": {"variables": {"SUBNET_IDS": "subnet-2"}},
            "tags": {"Owner": "b"},
        },
        replaced={"name": "other"},
    ),
    "aws:lambda/permission:Permission": Example(
        needs=function,
        inputs=lambda given: {
            "function": given["function"],
            "action": "lambda:InvokeFunction",
            "principal": "events.amazonaws.com",
            "sourceArn": "arn:aws:events:us-east-1:483026362307:rule/often",
            "statementId": "events",
        },
        replaced={"principal": "s3.amazonaws.com"},
        import_id=lambda given: f"{given['function']}/events",
    ),
    "aws:iam/role:Role": Example(
        inputs=lambda _: {
            "assumeRolePolicy": trust("ec2.amazonaws.com"),
            "description": "nodes",
            "managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"],
            "tags": {"Name": "a"},
        },
        changes=lambda _: {
            "assumeRolePolicy": trust("lambda.amazonaws.com"),
            "description": "functions",
            "maxSessionDuration": 7200,
            "managedPolicyArns": [],
            "tags": {"Owner": "b"},
        },
        replaced={"path": "/fleet/"},
    ),
    "aws:iam/rolePolicy:RolePolicy": Example(
        needs=role,
        inputs=lambda given: {"role": given["role"], "name": "describe", "policy": policy("ec2:Describe*")},
        changes=lambda _: {"policy": policy("ec2:Describe*", "cloudwatch:PutMetricData")},
        replaced={"name": "other"},
        import_id=lambda given: f"{given['role']}:describe",
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Example(
        needs=role,
        inputs=lambda given: {
            "role": given["role"],
            "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
        },
        replaced={"role": "other"},
        import_id=lambda given: f"{given['role']}/arn:aws:iam::aws:policy/AdministratorAccess",
    ),
    "aws:iam/instanceProfile:InstanceProfile": Example(
        needs=two_roles,
        inputs=lambda given: {"name": "nodes", "role": given["roles"][0], "tags": {"Name": "a"}},
        changes=lambda given: {"role": given["roles"][1], "tags": {"Owner": "b"}},
        replaced={"path": "/fleet/"},
    ),
    "aws:kms/key:Key": Example(
        inputs=lambda _: {
            "description": "storage",
            "policy": key_policy("kms:*"),
            "enableKeyRotation": True,
            "rotationPeriodInDays": 365,
            "tags": {"Name": "a"},
        },
        changes=lambda _: {
            "description": "volumes",
            "policy": key_policy("kms:PutKeyPolicy", "kms:DescribeKey"),
            "rotationPeriodInDays": 90,
            "tags": {"Owner": "b"},
        },
        replaced={"multiRegion": True},
    ),
    "aws:kms/alias:Alias": Example(
        needs=keys,
        inputs=lambda given: {"name": "alias/storage", "targetKeyId": given["keyIds"][0]},
        changes=lambda given: {"targetKeyId": given["keyIds"][1]},
        replaced={"name": "alias/other"},
    ),
    **S3_EXAMPLES,
    **EKS_EXAMPLES,
    "aws:sns/topic:Topic": Example(
        inputs=lambda _: {"name": "alerts", "displayName": "Alerts", "tags": {"Name": "a"}},
        changes=lambda _: {"displayName": "Alarms", "tags": {"Owner": "b"}},
        replaced={"name": "other"},
        import_id=lambda _: "arn:aws:sns:us-east-1:483026362307:alerts",
    ),
    "aws:sns/topicSubscription:TopicSubscription": Example(
        needs=topic,
        inputs=lambda given: {"topic": given["topic"], "protocol": "email", "endpoint": "a@example.org"},
        replaced={"endpoint": "b@example.org"},
    ),
}
