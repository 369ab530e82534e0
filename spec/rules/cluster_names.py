"""What rules on clusters of every kind say about names."""

from __future__ import annotations

from collections.abc import Iterator

from spec.problem import Finding, Path


def too_long(site: str, path: Path, short: str, *, most: int) -> Iterator[Finding]:
    """A finding when the cluster's whole name, `<site>--<short>`, has more than `most` characters."""
    full = f"{site}--{short}"
    if len(full) > most:
        yield Finding(
            site=site,
            path=path,
            cause=f"the cluster's name {full} has {len(full)} characters",
            remedy=f"shorten it or the site's to {most} together",
        )
