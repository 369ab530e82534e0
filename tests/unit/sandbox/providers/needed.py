"""What the examples stand on: each function makes it and gives the values that the examples use."""

from __future__ import annotations

import json
from itertools import count
from typing import Any, Final

from sandbox.providers.wire import ARCHIVE_SIGNATURE, ASSET_SIGNATURE, SIGNATURE_KEY
from tests.unit.sandbox.providers.engine import Engine

_NUMBERS: Final = count(1)
_ZONES: Final = ("use1-az4", "use1-az6")


def policy(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def key_policy(*actions: str) -> str:
    principal = {"AWS": "arn:aws:iam::483026362307:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def keys(engine: Engine) -> dict[str, Any]:
    return {"keyIds": [engine.make("aws:kms/key:Key")[0] for _ in range(2)]}


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
        code=code("def f(e, c): pass"),
        role=role(engine)["roleArn"],
        runtime="python3.12",
        handler="index.f",
    )
    return {"function": made[0], "functionArn": made[1]["arn"]}


def bucket(engine: Engine) -> dict[str, Any]:
    made = engine.make("aws:s3/bucket:Bucket", bucket=f"bucket-{next(_NUMBERS)}", forceDestroy=True)
    return {"bucket": made[0]}


def buckets(engine: Engine) -> dict[str, Any]:
    given, other = versioned(engine), versioned(engine)
    return {**given, "other": other["bucket"], **role(engine, "s3.amazonaws.com")}


def versioned(engine: Engine) -> dict[str, Any]:
    given = bucket(engine)
    engine.make(
        "aws:s3/bucketVersioning:BucketVersioning",
        bucket=given["bucket"],
        versioningConfiguration={"status": "Enabled"},
    )
    return given


def logged_bucket(engine: Engine) -> dict[str, Any]:
    """A bucket, and another one that takes its access logs."""
    given, target = bucket(engine), bucket(engine)["bucket"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": ["s3:PutObject"],
        "Resource": [f"arn:aws:s3:::{target}/access/*", f"arn:aws:s3:::{target}/logs/*"],
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    engine.make("aws:s3/bucketPolicy:BucketPolicy", bucket=target, policy=document)
    return {**given, "target": target}


def topic(engine: Engine) -> dict[str, Any]:
    return {"topic": engine.make("aws:sns/topic:Topic", name=f"topic-{next(_NUMBERS)}")[0]}
