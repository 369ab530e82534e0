"""One example of every resource type: its inputs, and a change of each kind that its table knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from sandbox.providers.wire import ARCHIVE_SIGNATURE, ASSET_SIGNATURE, SIGNATURE_KEY
from tests.unit.sandbox.providers.engine import Engine

Given = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """`inputs` gets what `needs` made. `changes` updates (None removes), `replaced` is a new value of one
    property that replaces the resource. `import_id` is written by users; without it the id is.
    """

    inputs: Callable[[Given], dict[str, Any]]
    needs: Callable[[Engine], Given] = lambda _: {}
    changes: Callable[[Given], dict[str, Any]] = lambda _: {}
    replaced: Mapping[str, Any] = field(default_factory=dict)
    import_id: Callable[[Given], str] | None = None


_NUMBERS: Final = count(1)
_ZONES: Final = ("use1-az4", "use1-az6")


def policy(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def code(text: str) -> dict[str, Any]:
    asset = {SIGNATURE_KEY: ASSET_SIGNATURE, "text": text, "hash": f"asset-{text}"}
    return {SIGNATURE_KEY: ARCHIVE_SIGNATURE, "assets": {"index.py": asset}, "hash": f"archive-{text}"}


def vpc(engine: Engine) -> dict[str, Any]:
    network = next(_NUMBERS)
    vpc_id, outputs = engine.make(
        "aws:ec2/vpc:Vpc", cidrBlock=f"10.{network}.0.0/16", enableDnsHostnames=True
    )
    return {"vpcId": vpc_id, "network": network, "defaultSecurityGroupId": outputs["defaultSecurityGroupId"]}


def subnets(engine: Engine) -> dict[str, Any]:
    given = vpc(engine)
    made = [
        engine.make(
            "aws:ec2/subnet:Subnet",
            vpcId=given["vpcId"],
            cidrBlock=f"10.{given['network']}.{index}.0/24",
            availabilityZoneId=zone,
        )[0]
        for index, zone in enumerate(_ZONES)
    ]
    return {**given, "subnetIds": made}


def gateway(engine: Engine) -> dict[str, Any]:
    given = vpc(engine)
    return {
        **given,
        "gatewayId": engine.make("aws:ec2/internetGateway:InternetGateway", vpcId=given["vpcId"])[0],
    }


def nat(engine: Engine) -> dict[str, Any]:
    given = subnets(engine)
    engine.make("aws:ec2/internetGateway:InternetGateway", vpcId=given["vpcId"])
    return {**given, "allocationId": engine.make("aws:ec2/eip:Eip", domain="vpc")[0]}


def route_tables(engine: Engine) -> dict[str, Any]:
    given = subnets(engine)
    gateway_id = engine.make("aws:ec2/internetGateway:InternetGateway", vpcId=given["vpcId"])[0]
    tables = [engine.make("aws:ec2/routeTable:RouteTable", vpcId=given["vpcId"])[0] for _ in range(2)]
    return {**given, "gatewayId": gateway_id, "routeTableIds": tables}


def routes(engine: Engine) -> dict[str, Any]:
    given = route_tables(engine)
    allocation = engine.make("aws:ec2/eip:Eip", domain="vpc")[0]
    made = engine.make(
        "aws:ec2/natGateway:NatGateway", subnetId=given["subnetIds"][0], allocationId=allocation
    )
    return {**given, "natGatewayId": made[0]}


def groups(engine: Engine) -> dict[str, Any]:
    given = subnets(engine)
    made = [
        engine.make("aws:ec2/securityGroup:SecurityGroup", vpcId=given["vpcId"], name=f"g{index}")[0]
        for index in "ab"
    ]
    return {**given, "groupIds": made}


def role(engine: Engine, service: str = "lambda.amazonaws.com") -> dict[str, Any]:
    name, outputs = engine.make(
        "aws:iam/role:Role", name=f"role-{next(_NUMBERS)}", assumeRolePolicy=trust(service)
    )
    return {"role": name, "roleArn": outputs["arn"]}


def logged(engine: Engine) -> dict[str, Any]:
    _, log_group = engine.make("aws:cloudwatch/logGroup:LogGroup", name=f"/flow/{next(_NUMBERS)}")
    return {**vpc(engine), **role(engine, "vpc-flow-logs.amazonaws.com"), "logGroupArn": log_group["arn"]}


def peered(engine: Engine) -> dict[str, Any]:
    first, second = vpc(engine), vpc(engine)
    return {"vpcId": first["vpcId"], "peerVpcId": second["vpcId"]}


def pending(engine: Engine) -> dict[str, Any]:
    return {"peering": engine.make("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", **peered(engine))[0]}


def accepted(engine: Engine) -> dict[str, Any]:
    made = engine.make("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", **peered(engine), autoAccept=True)
    return {"peering": made[0]}


def rule(engine: Engine) -> dict[str, Any]:
    name = f"rule-{next(_NUMBERS)}"
    engine.make("aws:cloudwatch/eventRule:EventRule", name=name, scheduleExpression="rate(1 hour)")
    return {**function(engine), "rule": name}


def function(engine: Engine) -> dict[str, Any]:
    made = engine.make(
        "aws:lambda/function:Function",
        code=code("def f(e, c): pass"), role=role(engine)["roleArn"],
        runtime="python3.12",
        handler="index.f",
    )
    return {"function": made[0], "functionArn": made[1]["arn"]}


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
}
