"""What must hold between fields and between sites: small pure functions in three tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from spec.fleet import FleetSettings
from spec.problem import Finding
from spec.rules import (
    addresses,
    data,
    eks,
    hyperpod,
    hyperpod_options,
    parallelcluster,
    peerings,
    settings,
    sites,
    storage,
)
from spec.site import Site

SiteRule = Callable[[str, Site], Iterator[Finding]]
SettingsRule = Callable[[FleetSettings], Iterator[Finding]]
FleetRule = Callable[[FleetSettings, Mapping[str, Site]], Iterator[Finding]]

SITE_RULES: tuple[SiteRule, ...] = (
    sites.hub_has_a_network,
    addresses.at_least_two_zones,
    addresses.zones_lie_in_the_region,
    addresses.one_subnet_a_zone,
    addresses.vpc_has_a_possible_size,
    addresses.subnets_have_a_possible_size,
    addresses.subnets_lie_in_the_vpc,
    addresses.subnets_are_disjoint,
    storage.storage_has_a_network,
    storage.storage_holds_something,
    storage.lustre_lies_in_a_zone_of_the_network,
    storage.access_points_differ,
    storage.access_points_see_only_their_own,
    storage.homes_are_nobodys_access_point,
    eks.clusters_have_a_network,
    eks.clusters_have_a_purpose,
    eks.there_are_clusters,
    eks.cluster_names_are_short,
    eks.system_nodes_are_in_order,
    eks.hub_has_nodes_for_argo_cd,
    eks.access_roles_differ,
    eks.execution_role_is_in_already,
    hyperpod.hyperpod_has_a_place,
    hyperpod.hyperpod_holds_something,
    hyperpod.hyperpod_names_are_short,
    hyperpod.hyperpod_lies_in_a_zone_of_the_network,
    hyperpod.eks_cluster_is_the_site_s,
    hyperpod.eks_clusters_have_one_hyperpod,
    hyperpod.slurm_groups_know_what_they_are,
    hyperpod.slurm_has_one_controller_and_workers,
    hyperpod_options.options_fit_the_orchestrator,
    hyperpod_options.options_fit_the_provisioning,
    hyperpod_options.autoscaled_groups_are_karpenter_s,
    hyperpod_options.autoscaled_groups_start_empty_and_plain,
    hyperpod_options.groups_ask_for_what_there_is,
    hyperpod_options.users_differ,
    hyperpod_options.users_are_in_teams_of_the_site,
    parallelcluster.slurm_clusters_have_a_network,
    parallelcluster.slurm_clusters_train,
    parallelcluster.there_are_slurm_clusters,
    parallelcluster.slurm_clusters_lie_in_a_zone_of_the_network,
    parallelcluster.slurm_cluster_names_are_short_enough,
    parallelcluster.slurm_accounting_is_one,
)
SETTINGS_RULES: tuple[SettingsRule, ...] = (
    settings.account_ids_differ,
    settings.state_account_exists,
    settings.there_are_operators,
    settings.operators_are_in_the_state_account,
    settings.pool_is_private,
    settings.reservations_are_for_sites,
    settings.reservations_lie_in_the_pool,
    settings.reservations_are_disjoint,
    settings.there_are_sites,
    settings.sites_are_listed_once,
    settings.after_names_other_sites,
    settings.order_has_no_cycle,
    peerings.partners_are_sites,
    peerings.partners_differ,
    peerings.pairs_are_listed_once,
    peerings.few_enough_for_peering,
    data.data_is_in_sites,
    data.there_are_replicas,
    data.central_is_no_replica,
    data.data_has_alerts,
    data.alerts_reach_somebody,
    storage.registry_is_at_a_site,
    storage.registry_has_repositories,
)
FLEET_RULES: tuple[FleetRule, ...] = (
    sites.accounts_exist,
    sites.purposes_differ,
    sites.one_hub,
    sites.networks_lie_in_the_pool,
    sites.networks_are_disjoint,
    sites.reservations_are_kept,
    peerings.partners_have_networks,
    data.buckets_have_their_own_names,
    eks.hub_reaches_private_clusters,
    eks.services_lie_outside_the_pool,
    hyperpod.training_plans_are_the_site_s,
    hyperpod.lifecycle_scripts_have_a_bucket,
    parallelcluster.one_parallelcluster_api_in_a_region,
    parallelcluster.parallelcluster_takes_the_boundary,
)
"""Given the sites that could be read: a rule about all of them holds back while one is missing."""
