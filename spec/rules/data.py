"""Rules on the central bucket, its replicas and the alerts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spec.fleet import FleetSettings
from spec.problem import Finding, did_you_mean
from spec.site import Site


def data_is_in_sites(settings: FleetSettings) -> Iterator[Finding]:
    """A bucket belongs to a site, whose account, region and key it has."""
    if settings.data is None:
        return
    names = [entry.name for entry in settings.sites]
    places: list[tuple[tuple[str | int, ...], str]] = [(("data", "central"), settings.data.central)]
    places += [(("data", "replicas", index), name) for index, name in enumerate(settings.data.replicas)]
    for path, name in places:
        if name not in names:
            yield Finding(path=path, cause=f'"{name}" is not a site', remedy=did_you_mean(name, names))


def there_are_replicas(settings: FleetSettings) -> Iterator[Finding]:
    """Without one there is nothing to replicate to."""
    if settings.data and not settings.data.replicas:
        yield Finding(
            path=("data", "replicas"),
            cause="there is none",
            remedy="name at least one site, or remove `data`",
        )


def central_is_no_replica(settings: FleetSettings) -> Iterator[Finding]:
    """S3 refuses a bucket that is its own destination."""
    if settings.data and settings.data.central in settings.data.replicas:
        index = settings.data.replicas.index(settings.data.central)
        yield Finding(
            path=("data", "replicas", index),
            cause=f"{settings.data.central} is the central site, and a bucket is no replica of itself",
            remedy="remove it from `replicas` or name another central site",
        )


def data_has_alerts(settings: FleetSettings) -> Iterator[Finding]:
    """Replication fails silently: objects stay FAILED until somebody looks."""
    if settings.data and settings.alerts is None:
        yield Finding(
            path=("data",),
            cause="there is no `alerts`, so nobody would hear that replication has stopped",
            remedy="add `alerts: {emails: [...]}`",
        )


def alerts_reach_somebody(settings: FleetSettings) -> Iterator[Finding]:
    """A topic without subscribers is silence that looks like health."""
    if settings.alerts and not settings.alerts.emails:
        yield Finding(
            path=("alerts", "emails"), cause="there is none", remedy="name at least one, or remove `alerts`"
        )


def buckets_have_their_own_names(settings: FleetSettings, sites: Mapping[str, Site]) -> Iterator[Finding]:
    """A bucket is named after its account and region, so two sites of one place would share it."""
    if settings.data is None:
        return
    owners = {_place(sites[name]): name for name in (settings.data.central,) if name in sites}
    for index, name in enumerate(settings.data.replicas):
        if name not in sites or name == settings.data.central:
            continue
        first = owners.setdefault(_place(sites[name]), name)
        if first != name:
            account, region = _place(sites[name])
            yield Finding(
                path=("data", "replicas", index),
                cause=f"{name} is in account {account} and {region}, where {first} has the bucket already",
                remedy="remove one of the two; sites of one place share a bucket",
            )


def _place(site: Site) -> tuple[str, str]:
    return (site.account, site.region)
