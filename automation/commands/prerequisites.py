"""What is deployed and could not carry what the files ask for, said before a preview."""

from __future__ import annotations

from functools import partial

from automation import hyperpod_eks
from automation.clients import Clients, enter
from automation.commands.support import Say, selected_sites
from automation.session import Session
from plan import names


def say_what_is_missing(session: Session, base: Clients, say: Say) -> None:
    """A note for each; nothing is asked of AWS for a site without HyperPod on EKS. Raises FleetError when an account
    cannot be entered.
    """
    for name in selected_sites(session):
        site = session.fleet.sites[name]
        account_id = session.fleet.settings.accounts[site.account].id
        role = names.role_arn(account_id, names.EXECUTION_ROLE)
        for note in hyperpod_eks.notes(name, site, partial(_eks, base, role, site.region)):
            say(f"note: {name}: {note}")


def _eks(base: Clients, role: str, region: str) -> object:
    return enter(base, role, region).client("eks", region)
