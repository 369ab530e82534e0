"""What HyperPod on EKS needs before a preview: AWS's chart, and a word on what is deployed and cannot carry it."""

from __future__ import annotations

from functools import partial

from automation import charts, hyperpod_eks
from automation.clients import Clients, enter
from automation.commands.support import Say, selected_sites
from automation.session import Session
from plan import names


def prepare(session: Session, base: Clients, say: Say) -> None:
    """A note for each; nothing is asked of AWS for a site without HyperPod on EKS. Raises FleetError when an account
    cannot be entered, or the chart not be fetched.
    """
    carried = any(
        cluster.orchestrator == "eks"
        for name in selected_sites(session)
        for cluster in (session.fleet.sites[name].hyperpod or {}).values()
    )
    if carried and not session.options.is_sandbox:
        charts.fetch(session.project.root, say=say)
    for name in selected_sites(session):
        site = session.fleet.sites[name]
        account_id = session.fleet.settings.accounts[site.account].id
        role = names.role_arn(account_id, names.EXECUTION_ROLE)
        for note in hyperpod_eks.notes(name, site, partial(_eks, base, role, site.region)):
            say(f"note: {name}: {note}")


def _eks(base: Clients, role: str, region: str) -> object:
    return enter(base, role, region).client("eks", region)
