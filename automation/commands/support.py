"""What AWS's calendar says of the Kubernetes versions of a fleet's clusters. No AWS library is loaded here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from automation.errors import FleetError
from automation.session import Session
from plan import names
from plan.kubernetes_versions import Notice, notices

Say = Callable[[str], Any]


def selected_sites(session: Session) -> tuple[str, ...]:
    """The sites among the stacks that were asked for."""
    return tuple(name for name in session.selected if name in session.fleet.sites)


def versions(session: Session, today: date, say: Say) -> None:
    """Say what the support calendar says. Raises FleetError for a version that AWS does not support any more."""
    found: list[Notice] = []
    for site in selected_sites(session):
        for short, cluster in (session.fleet.sites[site].eks or {}).items():
            found += notices(names.cluster(site, short), cluster, today)
    for notice in found:
        if not notice.is_refusal:
            say(f"note: {notice}")
    refusals = [notice for notice in found if notice.is_refusal]
    if refusals:
        raise FleetError("\n".join(map(str, refusals)))
