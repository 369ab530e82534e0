"""`fleet eks-token`, which kubectl runs for each of its own runs: it loads no more than a token needs."""

from __future__ import annotations

import json
from pathlib import Path

import boto3
import typer

from automation.clients import Clients, enter, from_environment
from automation.credential import credential
from automation.nodes import kubernetes
from sandbox.client import Sandbox


def run(cluster: str, *, region: str, role_arn: str, sandbox_home: Path | None) -> int:
    """Print a token of the role for a cluster, as kubectl wants it.

    Raises FleetError when the role cannot be assumed, SandboxError when the sandbox does not run.
    """
    if sandbox_home is None:
        base = Clients(session=boto3.Session(region_name=region))
    else:
        base = from_environment(Sandbox(sandbox_home).environment(region=region))
    clients = enter(base, role_arn, region)
    sts = clients.client("sts", region)
    token = kubernetes.token(sts, clients.session.get_credentials(), cluster)
    typer.echo(json.dumps(credential(token)))
    return 0
