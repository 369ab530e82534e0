"""Security groups of a site's VPC (decision 8): who may talk to whom, as data."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

ANYWHERE = IPv4Network("0.0.0.0/0")
ALL_PROTOCOLS = "-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class RulePlan:
    """One rule. `peer` is a CIDR, or "self" for members of the same group; no port means all ports."""

    key: str
    direction: Literal["ingress", "egress"]
    protocol: str
    peer: IPv4Network | Literal["self"]
    description: str
    port: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SecurityGroupPlan:
    """A security group and all its rules; what is not listed is closed."""

    key: str
    description: str
    rules: tuple[RulePlan, ...]


EFA = SecurityGroupPlan(
    key="efa",
    description="EFA: all traffic between members, nothing else",
    rules=(
        RulePlan(
            key="self-in",
            direction="ingress",
            protocol=ALL_PROTOCOLS,
            peer="self",
            description="EFA from members",
        ),
        RulePlan(
            key="self-out",
            direction="egress",
            protocol=ALL_PROTOCOLS,
            peer="self",
            description="EFA to members",
        ),
    ),
)
"""EFA needs a group that admits all protocols from and to itself (EC2 User Guide, "Get started with EFA").

Kept apart from general egress, so that the group which opens everything opens it to no one else (rows N5, T12).
"""

BASE = SecurityGroupPlan(
    key="base",
    description="Nodes: egress only",
    rules=(
        RulePlan(
            key="all-out",
            direction="egress",
            protocol=ALL_PROTOCOLS,
            peer=ANYWHERE,
            description="Egress through NAT, endpoints and peerings",
        ),
    ),
)


def security_groups(vpc_cidr: IPv4Network) -> tuple[SecurityGroupPlan, ...]:
    """EFA and base for nodes, and the group of the interface endpoints, which the VPC may call by HTTPS."""
    https_in = RulePlan(
        key="https-in",
        direction="ingress",
        protocol="tcp",
        port=443,
        peer=vpc_cidr,
        description="AWS APIs from the VPC",
    )
    endpoints = SecurityGroupPlan(
        key="endpoints", description="Interface endpoints: HTTPS from the VPC", rules=(https_in,)
    )
    return (EFA, BASE, endpoints)
