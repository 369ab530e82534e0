"""Whether the EKS APIs that a rollout writes into are in reach, asked before anything is made."""

from __future__ import annotations

from automation import reach
from automation.commands.support import Say, selected_sites
from automation.errors import FleetError
from automation.reach import Network
from automation.seam import Workspace
from automation.session import Session
from plan.api_reach import filled_apis
from plan.contracts import ContractError, EksContract, parse


def check(session: Session, engines: Workspace, network: Network, say: Say) -> None:
    """Say which private API will be out of reach; raise FleetError for one that is there and does not answer.

    The sandbox's are on loopback.
    """
    apis = filled_apis(session.fleet, selected_sites(session))
    if not apis or session.options.is_sandbox:
        return
    doubts = reach.doubts(apis, _endpoints(engines, {api.site for api in apis}), network)
    for doubt in doubts:
        if not doubt.is_certain:
            say(f"warning: {doubt}")
    certain = [str(doubt) for doubt in doubts if doubt.is_certain]
    if certain:
        raise FleetError("nothing was changed:\n" + "\n".join(certain))


def _endpoints(engines: Workspace, sites: set[str]) -> dict[str, str]:
    """The endpoints of clusters that exist, by the clusters' names, as their stacks promise them."""
    found: dict[str, str] = {}
    for site in sites & engines.deployed().keys():
        try:
            promised = parse(EksContract, site, engines.outputs(site))
        except ContractError:  # a stack that has no clusters yet
            continue
        found |= {promised.names[short]: url for short, url in promised.endpoints.items()}
    return found
