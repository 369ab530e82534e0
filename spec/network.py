"""The network of one site: its VPC, subnets and what they reach without the internet."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from spec.fields import Cidr, Name, RetentionDays, Spec, UniqueTuple, ZoneId

GatewayEndpoint = Literal["s3", "dynamodb"]
InterfaceEndpoint = Literal[
    "ecr.api", "ecr.dkr", "sts", "ec2", "logs", "monitoring", "ssm", "ssmmessages", "ec2messages"
]


class Network(Spec):
    """A VPC over at least two availability zones, with a private and a public subnet in each."""

    cidr: Cidr = Field(
        description="IPv4 CIDR of the VPC, /16 to /28, inside the fleet's cidr_pool and overlapping no other "
        "site. Changing it replaces the VPC."
    )
    availability_zones: UniqueTuple[ZoneId] = Field(
        description="Ids of the zones to use, at least two (EKS needs two), such as use1-az4: ids name the "
        "same zone in every account, names such as us-east-1a do not."
    )
    private_subnets: tuple[Cidr, ...] = Field(
        description="IPv4 CIDR of each zone's private subnet, in the order of the zones, /16 to /24. All "
        "compute lives here; an instance takes up to 81 addresses."
    )
    public_subnets: tuple[Cidr, ...] = Field(
        description="IPv4 CIDR of each zone's public subnet, in the order of the zones, /16 to /28. NAT "
        "gateways and internet-facing load balancers live here."
    )
    gateway_endpoints: UniqueTuple[GatewayEndpoint] = Field(
        default=(), description="Services reached through gateway endpoints, which are free."
    )
    interface_endpoints: UniqueTuple[InterfaceEndpoint] = Field(
        default=(), description="Services reached through interface endpoints, paid for per hour and zone."
    )
    flow_log_retention_days: RetentionDays = Field(
        description="Days that the VPC's flow logs are kept in CloudWatch Logs."
    )
    gpu_fleets: UniqueTuple[Name] = Field(
        default=(),
        description="Names of GPU fleets that need a cluster placement group in each zone (EKS and HyperPod; "
        "ParallelCluster makes its own).",
    )
