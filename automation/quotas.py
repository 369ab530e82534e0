"""Quotas of a region that a site's network can reach, what counts against them, and how to ask for more.

Source: VPC User Guide, "Amazon VPC quotas"; EC2 User Guide, "Elastic IP address quota".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from plan import names
from plan.network import NetworkPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """One quota: `default` is AWS's, `planned` how much of it a network takes, `operation` and `items` list what is
    there.
    """

    name: str
    service: str
    code: str
    default: int
    planned: Callable[[NetworkPlan], int]
    operation: str
    items: str

    def others(self, ec2: Any) -> int:
        """How much is there that is not the fleet's."""
        found = getattr(ec2, self.operation)()[self.items]
        ours = {"Key": "fleet", "Value": names.PROJECT}
        return sum(ours not in item.get("Tags", ()) for item in found)

    def value(self, service_quotas: Any) -> int:
        """What the account is allowed; AWS's default where nobody asked for more."""
        try:
            answer = service_quotas.get_service_quota(ServiceCode=self.service, QuotaCode=self.code)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchResourceException":
                raise
            return self.default
        return int(answer["Quota"]["Value"])

    def remedy(self, region: str, needed: int) -> str:
        """The command that asks for enough."""
        return (
            f"aws service-quotas request-service-quota-increase --service-code {self.service} --quota-code "
            f"{self.code} --desired-value {needed} --region {region}"
        )


QUOTAS: Final = (
    Quota(
        name="VPCs",
        service="vpc",
        code="L-F678F1CE",
        default=5,
        planned=lambda _: 1,
        operation="describe_vpcs",
        items="Vpcs",
    ),
    Quota(
        name="internet gateways",
        service="vpc",
        code="L-A4707A72",
        default=5,
        planned=lambda _: 1,
        operation="describe_internet_gateways",
        items="InternetGateways",
    ),
    Quota(
        name="elastic IP addresses",
        service="ec2",
        code="L-0263D0A3",
        default=5,
        planned=lambda network: len(network.nat_gateways),
        operation="describe_addresses",
        items="Addresses",
    ),
)


def by_place(places: Mapping[str, tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """The sites of each account and region."""
    found: dict[tuple[str, str], list[str]] = {}
    for site, place in places.items():
        found.setdefault(place, []).append(site)
    return found
