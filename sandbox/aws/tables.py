"""What is added to moto, theme by theme."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from sandbox.aws import (
    alarms,
    associations,
    bucket_settings,
    buckets,
    efs,
    endpoints,
    functions,
    identity,
    images,
    inventories,
    key_access,
    keys,
    launches,
    lustre,
    managed_policies,
    nat,
    observability,
    peering,
    placement,
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
from sandbox.aws.replication import batch, carrier, configuration
from sandbox.parallelcluster import images as parallelcluster_images

THEMES: tuple[ModuleType, ...] = (
    identity,
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
