"""Networks that do not fit: into their site, beside each other, into the pool."""

# A message is one line, however long.
# ruff: noqa: E501

from __future__ import annotations

from tests.unit.spec.bad_inputs.case import FLEET, MAIN_USE1, MAIN_USW2, SECONDARY_USW2, Case, swap

CASES = (
    Case(
        "a VPC larger than /16",
        (
            swap(MAIN_USE1, "cidr: 10.0.0.0/16", "cidr: 10.0.0.0/15"),
            swap(MAIN_USW2, "10.1.0.0/16", "10.4.0.0/16"),
            swap(MAIN_USW2, "10.1.0.0/18, 10.1.64.0/18", "10.4.0.0/18, 10.4.64.0/18"),
            swap(MAIN_USW2, "10.1.128.0/24, 10.1.129.0/24", "10.4.128.0/24, 10.4.129.0/24"),
        ),
        (
            "Pulumi.main-use1.yaml:11: network.cidr: 10.0.0.0/15 cannot be a VPC; AWS allows /16 to /28; the fleet's plan is a /16 a site",
        ),
    ),
    Case(
        "a private subnet too small",
        (swap(MAIN_USE1, "10.0.64.0/18", "10.0.64.0/25"),),
        (
            "Pulumi.main-use1.yaml:14: network.private_subnets[1]: 10.0.64.0/25 is too small; a private subnet has /16 to /24",
        ),
    ),
    Case(
        "a public subnet too small",
        (swap(MAIN_USE1, "10.0.129.0/24", "10.0.129.0/29"),),
        (
            "Pulumi.main-use1.yaml:15: network.public_subnets[1]: 10.0.129.0/29 is too small; a public subnet has /16 to /28",
        ),
    ),
    Case(
        "a subnet too large",
        (swap(MAIN_USE1, "10.0.64.0/18", "10.0.0.0/15"),),
        (
            "Pulumi.main-use1.yaml:14: network.private_subnets[1]: 10.0.0.0/15 is outside the VPC 10.0.0.0/16; choose a part of network.cidr",
            "Pulumi.main-use1.yaml:14: network.private_subnets[1]: 10.0.0.0/15 is too large; a private subnet has /16 to /24",
            "Pulumi.main-use1.yaml:14: network.private_subnets[1]: 10.0.0.0/15 overlaps private_subnets[0] 10.0.0.0/18; choose a part of network.cidr that is free",
            "Pulumi.main-use1.yaml:15: network.public_subnets[0]: 10.0.128.0/24 overlaps private_subnets[1] 10.0.0.0/15; choose a part of network.cidr that is free",
            "Pulumi.main-use1.yaml:15: network.public_subnets[1]: 10.0.129.0/24 overlaps private_subnets[1] 10.0.0.0/15; choose a part of network.cidr that is free",
        ),
    ),
    Case(
        "a subnet outside of its VPC",
        (swap(MAIN_USE1, "10.0.64.0/18", "10.9.64.0/18"),),
        (
            "Pulumi.main-use1.yaml:14: network.private_subnets[1]: 10.9.64.0/18 is outside the VPC 10.0.0.0/16; choose a part of network.cidr",
        ),
    ),
    Case(
        "two private subnets overlap",
        (swap(MAIN_USE1, "10.0.64.0/18", "10.0.0.0/18"),),
        (
            "Pulumi.main-use1.yaml:14: network.private_subnets[1]: 10.0.0.0/18 overlaps private_subnets[0] 10.0.0.0/18; choose a part of network.cidr that is free",
        ),
    ),
    Case(
        "a public and a private subnet overlap",
        (swap(MAIN_USE1, "10.0.129.0/24", "10.0.65.0/24"),),
        (
            "Pulumi.main-use1.yaml:15: network.public_subnets[1]: 10.0.65.0/24 overlaps private_subnets[1] 10.0.64.0/18; choose a part of network.cidr that is free",
        ),
    ),
    Case(
        "one zone",
        (
            swap(MAIN_USE1, "[use1-az4, use1-az6]", "[use1-az4]"),
            swap(MAIN_USE1, "[10.0.0.0/18, 10.0.64.0/18]", "[10.0.0.0/18]"),
            swap(MAIN_USE1, "[10.0.128.0/24, 10.0.129.0/24]", "[10.0.128.0/24]"),
        ),
        (
            "Pulumi.main-use1.yaml:13: network.availability_zones: 1 zone, and EKS needs two; name at least two zones, with a private and a public subnet each",
        ),
    ),
    Case(
        "no zone",
        (
            swap(MAIN_USE1, "[use1-az4, use1-az6]", "[]"),
            swap(MAIN_USE1, "[10.0.0.0/18, 10.0.64.0/18]", "[]"),
            swap(MAIN_USE1, "[10.0.128.0/24, 10.0.129.0/24]", "[]"),
        ),
        (
            "Pulumi.main-use1.yaml:13: network.availability_zones: 0 zones, and EKS needs two; name at least two zones, with a private and a public subnet each",
        ),
    ),
    Case(
        "fewer private subnets than zones",
        (swap(MAIN_USE1, "[10.0.0.0/18, 10.0.64.0/18]", "[10.0.0.0/18]"),),
        (
            "Pulumi.main-use1.yaml:14: network.private_subnets: 1 for 2 availability zones; list one subnet a zone, in the order of the zones",
        ),
    ),
    Case(
        "more public subnets than zones",
        (swap(MAIN_USE1, "10.0.129.0/24]", "10.0.129.0/24, 10.0.130.0/24]"),),
        (
            "Pulumi.main-use1.yaml:15: network.public_subnets: 3 for 2 availability zones; list one subnet a zone, in the order of the zones",
        ),
    ),
    Case(
        "a zone of another region",
        (swap(MAIN_USE1, "use1-az6", "usw2-az1"),),
        (
            "Pulumi.main-use1.yaml:13: network.availability_zones[1]: usw2-az1 lies in us-west-2, not in us-east-1; zone ids of us-east-1 start with use1-az",
        ),
    ),
    Case(
        "a zone of no region",
        (swap(MAIN_USE1, "use1-az6", "xyz9-az1"),),
        (
            "Pulumi.main-use1.yaml:13: network.availability_zones[1]: xyz9-az1 lies in no region we know, not in us-east-1; zone ids of us-east-1 start with use1-az",
        ),
    ),
    Case(
        "a network outside of the pool",
        (
            swap(FLEET, "10.0.0.0/12", "10.0.0.0/15"),
            swap(FLEET, "10.2.0.0/16", "10.0.0.0/16"),
            swap(FLEET, "secondary-use1: ", "main-use1: "),
        ),
        (
            "Pulumi.secondary-usw2.yaml:10: network.cidr: 10.3.0.0/16 is outside cidr_pool 10.0.0.0/15; cidr_pool 10.0.0.0/15 has no /16 left; widen it",
        ),
    ),
    Case(
        "two sites share a CIDR",
        (
            swap(MAIN_USW2, "10.1.0.0/16", "10.0.0.0/16"),
            swap(MAIN_USW2, "10.1.0.0/18, 10.1.64.0/18", "10.0.0.0/18, 10.0.64.0/18"),
            swap(MAIN_USW2, "10.1.128.0/24, 10.1.129.0/24", "10.0.128.0/24, 10.0.129.0/24"),
        ),
        (
            "Pulumi.main-usw2.yaml:10: network.cidr: 10.0.0.0/16 overlaps 10.0.0.0/16 of main-use1; 10.1.0.0/16 is free",
        ),
    ),
    Case(
        "one site's CIDR lies in another's",
        (
            swap(SECONDARY_USW2, "10.3.0.0/16", "10.1.128.0/17"),
            swap(SECONDARY_USW2, "10.3.0.0/18, 10.3.64.0/18", "10.1.192.0/19, 10.1.224.0/19"),
            swap(SECONDARY_USW2, "10.3.128.0/24, 10.3.129.0/24", "10.1.128.0/24, 10.1.129.0/24"),
        ),
        (
            "Pulumi.secondary-usw2.yaml:10: network.cidr: 10.1.128.0/17 overlaps 10.1.0.0/16 of main-usw2; 10.3.0.0/17 is free",
        ),
    ),
    Case(
        "a CIDR reserved for another site",
        (swap(FLEET, "secondary-use1: 10.2.0.0/16", "secondary-use1: 10.1.0.0/16"),),
        (
            "Pulumi.main-usw2.yaml:10: network.cidr: 10.1.0.0/16 overlaps 10.1.0.0/16, which fleet.yaml reserves for secondary-use1; 10.2.0.0/16 is free",
        ),
    ),
    Case(
        "a site leaves its own reservation",
        (swap(FLEET, "secondary-use1: 10.2.0.0/16", "main-usw2: 10.2.0.0/16"),),
        (
            "Pulumi.main-usw2.yaml:10: network.cidr: 10.1.0.0/16 is outside 10.2.0.0/16, which fleet.yaml reserves for this site; use 10.2.0.0/16 or change reserved_cidrs",
        ),
    ),
    Case(
        "a pool with no room left",
        (
            swap(FLEET, "10.0.0.0/12", "10.0.0.0/16"),
            swap(FLEET, "reserved_cidrs:\n  secondary-use1: 10.2.0.0/16\n", ""),
            swap(
                FLEET,
                "  - [main-use1, main-usw2]\n  - [main-use1, secondary-usw2]\n  - [main-usw2, secondary-usw2]",
                "  []",
            ),
        ),
        (
            "Pulumi.main-usw2.yaml:10: network.cidr: 10.1.0.0/16 is outside cidr_pool 10.0.0.0/16; cidr_pool 10.0.0.0/16 has no /16 left; widen it",
            "Pulumi.main-usw2.yaml:29: eks.inference: main-usw2--inference is private, and main-usw2 is not peered with the hub main-use1; add [main-use1, main-usw2] to `peerings` in fleet.yaml",
            "Pulumi.secondary-usw2.yaml:10: network.cidr: 10.3.0.0/16 is outside cidr_pool 10.0.0.0/16; cidr_pool 10.0.0.0/16 has no /16 left; widen it",
            "Pulumi.secondary-usw2.yaml:30: eks.training: secondary-usw2--training is private, and secondary-usw2 is not peered with the hub main-use1; add [main-use1, secondary-usw2] to `peerings` in fleet.yaml",
        ),
    ),
    Case(
        "the hub has no network",
        (
            swap(
                MAIN_USE1,
                "    network:\n      cidr: 10.0.0.0/16\n      # Zone ids name the same zone in every account; names such as us-east-1a do not.\n      availability_zones: [use1-az4, use1-az6]\n      private_subnets: [10.0.0.0/18, 10.0.64.0/18]\n      public_subnets: [10.0.128.0/24, 10.0.129.0/24]\n      gateway_endpoints: [s3, dynamodb]\n      interface_endpoints: [ecr.api, ecr.dkr, sts, ec2, logs, monitoring, ssm, ssmmessages, ec2messages]\n      flow_log_retention_days: 30\n      gpu_fleets: [training]\n",
                "",
            ),
        ),
        (
            "Pulumi.main-use1.yaml:9: hub: the hub has no network, and Argo CD needs one; add `network` or make another site the hub",
            "Pulumi.main-use1.yaml:10: storage: the site has no network, and file systems live in its subnets; add `network` or remove `storage`",
            "Pulumi.main-use1.yaml:20: eks: the site has no network, and clusters live in its subnets; add `network` or remove `eks`",
            "Pulumi.main-use1.yaml:22: parallelcluster: the site has no network, and nodes live in its subnets; add `network` or remove `parallelcluster`",
            "fleet.yaml:33: peerings[0][0]: main-use1 has no network; add `network` to Pulumi.main-use1.yaml or remove the pair",
            "fleet.yaml:34: peerings[1][0]: main-use1 has no network; add `network` to Pulumi.main-use1.yaml or remove the pair",
        ),
    ),
)
