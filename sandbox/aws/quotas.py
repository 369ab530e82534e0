"""Service quotas that the fleet can reach: AWS's default values, and the error beyond them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import backend_of
from sandbox.aws.errors import Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """A quota and how much of it is used where a call wants more."""

    code: str
    """Its code in Service Quotas."""
    value: int
    used: Callable[[Any, Call], int]
    error: str
    message: str


def _gateways_in_zone(backend: Any, call: Call) -> int:
    zone = backend.get_subnet(call.params["SubnetId"]).availability_zone
    return sum(
        gateway.state != "deleted" and backend.get_subnet(gateway.subnet_id).availability_zone == zone
        for gateway in backend.nat_gateways.values()
    )


QUOTAS: dict[str, Quota] = {
    "AllocateAddress": Quota(
        code="L-0263D0A3",
        value=5,
        used=lambda backend, _: len(backend.addresses),
        error="AddressLimitExceeded",
        message="The maximum number of addresses has been reached.",
    ),
    "CreateInternetGateway": Quota(
        code="L-A4707A72",
        value=5,
        used=lambda backend, _: len(backend.internet_gateways),
        error="InternetGatewayLimitExceeded",
        message="The maximum number of internet gateways has been reached.",
    ),
    "CreateNatGateway": Quota(
        code="L-FE5A380F",
        value=5,
        used=_gateways_in_zone,
        error="NatGatewayLimitExceeded",
        message="The maximum number of NAT Gateways has been reached.",
    ),
    "CreateVpc": Quota(
        code="L-F678F1CE",
        value=5,
        used=lambda backend, _: len(backend.vpcs),
        error="VpcLimitExceeded",
        message="The maximum number of VPCs has been reached.",
    ),
}
"""EC2 operation -> the quota of a region (of a zone for NAT gateways). Source: VPC User Guide, "Amazon VPC quotas"."""


def _within(quota: Quota) -> Refusal:
    def refuse(call: Call) -> None:
        if quota.used(backend_of(call), call) >= quota.value:
            raise Refused(quota.error, quota.message)

    return refuse


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("ec2", operation): (_within(quota),) for operation, quota in QUOTAS.items()
}
OPERATIONS: dict[Key, Operation] = {}
