"""Clients of sites: each account is entered as a rollout enters it, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from automation.clients import Clients, enter
from automation.errors import FleetError
from plan import FleetPlan, names
from plan.replication import ReplicationPlan

ClientOf = Callable[[str, str], Any]
"""A client of a service, in the account and region of a site: (service, site)."""


class Sites:
    """Makes clients of sites under the execution role of their accounts."""

    def __init__(self, plan: FleetPlan, base: Clients) -> None:
        self._plan = plan
        self._base = base
        self._entered: dict[str, Clients] = {}

    def client(self, service: str, site: str) -> Any:
        """A client in the site's account and region."""
        return self.client_in(service, site, self._plan.sites[site].provider.region)

    def client_in(self, service: str, site: str, region: str) -> Any:
        """A client in the site's account and another region."""
        return self.clients(site).client(service, region)

    def clients(self, site: str) -> Clients:
        """Clients of the site's account. Raises FleetError when it cannot be entered."""
        provider = self._plan.sites[site].provider
        if provider.account_id not in self._entered:
            role = names.role_arn(provider.account_id, names.EXECUTION_ROLE)
            self._entered[provider.account_id] = enter(self._base, role, provider.region)
        return self._entered[provider.account_id]


def replication_of(plan: FleetPlan) -> ReplicationPlan:
    """The fleet's replication. Raises FleetError for a fleet without data."""
    found = plan.links.replication
    if found is None:
        raise FleetError("the fleet has no data", remedy="add `data` to fleet.yaml")
    return found
