"""Types of single fields of `eks`: what AWS takes."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from spec.fields import Cidr, RoleArn, UniqueTuple, matching, refuse, text_schema
from spec.kubernetes_versions import VERSIONS

PUBLIC_CIDRS_MAX = 40
"""EKS quota "Public endpoint access CIDR ranges per cluster"; it cannot be raised."""

RESERVATION_TERMS_MAX = 30
"""Karpenter, EC2NodeClass, capacityReservationSelectorTerms."""

SYSTEM_NODES_MIN, NODES_MAX = 2, 450
"""Two replicas of CoreDNS want two nodes; EKS quota "Nodes per managed node group"."""

INSTANCE_TYPE_PATTERN = r"[a-z][a-z0-9-]*\.[a-z0-9-]+"
RESERVATION_PATTERN = r"cr-[0-9a-f]{17}"
NAMESPACE_PATTERN = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_GPU_FAMILY = re.compile(r"(?:p|g|gr|trn|inf|dl|vt)[0-9].*")


def _version(value: str) -> str:
    if value not in VERSIONS:
        known = ", ".join(VERSIONS)
        raise refuse(
            f'"{value}" is no Kubernetes version that this project was checked with',
            f"known: {known}; a new one is a row of spec/kubernetes_versions.py and of plan/addons.py",
        )
    return value


def _not_everybody(cidr: IPv4Network) -> IPv4Network:
    if cidr.prefixlen == 0:
        raise refuse(f"{cidr} is everybody", "name the networks that people and runners come from")
    return cidr


def _public(cidr: IPv4Network) -> IPv4Network:
    if cidr.prefixlen and cidr.is_private:
        raise refuse(
            f"{cidr} is private, and EKS takes public addresses only",
            "name the address that it leaves by, or remove it: inside the VPC the private endpoint answers",
        )
    return _not_everybody(cidr)


def _few(cidrs: tuple[IPv4Network, ...]) -> tuple[IPv4Network, ...]:
    if len(cidrs) > PUBLIC_CIDRS_MAX:
        raise refuse(f"has {len(cidrs)} CIDRs", f"EKS takes {PUBLIC_CIDRS_MAX}; join neighbours")
    return cidrs


def _few_reservations(ids: tuple[str, ...]) -> tuple[str, ...]:
    if len(ids) > RESERVATION_TERMS_MAX:
        raise refuse(f"has {len(ids)} reservations", f"Karpenter takes {RESERVATION_TERMS_MAX}")
    return ids


def _one_role(arn: str) -> str:
    if set(arn) & set("*?"):
        raise refuse(f'"{arn}" is a pattern', "an access entry is for one role; name it")
    return arn


def _system_instance_type(value: str) -> str:
    if _GPU_FAMILY.fullmatch(value):
        raise refuse(
            f"{value} has accelerators, which system nodes do not use",
            "write one like m5.xlarge; Karpenter launches GPU nodes",
        )
    return value


def _nodes(smallest: int) -> AfterValidator:
    def check(value: int) -> int:
        if not smallest <= value <= NODES_MAX:
            raise refuse(f"{value} nodes", f"choose from {smallest} to {NODES_MAX}")
        return value

    return AfterValidator(check)


def _gpus(value: int) -> int:
    if value < 0:
        raise refuse(f"{value} GPUs", "write 0 for none")
    return value


Version = Annotated[
    str,
    AfterValidator(_version),
    WithJsonSchema({"type": "string", "enum": list(VERSIONS)}),
]
PublicCidrs = Annotated[
    tuple[Annotated[Cidr, AfterValidator(_public)], ...],
    AfterValidator(_few),
    Field(json_schema_extra={"maxItems": PUBLIC_CIDRS_MAX}),
]
RunnerCidr = Annotated[Cidr, AfterValidator(_not_everybody)]
OneRoleArn = Annotated[RoleArn, AfterValidator(_one_role)]
InstanceType = Annotated[
    str,
    matching(INSTANCE_TYPE_PATTERN, "an instance type", "m5.xlarge"),
    AfterValidator(_system_instance_type),
    text_schema(INSTANCE_TYPE_PATTERN),
]
SystemNodes = Annotated[
    int,
    _nodes(SYSTEM_NODES_MIN),
    WithJsonSchema({"type": "integer", "minimum": SYSTEM_NODES_MIN, "maximum": NODES_MAX}),
]
Gpus = Annotated[int, AfterValidator(_gpus), WithJsonSchema({"type": "integer", "minimum": 0})]
Namespace = Annotated[
    str,
    matching(NAMESPACE_PATTERN, "the name of a Kubernetes namespace", "team-vision"),
    text_schema(NAMESPACE_PATTERN),
]
ReservationIds = Annotated[
    UniqueTuple[
        Annotated[
            str,
            matching(RESERVATION_PATTERN, "the id of a capacity reservation", "cr-0123456789abcdef0"),
            text_schema(RESERVATION_PATTERN),
        ]
    ],
    AfterValidator(_few_reservations),
]
