"""What is added to moto, theme by theme."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from sandbox.aws import (
    access_entries,
    alarms,
    associations,
    bucket_settings,
    buckets,
    efs,
    eks_addons,
    eks_clusters,
    eks_identities,
    eks_nodegroups,
    eks_planes,
    eks_state,
    eks_updates,
    endpoints,
    functions,
    identity,
    images,
    inventories,
    key_access,
    keys,
    launch_templates,
    launches,
    lustre,
    managed_policies,
    nat,
    observability,
    peering,
    placement,
    presigned,
    principals,
    quotas,
    reservations,
    schedules,
    security_groups,
    service_roles,
    stacks,
    tags,
    volumes,
    vpc,
)
from sandbox.aws.dispatch import Key, Operation, Refusal
from sandbox.aws.hyperpod import nodes as hyperpod_nodes
from sandbox.aws.hyperpod import operations as hyperpod_clusters
from sandbox.aws.replication import batch, carrier, configuration
from sandbox.parallelcluster import images as parallelcluster_images

THEMES: tuple[ModuleType, ...] = (
    identity,
    presigned,
    managed_policies,
    principals,
    service_roles,
    buckets,
    bucket_settings,
    inventories,
    configuration,
    carrier,
    batch,
    keys,
    key_access,
    quotas,
    vpc,
    nat,
    endpoints,
    security_groups,
    peering,
    placement,
    tags,
    observability,
    functions,
    schedules,
    alarms,
    volumes,
    lustre,
    associations,
    efs,
    images,
    hyperpod_clusters,
    hyperpod_nodes,
    launch_templates,
    eks_state,
    eks_planes,
    eks_clusters,
    eks_updates,
    eks_nodegroups,
    eks_addons,
    eks_identities,
    access_entries,
    launches,
    reservations,
    stacks,
    parallelcluster_images,
)


def refusals() -> Mapping[Key, tuple[Refusal, ...]]:
    """All refusals; an operation that several themes check has all of theirs, in the order of `THEMES`."""
    merged: dict[Key, tuple[Refusal, ...]] = {}
    for theme in THEMES:
        for key, rules in theme.REFUSALS.items():
            merged[key] = (*merged.get(key, ()), *rules)
    return merged


def operations() -> Mapping[Key, Operation]:
    """All operations. Each is carried out by one theme."""
    merged: dict[Key, Operation] = {}
    for theme in THEMES:
        if twice := merged.keys() & theme.OPERATIONS.keys():
            raise AssertionError(f"two themes carry out {sorted(twice)}")
        merged |= theme.OPERATIONS
    return merged
