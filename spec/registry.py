"""The image registry of the fleet: Amazon ECR of one site, for both accounts."""

from __future__ import annotations

from pydantic import Field

from spec.fields import Name, SiteName, Spec, UniqueTuple


class Registry(Spec):
    """Where images are kept, and which repositories there are."""

    site: SiteName = Field(description="Site whose account and region hold the images.")
    repositories: UniqueTuple[Name] = Field(
        description="Names of the repositories, such as training; in ECR they are ml-clusters/<name>."
    )
