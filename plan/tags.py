"""Tags: who owns a resource, and which resource of which stack it is."""

from __future__ import annotations

from plan import names
from spec import Fleet

URN_TAG = "fleet:urn"
TAG_VALUE_LENGTH = 256
"""Longest tag value (AWS General Reference, tagging)."""


def resource_id(stack: str, resource_type: str, logical_name: str) -> str:
    """Value of `fleet:urn`: the resource's URN without its parents' types.

    A URN joins parent types with `$`, which IAM and others refuse in a tag value, and can outgrow 256
    characters. Stack, type and logical name identify a resource just as well: a logical name starts with its
    layer's.
    """
    value = f"{stack}::{names.PROJECT}::{resource_type}::{logical_name}"
    if len(value) > TAG_VALUE_LENGTH:
        raise ValueError(f"tag {URN_TAG}={value} has {len(value)} characters; AWS allows {TAG_VALUE_LENGTH}")
    return value


def fleet_urn(urn: str) -> str:
    """The `fleet:urn` that the resource with this engine URN carries: how a pending create is found again."""
    _, _, rest = urn.split(":", 2)
    stack, _, types, logical_name = rest.split("::", 3)
    return resource_id(stack, types.rsplit("$", 1)[-1], logical_name)


def default_tags(*, site: str, environment: str, owner: str, repository: str) -> dict[str, str]:
    """Tags that a site's provider puts on everything it makes."""
    return {
        "fleet": names.PROJECT,
        "fleet:site": site,
        "environment": environment,
        "owner": owner,
        "repository": repository,
    }


def of_site(fleet: Fleet, site: str) -> dict[str, str]:
    """The default tags of a site of the fleet."""
    return default_tags(
        site=site,
        environment=fleet.sites[site].environment,
        owner=fleet.settings.owner,
        repository=fleet.settings.repository,
    )
