"""A site: where it is, who makes it, and its layers."""

from __future__ import annotations

from dataclasses import dataclass

from plan import names, tags
from plan.alerts import AlertsPlan, plan_alerts
from plan.data import DataPlan, bucket_key_use, plan_data
from plan.eks import EksPlan, plan_eks
from plan.hyperpod import HyperPodPlan, plan_hyperpod
from plan.iam import iam_account
from plan.keys import KeyPlan, plan_key
from plan.network import NetworkPlan, plan_network
from plan.parallelcluster import ParallelClusterPlan, plan_parallelcluster
from plan.registry import RegistryPlan, plan_registry
from plan.roles import RolesPlan, plan_roles
from plan.storage import StoragePlan, plan_storage
from spec import Fleet


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderPlan:
    """How a provider enters an account: the role it assumes, the only account it may be in, its tags."""

    account_id: str
    region: str
    role_arn: str
    tags: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class SitePlan:
    """One site's stack: each layer that the site has; None where it has not.

    With `protect_state`, what holds state survives a delete by mistake; dev sites can be thrown away.
    """

    name: str
    provider: ProviderPlan
    protect_state: bool
    network: NetworkPlan | None
    keys: KeyPlan
    roles: RolesPlan | None
    alerts: AlertsPlan | None
    data: DataPlan | None
    storage: StoragePlan | None
    registry: RegistryPlan | None
    eks: EksPlan | None
    hyperpod: HyperPodPlan | None
    parallelcluster: ParallelClusterPlan | None


def plan_site(fleet: Fleet, name: str) -> SitePlan:
    """The plan of one site of the fleet."""
    site = fleet.sites[name]
    provider = _provider(fleet, name)
    iam = iam_account(fleet, provider.account_id)
    network = plan_network(name, iam, site, site.network) if site.network else None
    storage = plan_storage(fleet, name)
    return SitePlan(
        name=name,
        provider=provider,
        protect_state=site.environment == "prod",
        network=network,
        keys=plan_key(name, provider.account_id, site.region, bucket_key_use(fleet, name)),
        roles=plan_roles(fleet, name),
        alerts=plan_alerts(fleet, name),
        data=plan_data(fleet, name),
        storage=storage,
        registry=plan_registry(fleet, name),
        eks=plan_eks(fleet, name),
        hyperpod=plan_hyperpod(fleet, name, storage),
        parallelcluster=plan_parallelcluster(fleet, name, provider.role_arn),
    )


def _provider(fleet: Fleet, site_name: str) -> ProviderPlan:
    site = fleet.sites[site_name]
    account_id = fleet.settings.accounts[site.account].id
    return ProviderPlan(
        account_id=account_id,
        region=site.region,
        role_arn=names.role_arn(account_id, names.EXECUTION_ROLE),
        tags=tags.of_site(fleet, site_name),
    )
