"""`fleet status`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import typer
from rich.markup import escape
from rich.table import Table

from automation import screen
from automation.commands.common import whole
from automation.commands.nodes import tools_of
from automation.nodes.clusters import clusters_of
from automation.nodes.status import ClusterState, Wellness, assess
from automation.nodes.survey import survey
from automation.seam import Deployed
from automation.session import Options, Session, open_session

STYLES = {
    Wellness.CHANGING: "cyan",
    Wellness.DEGRADED: "yellow",
    Wellness.FAILED: "bold red",
    Wellness.ABSENT: "dim",
    Wellness.UNKNOWN: "yellow",
}


def run(options: Options, *, as_json: bool) -> int:
    """Print what the state backend knows of the selected stacks, and how the clusters of their sites are.

    Raises Undecided for a damaged state.
    """
    session = open_session(options)
    found = whole(session).deployed(with_history=True)
    stacks = {name: found.get(name) for name in session.selected}
    clusters = cluster_states(session, stacks)
    if as_json:
        rows = [_row(name, deployed, clusters.get(name, ())) for name, deployed in stacks.items()]
        typer.echo(json.dumps(rows, indent=2))
        return 0
    console = screen.console()
    console.print(screen.status_table(stacks))
    if any(clusters.values()):
        console.print(cluster_table(clusters))
    return 0


def cluster_states(
    session: Session, stacks: Mapping[str, Deployed | None]
) -> dict[str, tuple[ClusterState, ...]]:
    """The clusters of the selected sites; AWS is asked about sites that are deployed."""
    every = {site: found for site, found in clusters_of(session.fleet).items() if site in stacks and found}
    deployed = {site: found for site, found in every.items() if is_deployed(stacks[site])}
    states: dict[str, tuple[ClusterState, ...]] = assess(
        {site: found for site, found in every.items() if site not in deployed}, (), lambda _: None
    )
    if deployed:
        tools = tools_of(session, deployed)
        states |= assess(deployed, survey(deployed, tools.read, tools.conditions), tools.describe)
    return {site: states[site] for site in every}


def cluster_table(states: Mapping[str, Sequence[ClusterState]]) -> Table:
    """A line a cluster."""
    columns = ("site", "cluster", "kind", "version", "status", "nodes", "health", "detail")
    table = Table(*columns, title="Clusters", title_justify="left")
    for found in states.values():
        for state in found:
            about = state.described
            cells = (
                state.cluster.site,
                state.cluster.name,
                state.cluster.kind,
                about.version if about else "",
                about.status if about else "",
                f"{state.ready}/{state.total}" if about else "",
                str(state.health),
                state.detail,
            )
            table.add_row(*map(escape, cells), style=STYLES.get(state.health, ""))
    return table


def is_deployed(found: Deployed | None) -> bool:
    """Whether a stack has resources."""
    return bool(found and found.resources)


def _row(stack: str, found: Deployed | None, clusters: Sequence[ClusterState]) -> dict[str, object]:
    return {
        "stack": stack,
        "deployed": is_deployed(found),
        "resources": found.resources if found else 0,
        "updated_at": found.updated_at.isoformat() if found and found.updated_at else None,
        "kind": found.kind if found else None,
        "result": found.result if found else None,
        "clusters": [_cluster_row(state) for state in clusters],
    }


def _cluster_row(state: ClusterState) -> dict[str, object]:
    return {
        "cluster": state.cluster.name,
        "kind": state.cluster.kind,
        "version": state.described.version if state.described else None,
        "status": state.described.status if state.described else None,
        "nodes_ready": state.ready,
        "nodes_total": state.total,
        "health": str(state.health),
        "detail": state.detail,
    }
