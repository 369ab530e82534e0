"""`fleet kubeconfig`."""

from __future__ import annotations

import shlex
from pathlib import Path

import typer
from botocore.exceptions import ClientError

from automation.commands.common import say
from automation.connection import connect
from automation.data.sites import Sites
from automation.errors import FleetError
from automation.kubeconfig import Access, entry, fleet_command, write
from automation.session import Options, open_session
from plan import FleetPlan, names, plan_fleet
from spec.problem import did_you_mean


def run(options: Options, site: str, cluster: str, *, path: Path | None) -> int:
    """Write how an EKS cluster of a site is entered, and say how that is used."""
    session = open_session(options)
    session.require(site)
    plan = plan_fleet(session.fleet)
    name = physical_name(plan, site, cluster)
    sandbox = session.project.sandbox if options.is_sandbox else None
    access = _access(Sites(plan, connect(session).base), plan, site, name, sandbox)
    file = (path or session.project.kubeconfig(is_sandbox=options.is_sandbox)).absolute()
    write(file, entry(access, fleet_command()))
    say(f"{name} is the current context of {file}; `kubectl --context {name}` names it. For this shell:")
    typer.echo(f"export KUBECONFIG={shlex.quote(str(file))}")
    return 0


def physical_name(plan: FleetPlan, site: str, cluster: str) -> str:
    """The name that EKS has for a cluster of a site. Raises FleetError when the site has none of that name."""
    found = plan.sites[site].eks if site in plan.sites else None
    known = {short: item.name for short, item in found.clusters.items()} if found else {}
    if cluster not in known:
        remedy = did_you_mean(cluster, known) if known else "add `eks` to its file"
        raise FleetError(f"{site} has no EKS cluster {cluster}", remedy=remedy)
    return known[cluster]


def _access(sites: Sites, plan: FleetPlan, site: str, name: str, sandbox: Path | None) -> Access:
    """What EKS says of the cluster. Raises FleetError when it is not there, or not yet."""
    provider = plan.sites[site].provider
    try:
        found = sites.client("eks", site).describe_cluster(name=name)["cluster"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        raise FleetError(f"there is no cluster {name}", remedy=f"run: fleet up --only {site}") from None
    if "endpoint" not in found:
        raise FleetError(f"{name} is {found['status']} and has no API yet", remedy="try again later")
    return Access(
        name=name,
        region=provider.region,
        endpoint=found["endpoint"],
        certificate_authority=found["certificateAuthority"]["data"],
        role_arn=names.role_arn(provider.account_id, names.EXECUTION_ROLE),
        sandbox=sandbox,
    )
