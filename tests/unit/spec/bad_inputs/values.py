"""Values that a field refuses: CIDRs, zones, endpoints, ARNs, tags."""

# A message is one line, however long.
# ruff: noqa: E501

from __future__ import annotations

from tests.unit.spec.bad_inputs.case import FLEET, MAIN_USE1, Case, swap

CASES = (
    Case(
        "an owner of 300 characters",
        (
            swap(
                FLEET,
                "owner: ml-platform",
                "owner: mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm",
            ),
        ),
        ("fleet.yaml:4: owner: has 300 characters; an AWS tag value, which it becomes, has 1 to 256",),
    ),
    Case(
        "an empty owner",
        (swap(FLEET, "owner: ml-platform", 'owner: ""'),),
        ("fleet.yaml:4: owner: has 0 characters; an AWS tag value, which it becomes, has 1 to 256",),
    ),
    Case(
        "an owner with an emoji",
        (swap(FLEET, "owner: ml-platform", "owner: ml 🚀 platform"),),
        (
            'fleet.yaml:4: owner: has "🚀"; an AWS tag value, which it becomes, has letters, digits, spaces and _.:/=+-@',
        ),
    ),
    Case(
        "an owner with a line break",
        (swap(FLEET, "owner: ml-platform", 'owner: "ml\\nplatform"'),),
        (
            'fleet.yaml:4: owner: has "<U+000A>"; an AWS tag value, which it becomes, has letters, digits, spaces and _.:/=+-@',
        ),
    ),
    Case(
        "a repository without its organization",
        (swap(FLEET, "example-org/ml-clusters", "ml-clusters"),),
        (
            'fleet.yaml:5: repository: "ml-clusters" is not a GitHub repository; write it like example-org/ml-clusters',
        ),
    ),
    Case(
        "an unknown region",
        (swap(MAIN_USE1, "region: us-east-1", "region: us-est-1"),),
        (
            'Pulumi.main-use1.yaml:6: region: "us-est-1" is not an AWS region; did you mean us-west-1 or us-east-1?',
        ),
    ),
    Case(
        "a region of another partition",
        (swap(FLEET, "region: us-east-1", "region: cn-north-1"),),
        ('fleet.yaml:20: state.region: "cn-north-1" is not an AWS region; did you mean eu-north-1?',),
    ),
    Case(
        "an operator that is a user",
        (swap(FLEET, "role/MlPlatformOperator", "user/alice"),),
        (
            'fleet.yaml:16: operators[0]: "arn:aws:iam::483026362307:user/alice" is not the ARN of an IAM role; write it like arn:aws:iam::123456789012:role/Operator',
        ),
    ),
    Case(
        "an operator pattern for every role",
        (swap(FLEET, "role/MlPlatformOperator", "role/*"),),
        (
            'fleet.yaml:16: operators[0]: "arn:aws:iam::483026362307:role/*" matches every role; name the role; * may only complete a name',
        ),
    ),
    Case(
        "an operator pattern for every role below a path",
        (swap(FLEET, "role/MlPlatformOperator", "role/aws-reserved/*"),),
        (
            'fleet.yaml:16: operators[0]: "arn:aws:iam::483026362307:role/aws-reserved/*" matches every role; name the role; * may only complete a name',
        ),
    ),
    Case(
        "an operator pattern for every account",
        (swap(FLEET, "arn:aws:iam::483026362307:role", "arn:aws:iam::*:role"),),
        (
            'fleet.yaml:16: operators[0]: "arn:aws:iam::*:role/MlPlatformOperator" is not the ARN of an IAM role; write it like arn:aws:iam::123456789012:role/Operator',
        ),
    ),
    Case(
        "an operator listed twice",
        (
            swap(
                FLEET,
                "role/MlPlatformOperator\n",
                "role/MlPlatformOperator\n  - arn:aws:iam::483026362307:role/MlPlatformOperator\n",
            ),
        ),
        (
            "fleet.yaml:15: operators: arn:aws:iam::483026362307:role/MlPlatformOperator is listed twice; list it once",
        ),
    ),
    Case(
        "host bits in a subnet",
        (swap(MAIN_USE1, "10.0.64.0/18", "10.0.64.0/17"),),
        (
            "Pulumi.main-use1.yaml:14: network.private_subnets[1]: 10.0.64.0/17 has host bits set; did you mean 10.0.0.0/17?",
        ),
    ),
    Case(
        "host bits in the pool",
        (swap(FLEET, "10.0.0.0/12", "10.1.0.0/12"),),
        ("fleet.yaml:22: cidr_pool: 10.1.0.0/12 has host bits set; did you mean 10.0.0.0/12?",),
    ),
    Case(
        "a CIDR without its prefix length",
        (swap(MAIN_USE1, "cidr: 10.0.0.0/16", "cidr: 10.0.0.0"),),
        (
            'Pulumi.main-use1.yaml:11: network.cidr: "10.0.0.0" is not an IPv4 CIDR; write it like 10.0.0.0/16',
        ),
    ),
    Case(
        "a CIDR with a number above 255",
        (swap(MAIN_USE1, "cidr: 10.0.0.0/16", "cidr: 10.0.256.0/16"),),
        (
            'Pulumi.main-use1.yaml:11: network.cidr: "10.0.256.0/16" is not an IPv4 CIDR; write it like 10.0.0.0/16',
        ),
    ),
    Case(
        "an IPv6 CIDR",
        (swap(MAIN_USE1, "cidr: 10.0.0.0/16", "cidr: fd00::/56"),),
        (
            'Pulumi.main-use1.yaml:11: network.cidr: "fd00::/56" is not an IPv4 CIDR; write it like 10.0.0.0/16',
        ),
    ),
    Case(
        "a CIDR that is a number",
        (swap(MAIN_USE1, "cidr: 10.0.0.0/16", "cidr: 10"),),
        ("Pulumi.main-use1.yaml:11: network.cidr: not a CIDR; write it like 10.0.0.0/16",),
    ),
    Case(
        "a zone name",
        (swap(MAIN_USE1, "use1-az4, use1-az6", "us-east-1a, use1-az6"),),
        (
            "Pulumi.main-use1.yaml:13: network.availability_zones[0]: us-east-1a is a zone name, which means another zone in each account; write the zone's id, like use1-az1: aws ec2 describe-availability-zones --region us-east-1",
        ),
    ),
    Case(
        "a local zone",
        (swap(MAIN_USE1, "use1-az4, use1-az6", "use1-bos1-az1, use1-az6"),),
        (
            'Pulumi.main-use1.yaml:13: network.availability_zones[0]: "use1-bos1-az1" is not the id of an availability zone; write it like use1-az4',
        ),
    ),
    Case(
        "a zone listed twice",
        (swap(MAIN_USE1, "use1-az4, use1-az6", "use1-az4, use1-az4"),),
        ("Pulumi.main-use1.yaml:13: network.availability_zones: use1-az4 is listed twice; list it once",),
    ),
    Case(
        "an endpoint is misspelled",
        (swap(MAIN_USE1, "ecr.dkr", "ecr.dkt"),),
        (
            'Pulumi.main-use1.yaml:17: network.interface_endpoints[1]: cannot be "ecr.dkt"; did you mean ecr.dkr?',
        ),
    ),
    Case(
        "a gateway endpoint that AWS does not have",
        (swap(MAIN_USE1, "[s3, dynamodb]", "[s3, sqs]"),),
        ('Pulumi.main-use1.yaml:16: network.gateway_endpoints[1]: cannot be "sqs"; known: s3, dynamodb',),
    ),
    Case(
        "an endpoint listed twice",
        (swap(MAIN_USE1, "[s3, dynamodb]", "[s3, s3]"),),
        ("Pulumi.main-use1.yaml:16: network.gateway_endpoints: s3 is listed twice; list it once",),
    ),
    Case(
        "a retention that CloudWatch does not have",
        (swap(MAIN_USE1, "days: 30", "days: 31"),),
        (
            "Pulumi.main-use1.yaml:18: network.flow_log_retention_days: CloudWatch Logs cannot keep logs for 31 days; did you mean 30?",
        ),
    ),
    Case(
        "a GPU fleet with a capital letter",
        (swap(MAIN_USE1, "[training]", "[P5]"),),
        (
            'Pulumi.main-use1.yaml:19: network.gpu_fleets[0]: "P5" is not a name; use lower-case letters, digits and single dashes, a letter first',
        ),
    ),
    Case(
        "a GPU fleet listed twice",
        (swap(MAIN_USE1, "[training]", "[p5, p5]"),),
        ("Pulumi.main-use1.yaml:19: network.gpu_fleets: p5 is listed twice; list it once",),
    ),
)
