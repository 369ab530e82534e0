"""`fleet validate`: our own rules first, then AWS's code on what it would be given."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import typer

import toolchain
from automation import cluster_check
from automation.cluster_check import Checked
from automation.commands import support
from automation.session import Options, Session, open_session
from parallelcluster.client import Worker
from plan import plan_fleet


def run(options: Options, *, as_json: bool) -> int:
    """Read everything; problems are raised as one SpecError, and what the calendar ends as FleetError.

    Exit code 1 when AWS's validators find an error.
    """
    session = open_session(options)
    notes: list[str] = []
    support.versions(session, datetime.now(UTC).date(), notes.append)
    if not as_json:
        for note in notes:
            typer.echo(note, err=True)
        typer.echo(f"valid: {len(session.fleet.sites)} sites, {len(session.stacks)} stacks")
    checked = _checked(session)
    if as_json:
        typer.echo(json.dumps(_as_json(session, checked, notes)))
    else:
        _show(checked)
    return 1 if any(cluster.errors for cluster in checked or ()) else 0


def _checked(session: Session) -> tuple[Checked, ...] | None:
    """What AWS's code says of the Slurm clusters; None when its package is not installed."""
    fleet = plan_fleet(session.fleet)
    if not cluster_check.has_clusters(fleet):
        return ()
    python = toolchain.parallelcluster_python()
    if python is None:
        return None
    worker = Worker(python)
    try:
        return cluster_check.check(fleet, worker, session.project.cluster_checks)
    finally:
        worker.stop()


def _show(checked: tuple[Checked, ...] | None) -> None:
    if checked is None:
        typer.echo(f"Slurm clusters: not checked by AWS's validators, {cluster_check.NEEDS_SETUP}", err=True)
    for cluster in checked or ():
        for message in cluster.messages:
            typer.echo(message.line(cluster.file), err=True)
        found = "refused" if cluster.errors else "valid"
        left = f"; left to the preview: {', '.join(cluster.unanswered)}" if cluster.unanswered else ""
        typer.echo(f"{found} by ParallelCluster {cluster.version}: {cluster.cluster}{left}")


def _as_json(session: Session, checked: tuple[Checked, ...] | None, notes: list[str]) -> dict[str, object]:
    clusters = {
        cluster.cluster: {
            "valid": not cluster.errors,
            "messages": [message.line(cluster.file) for message in cluster.messages],
            "unanswered": list(cluster.unanswered),
        }
        for cluster in checked or ()
    }
    return {
        "valid": not any(cluster.errors for cluster in checked or ()),
        "sites": list(session.fleet.sites),
        "stacks": list(session.stacks),
        "notes": notes,
        "parallelcluster": clusters,
    }
