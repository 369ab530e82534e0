"""The image registry of the fleet: Amazon ECR of one site, for both accounts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from spec.fields import Name, SiteName, Spec, UniqueTuple

Upstream = Literal["public.ecr.aws", "quay.io", "registry.k8s.io"]
"""Registries that ECR caches without credentials (ECR User Guide, "Creating a pull through cache rule")."""


class Registry(Spec):
    """Where images are kept, and which repositories there are."""

    site: SiteName = Field(description="Site whose account and region hold the images.")
    repositories: UniqueTuple[Name] = Field(
        description="Names of the repositories, such as training; in ECR they are ml-clusters/<name>."
    )
    pull_through_cache: UniqueTuple[Upstream] = Field(
        default=(),
        description="Public registries whose images ECR fetches once and keeps: only those that need no "
        "credentials.",
    )
