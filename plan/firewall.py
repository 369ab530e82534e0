"""Security groups of a site's VPC (decision 8): who may talk to whom, as data."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from spec import Storage

ANYWHERE = IPv4Network("0.0.0.0/0")
ALL_PROTOCOLS = "-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class RulePlan:
    """One rule. `peer` is a CIDR, or the key of the group whose members it is about.

    `ports` are the first and the last; None means all.
    """

    key: str
    direction: Literal["ingress", "egress"]
    protocol: str
    peer: IPv4Network | str
    description: str
    ports: tuple[int, int] | None = None


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
            peer="efa",
            description="EFA from members",
        ),
        RulePlan(
            key="self-out",
            direction="egress",
            protocol=ALL_PROTOCOLS,
            peer="efa",
            description="EFA to members",
        ),
    ),
)
"""EFA needs a group that admits all protocols from and to itself (EC2 User Guide, "Get started with EFA").

Kept apart from general egress, so that the group which opens everything opens it to no one else (rows N5, T12).
"""

LUSTRE_PORTS = ((988, 988), (1018, 1023))
"""FSx for Lustre User Guide, "File system access control with Amazon VPC": between servers and clients, and between
servers, both directions.
"""

NFS_PORT = 2049
Direction = Literal["ingress", "egress"]
NFS_DIRECTIONS: tuple[tuple[Direction, str, str], ...] = (("ingress", "in", "from"), ("egress", "out", "to"))
"""Answers need no rule, but ParallelCluster refuses a file system whose mount targets have none (EfsIdValidator)."""

_ALL_OUT = RulePlan(
    key="all-out",
    direction="egress",
    protocol=ALL_PROTOCOLS,
    peer=ANYWHERE,
    description="Egress through NAT, endpoints and peerings",
)


def security_groups(vpc_cidr: IPv4Network, storage: Storage | None) -> tuple[SecurityGroupPlan, ...]:
    """EFA and base for nodes, the interface endpoints', which the VPC may call by HTTPS, and one a file system."""
    has_lustre = storage is not None and storage.lustre is not None
    from_servers = _lustre_rules("ingress", "lustre") if has_lustre else ()
    base = SecurityGroupPlan(
        key="base", description="Nodes: egress, and Lustre servers", rules=(_ALL_OUT, *from_servers)
    )
    https_in = RulePlan(
        key="https-in",
        direction="ingress",
        protocol="tcp",
        ports=(443, 443),
        peer=vpc_cidr,
        description="AWS APIs from the VPC",
    )
    endpoints = SecurityGroupPlan(
        key="endpoints", description="Interface endpoints: HTTPS from the VPC", rules=(https_in,)
    )
    return (EFA, base, endpoints, *_file_systems(storage))


def _file_systems(storage: Storage | None) -> tuple[SecurityGroupPlan, ...]:
    """Nodes reach file systems through the base group; Lustre's servers reach each other and answer nodes."""
    groups: list[SecurityGroupPlan] = []
    if storage and storage.lustre:
        directions: tuple[Literal["ingress", "egress"], ...] = ("ingress", "egress")
        rules = (_lustre_rules(way, peer) for way in directions for peer in ("base", "lustre"))
        groups.append(
            SecurityGroupPlan(
                key="lustre",
                description="FSx for Lustre: nodes and its own servers",
                rules=tuple(rule for some in rules for rule in some),
            )
        )
    if storage and storage.efs:
        nfs = (
            RulePlan(
                key=f"nfs-{side}",
                direction=direction,
                protocol="tcp",
                ports=(NFS_PORT, NFS_PORT),
                peer="base",
                description=f"NFS {way} nodes",
            )
            for direction, side, way in NFS_DIRECTIONS
        )
        groups.append(SecurityGroupPlan(key="efs", description="EFS: NFS from nodes", rules=tuple(nfs)))
    return tuple(groups)


def _lustre_rules(direction: Literal["ingress", "egress"], peer: str) -> tuple[RulePlan, ...]:
    side = {"ingress": "in", "egress": "out"}[direction]
    return tuple(
        RulePlan(
            key=f"{peer}-{first}-{side}",
            direction=direction,
            protocol="tcp",
            ports=(first, last),
            peer=peer,
            description=f"Lustre {'from' if side == 'in' else 'to'} {peer}",
        )
        for first, last in LUSTRE_PORTS
    )
