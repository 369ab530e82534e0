"""From a session to what it talks to: the target, the engines, and the sandbox that stands in for AWS."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import toolchain
from automation import target
from automation.checkpoint import StateBackend
from automation.credentials import Credentials
from automation.errors import FleetError
from automation.session import Session
from automation.target import Target
from automation.workspace import AutomationWorkspace
from plan import names
from plan.usual_times import DEFAULT_S, USUAL_S
from sandbox.client import Latency, SandboxConfig
from spec import Fleet


def connect(session: Session, *, profiles: Mapping[str, str] | None = None) -> Target:
    """The target of this run; the sandbox has to be running. Raises FleetError when the engine is missing."""
    if session.options.is_sandbox:
        return target.sandbox(
            session.fleet,
            pulumi_bin=engine_folder(),
            environment_of=lambda account: session.sandbox.environment(
                account=account, region=session.fleet.settings.state.region
            ),
        )
    return target.aws(session.fleet, pulumi_bin=engine_folder(), profiles=profiles or {})


def workspace(
    session: Session, connection: Target, *, credentials: Credentials | None = None
) -> AutomationWorkspace:
    """Real engines on this target; `credentials` are what the check of the identity found."""
    return AutomationWorkspace(
        session.project,
        connection,
        binary=connection.pulumi_bin / "pulumi",
        secrets_provider=target.secrets_provider(session.fleet),
        backend=state_backend(session, connection),
        credentials=credentials,
    )


def state_backend(session: Session, connection: Target) -> StateBackend:
    """The engine's objects in the state bucket, as the base identity reads them."""
    state = session.fleet.settings.state
    bucket = names.state_bucket(session.fleet.settings.accounts[state.account].id)
    return StateBackend(connection.base.client("s3", state.region), bucket)


def engine_folder() -> Path:
    """Where the engine is. Raises FleetError when it has to be installed first."""
    folder = toolchain.pulumi_bin()
    if folder is None:
        raise FleetError("no supported pulumi on PATH or in the cache", remedy="run: make setup")
    return folder


def sandbox_config(fleet: Fleet, *, latency_scale: float = 0.0) -> SandboxConfig:
    """The AWS that stands in for this fleet's accounts and regions, with that part of AWS's usual times."""
    accounts = fleet.settings.accounts
    regions = {site.region: None for site in fleet.sites.values()}
    return SandboxConfig(
        accounts={name: account.id for name, account in accounts.items()},
        profiles={name: account.bootstrap_profile for name, account in accounts.items()},
        operators=fleet.settings.operators,
        regions=tuple(dict.fromkeys((fleet.settings.state.region, *regions))),
        state_region=fleet.settings.state.region,
        latency=Latency(scale=latency_scale, usual_s=dict(USUAL_S), other_s=DEFAULT_S),
        programs={name: str(path) for name, path in toolchain.control_plane_programs().items()},
        parallelcluster_python=str(toolchain.parallelcluster_python() or ""),
    )
