"""Rules on one site's file systems and on the fleet's registry."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import PurePosixPath

from spec.fleet import FleetSettings
from spec.problem import Finding, Path, did_you_mean
from spec.site import Site
from spec.storage import HOMES_NAME, HOMES_PATH, AccessPoint

_ACCESS_POINTS: Path = ("storage", "efs", "access_points")


def _access_points(site: Site) -> tuple[AccessPoint, ...]:
    return site.storage.efs.access_points if site.storage and site.storage.efs else ()


def storage_has_a_network(name: str, site: Site) -> Iterator[Finding]:
    """A file system lives in subnets."""
    if site.storage and site.network is None:
        yield Finding(
            site=name,
            path=("storage",),
            cause="the site has no network, and file systems live in its subnets",
            remedy="add `network` or remove `storage`",
        )


def storage_holds_something(name: str, site: Site) -> Iterator[Finding]:
    """An empty `storage` is a mistake, not a wish."""
    if site.storage and site.storage.lustre is None and site.storage.efs is None:
        yield Finding(
            site=name, path=("storage",), cause="holds nothing", remedy="add `lustre` or `efs`, or remove it"
        )


def lustre_lies_in_a_zone_of_the_network(name: str, site: Site) -> Iterator[Finding]:
    """FSx for Lustre is in one zone, in the private subnet that the network has there."""
    lustre = site.storage.lustre if site.storage else None
    zones = site.network.availability_zones if site.network else ()
    if lustre and zones and lustre.availability_zone not in zones:
        yield Finding(
            site=name,
            path=("storage", "lustre", "availability_zone"),
            cause=f"the network has no subnet in {lustre.availability_zone}",
            remedy=f"choose one of {', '.join(zones)}",
        )


def access_points_differ(name: str, site: Site) -> Iterator[Finding]:
    """Two access points of one uid would be one user; of one name, one access point. The later is reported."""
    for (first, taken), (index, point) in combinations(enumerate(_access_points(site)), 2):
        for field in ("name", "uid"):
            if getattr(point, field) == getattr(taken, field):
                yield Finding(
                    site=name,
                    path=(*_ACCESS_POINTS, index, field),
                    cause=f"{getattr(point, field)} is the {field} of access_points[{first}] too",
                    remedy=f"give each access point a {field} of its own",
                )


def access_points_see_only_their_own(name: str, site: Site) -> Iterator[Finding]:
    """A directory inside another's would be open to that one as well. The later is reported."""
    points = list(enumerate(_access_points(site)))
    for (first, taken), (index, point) in combinations(points, 2):
        if _overlap(point.path, taken.path):
            yield Finding(
                site=name,
                path=(*_ACCESS_POINTS, index, "path"),
                cause=f"{point.path} overlaps {taken.path} of access_points[{first}]",
                remedy="choose a directory beside it",
            )
    for index, point in points:
        if _overlap(point.path, HOMES_PATH):
            yield Finding(
                site=name,
                path=(*_ACCESS_POINTS, index, "path"),
                cause=f"{point.path} overlaps {HOMES_PATH}, the shared homes",
                remedy=f"choose a directory beside it, such as /teams/{point.name}",
            )


def homes_are_nobodys_access_point(name: str, site: Site) -> Iterator[Finding]:
    """The shared homes have the name already."""
    for index, point in enumerate(_access_points(site)):
        if point.name == HOMES_NAME:
            yield Finding(
                site=name,
                path=(*_ACCESS_POINTS, index, "name"),
                cause=f"{HOMES_NAME} are the shared homes, which every site with EFS has",
                remedy="remove it, or name the team",
            )


def registry_is_at_a_site(settings: FleetSettings) -> Iterator[Finding]:
    """The registry is in the account and region of one of the sites."""
    names = [entry.name for entry in settings.sites]
    if settings.registry and settings.registry.site not in names:
        name = settings.registry.site
        yield Finding(
            path=("registry", "site"), cause=f'"{name}" is not a site', remedy=did_you_mean(name, names)
        )


def registry_has_repositories(settings: FleetSettings) -> Iterator[Finding]:
    """ECR keeps images in repositories; policies and lifecycles hang on them."""
    if settings.registry and not settings.registry.repositories:
        remedy = "name at least one, or remove `registry`"
        yield Finding(path=("registry", "repositories"), cause="there is none", remedy=remedy)


def _overlap(one: str, other: str) -> bool:
    paths = PurePosixPath(one), PurePosixPath(other)
    return paths[0].is_relative_to(paths[1]) or paths[1].is_relative_to(paths[0])
