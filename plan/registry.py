"""The image registry of the fleet (row K3): ECR at one site, pulled from by every account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plan import names
from plan.policies import Document
from plan.storage_policies import pull_policy
from spec import Fleet

IMAGES_KEPT = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class RepositoryPlan:
    """One repository: its name in the files, and in ECR."""

    key: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryPlan:
    """The repositories of a registry; all have one lifecycle and, where there are other accounts, one policy."""

    repositories: tuple[RepositoryPlan, ...]
    lifecycle: dict[str, Any]
    policy: Document | None


def plan_registry(fleet: Fleet, site: str) -> RegistryPlan | None:
    """The registry, if it is at this site."""
    registry = fleet.settings.registry
    if registry is None or registry.site != site:
        return None
    home = fleet.sites[site].account
    others = tuple(account.id for name, account in fleet.settings.accounts.items() if name != home)
    return RegistryPlan(
        repositories=tuple(
            RepositoryPlan(key=name, name=names.repository(name)) for name in registry.repositories
        ),
        lifecycle=_keep(IMAGES_KEPT),
        policy=pull_policy(others) if others else None,
    )


def _keep(images: int) -> dict[str, Any]:
    """ECR User Guide, "Lifecycle policies": beyond the newest `images`, an image expires."""
    return {
        "rules": [
            {
                "rulePriority": 1,
                "description": f"Keep the newest {images} images",
                "selection": {
                    "tagStatus": "any",
                    "countType": "imageCountMoreThan",
                    "countNumber": images,
                },
                "action": {"type": "expire"},
            }
        ]
    }
