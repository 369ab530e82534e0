"""`fleet sandbox`: start, stop, status, env, fault."""

from __future__ import annotations

import dataclasses
import json
import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

import typer

import toolchain
from automation import project
from automation.connection import connect, sandbox_config
from automation.errors import FleetError
from automation.session import Options, open_session
from sandbox.client import Sandbox
from sandbox.faults import Fault

MANAGED = ("AWS_", "PULUMI_", "FLEET_SANDBOX")
"""Variables of a shell that `env` sets or unsets, by how they begin."""


def start(options: Options, *, latency_scale: float | None) -> int:
    """Start the daemon, and say where it listens. Raises FleetError when one runs at another speed than asked for."""
    session = open_session(options)
    state = session.sandbox.start(sandbox_config(session.fleet, latency_scale=latency_scale or 0.0))
    if latency_scale not in {None, state.latency_scale}:
        raise FleetError(
            f"the sandbox runs with latency {state.latency_scale:g}",
            remedy="end it first: fleet sandbox stop",
        )
    typer.echo(f"sandbox runs (process {state.pid}): {state.aws_endpoint}", err=True)
    return 0


def stop(root: Path | None) -> int:
    """Stop the daemon; needs no valid fleet."""
    stopped = _sandbox(root).stop()
    typer.echo("sandbox stopped" if stopped else "no sandbox runs", err=True)
    return 0


def status(root: Path | None, *, as_json: bool) -> int:
    """What the daemon says of itself."""
    state = _sandbox(root).status()
    if as_json:
        typer.echo(json.dumps(None if state is None else dataclasses.asdict(state), indent=2))
    elif state is None:
        typer.echo("no sandbox runs")
    else:
        typer.echo(f"process {state.pid}, since {state.started_at}\nAWS: {state.aws_endpoint}")
        typer.echo(f"latency: {_speed(state.latency_scale)}")
        typer.echo("accounts: " + ", ".join(f"{name} {account}" for name, account in state.accounts.items()))
    return 0 if state else 1


def env(options: Options, site: str | None, *, as_json: bool) -> int:
    """Print variables: of a site's account administrator, or of the operator who rolls out."""
    session = open_session(options)
    variables = {name: value for name, value in connect(session).environment.items() if _is_wanted(name)}
    if site is not None:
        session.require(site)
        found = session.fleet.sites.get(site)
        variables |= session.sandbox.environment(
            account=found.account if found else session.fleet.settings.state.account,
            region=found.region if found else session.fleet.settings.state.region,
        )
    variables["FLEET_SANDBOX"] = "1"
    variables["KUBECONFIG"] = str(session.project.kubeconfig(is_sandbox=True))
    variables["PATH"] = _with_kubectl(variables["PATH"])
    typer.echo(json.dumps(variables, indent=2) if as_json else shell(variables, os.environ))
    return 0


def add_fault(
    root: Path | None,
    kind: str,
    call: str,
    *,
    account: str | None,
    region: str | None,
    nth: int,
    times: int,
    code: str | None,
) -> int:
    """Switch a fault on and print its id. Raises FleetError or SandboxError for what is not known."""
    service, _, operation = call.partition(".")
    if not operation:
        raise FleetError(
            f"{call!r} does not name a service's operation",
            remedy="write it as SERVICE.OPERATION, or SERVICE.*",
        )
    fault = Fault(kind, service, operation, account=account, region=region, nth=nth, times=times, code=code)
    typer.echo(_sandbox(root).faults.add(fault))
    return 0


def list_faults(root: Path | None, *, as_json: bool) -> int:
    """The faults with their counters."""
    active = _sandbox(root).faults.list()
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(fault) for fault in active], indent=2))
    elif not active:
        typer.echo("no faults")
    else:
        for item in active:
            typer.echo(
                f"{item.id}: {item.fault}; matched {item.calls}, hit {item.hits}, holds {item.holding}"
            )
    return 0


def clear_faults(root: Path | None) -> int:
    """Forget all faults."""
    _sandbox(root).faults.clear()
    return 0


def release_fault(root: Path | None, fault: str) -> int:
    """Let the calls that a fault holds go on. Raises SandboxError for an unknown id."""
    _sandbox(root).faults.release(fault)
    return 0


def shell(variables: Mapping[str, str], present: Mapping[str, str]) -> str:
    """Lines for a shell; what it has of AWS and Pulumi beyond `variables` is unset, so that nothing real is left."""
    left = sorted(name for name in present if name.startswith(MANAGED) and name not in variables)
    lines = [f"unset {name}" for name in left]
    return "\n".join(lines + [f"export {name}={shlex.quote(value)}" for name, value in variables.items()])


def _is_wanted(name: str) -> bool:
    return name.startswith(MANAGED) or name in {"PATH", "NO_PROXY", "no_proxy"}


def _with_kubectl(path: str) -> str:
    """The toolchain's kubectl comes first, unless the one that PATH leads to is it."""
    program = toolchain.kubectl()
    first = shutil.which("kubectl", path=path)
    if program is None or (first is not None and Path(first).resolve() == program):
        return path
    return f"{program.parent}{os.pathsep}{path}"


def _speed(scale: float) -> str:
    return f"{scale:g} of AWS's usual times" if scale else "none"


def _sandbox(root: Path | None) -> Sandbox:
    return Sandbox(project.find(root or Path.cwd()).sandbox)
