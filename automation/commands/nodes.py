"""`fleet nodes`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from automation import consent, screen
from automation.commands.common import say
from automation.connection import connect
from automation.data.sites import Sites
from automation.errors import FleetError
from automation.nodes import actions
from automation.nodes.actions import Verb
from automation.nodes.clusters import clusters_of
from automation.nodes.model import Cluster, Health, Node
from automation.nodes.survey import SiteNodes, survey
from automation.nodes.tools import SiteTools
from automation.session import Options, Session, open_session
from plan import plan_fleet
from spec.problem import did_you_mean

STYLES = {
    Health.NOT_READY: "bold red",
    Health.UNKNOWN: "yellow",
    Health.STARTING: "cyan",
    Health.STOPPING: "dim",
}


def show(options: Options, *, cluster: str | None, as_json: bool) -> int:
    """Print the nodes of the selected sites, or of one cluster; 1 when a site could not be read."""
    session = open_session(options)
    chosen = chosen_clusters(session, cluster)
    tools = tools_of(session, chosen)
    found = survey(chosen, tools.read, tools.conditions)
    now = datetime.now(UTC)
    if as_json:
        typer.echo(json.dumps(to_json(found, now), indent=2))
    else:
        screen.console().print(table(found, now))
        for site in found:
            if site.failure:
                screen.console().print(f"{site.site}: {site.failure}", soft_wrap=True, markup=False)
    return 1 if any(site.failure for site in found) else 0


def act(options: Options, verb: Verb, node_id: str, *, yes: bool) -> int:
    """Find the node among the fleet's, say what will be done to it, ask, and do it."""
    session = open_session(options)
    chosen = clusters_of(session.fleet)
    tools = tools_of(session, chosen)
    found = survey(chosen, tools.read, tools.conditions)
    node = actions.find(found, node_id)
    steps = actions.plan(verb, node, found, tools)
    say(f"{node.id}: {node.instance_type} of {node.cluster.name}, {node.group}, {node.state}, {node.health}")
    for step in steps:
        say(f"  {step.text}")
    consent.require(f"{verb.capitalize()} {node.id}?", yes=yes)
    for step in steps:
        step.run()
        say(f"done: {step.text}")
    return 0


def chosen_clusters(session: Session, name: str | None) -> dict[str, tuple[Cluster, ...]]:
    """The clusters of the selected sites, or the one of that name. Raises FleetError for an unknown name."""
    every = clusters_of(session.fleet)
    known = [cluster.name for clusters in every.values() for cluster in clusters]
    if name is not None and name not in known:
        raise FleetError(f"the fleet has no cluster {name}", remedy=did_you_mean(name, known))
    return {
        site: tuple(cluster for cluster in clusters if name in (None, cluster.name))
        for site, clusters in every.items()
        if site in session.selected
    }


def tools_of(session: Session, clusters: Mapping[str, Sequence[Cluster]]) -> SiteTools:
    """Clients of the sites that have these clusters."""
    tools = SiteTools(Sites(plan_fleet(session.fleet), connect(session).base))
    tools.enter(clusters)
    return tools


def table(found: Iterable[SiteNodes], now: datetime) -> Table:
    """One line a node, whose id is never cut: it is what people copy. One line a site that could not be read."""
    shown = Table(
        *(Column(name, overflow="fold") for name in ("cluster", "kind", "group", "type")),
        Column("id", no_wrap=True),
        *("zone", "state", "health", "age", "detail"),
    )
    for site in found:
        if site.failure:
            shown.add_row(site.site, *[""] * 5, "not read", "unknown", "", "see below", style="yellow")
        for node in site.nodes:
            cells = (
                node.cluster.name, node.cluster.kind, node.group, node.instance_type, node.id, node.zone,
                node.state, node.health, age_text(age_s(node, now)), node.detail,
            )  # fmt: skip
            shown.add_row(*map(escape, cells), style=STYLES.get(node.health, ""))
    return shown


def to_json(found: Iterable[SiteNodes], now: datetime) -> dict[str, Any]:
    """The same for machines; `failed` are the sites that could not be read."""
    sites = tuple(found)
    return {
        "nodes": [_row(node, now) for site in sites for node in site.nodes],
        "failed": [{"site": site.site, "cause": site.failure} for site in sites if site.failure],
    }


def age_s(node: Node, now: datetime) -> int | None:
    """Seconds since the instance was launched; None when nobody says when."""
    return None if node.launched_at is None else max(0, int((now - node.launched_at).total_seconds()))


def age_text(seconds: int | None) -> str:
    """Two units at most: `3d 4h`, `12m`, `40s`."""
    if seconds is None:
        return ""
    amounts = (
        ("d", seconds // 86_400),
        ("h", seconds // 3_600 % 24),
        ("m", seconds // 60 % 60),
        ("s", seconds % 60),
    )
    first = next((index for index, (_, amount) in enumerate(amounts) if amount), len(amounts) - 1)
    shown = [f"{amount}{unit}" for unit, amount in amounts[first : first + 2] if amount]
    return " ".join(shown) or "0s"


def _row(node: Node, now: datetime) -> dict[str, Any]:
    return {
        "site": node.cluster.site,
        "cluster": node.cluster.name,
        "kind": node.cluster.kind,
        "group": node.group,
        "instance_type": node.instance_type,
        "id": node.id,
        "host": node.host,
        "zone": node.zone,
        "state": node.state,
        "health": str(node.health),
        "detail": node.detail,
        "launched_at": node.launched_at.isoformat() if node.launched_at else None,
        "age_s": age_s(node, now),
    }
