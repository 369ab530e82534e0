"""What a run talks to: AWS, or the sandbox that stands in for it. Everything that differs between them is here."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode, urlsplit

from automation.clients import Clients, from_environment, shell_session
from plan import names
from spec import Fleet

Environment = Mapping[str, str]

NO_DOWNLOADS = {"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true"}
"""The sandbox's providers are attached; looking for their plugins outside costs 2 s a run where there is no outside."""

COMPRESSED_STATE = {"PULUMI_DIY_BACKEND_GZIP": "true"}
"""The engine writes the whole state after each step: compressed it is a fourteenth (docs/decisions/0008)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Where engines and clients of one run go.

    `pulumi_bin` is the folder of the engine, `environment` the whole environment that it gets. `base` are the
    clients of the base identity, the one that assumes a site's execution role; `account_admin` those that
    bootstrap enters an account with, by its name.
    """

    kind: Literal["aws", "sandbox"]
    pulumi_bin: Path
    environment: Environment
    base: Clients
    account_admin: Callable[[str], Clients]

    @property
    def is_sandbox(self) -> bool:
        return self.kind == "sandbox"


def aws(
    fleet: Fleet, *, pulumi_bin: Path, profiles: Mapping[str, str], environ: Environment = os.environ
) -> Target:
    """AWS with the identity of this shell; `profiles` overrides accounts' bootstrap profiles, by account name."""
    region = fleet.settings.state.region
    environment = {
        name: value for name, value in environ.items() if not name.startswith("PULUMI_CONFIG_PASSPHRASE")
    }
    environment |= _engine_variables(fleet, pulumi_bin, environ, endpoint=None)

    def account_admin(account: str) -> Clients:
        profile = profiles.get(account, fleet.settings.accounts[account].bootstrap_profile)
        return Clients(session=shell_session(profile=profile, region=region))

    return Target(
        kind="aws",
        pulumi_bin=pulumi_bin,
        environment=environment,
        base=Clients(session=shell_session(region=region)),
        account_admin=account_admin,
    )


def sandbox(
    fleet: Fleet,
    *,
    pulumi_bin: Path,
    environment_of: Callable[[str | None], Environment],
    environ: Environment = os.environ,
) -> Target:
    """The sandbox; `environment_of` gives the variables of an account's administrator, or of an operator for None.

    Nothing of the shell that concerns AWS or Pulumi is inherited: with fixed endpoints and fake credentials, a
    sandbox run cannot reach AWS.
    """
    operator = environment_of(None)
    inherited = {name: value for name, value in environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    environment = {**inherited, **operator, **NO_DOWNLOADS}
    environment |= _engine_variables(fleet, pulumi_bin, environ, endpoint=operator["AWS_ENDPOINT_URL"])
    return Target(
        kind="sandbox",
        pulumi_bin=pulumi_bin,
        environment=environment,
        base=from_environment(operator),
        account_admin=lambda account: from_environment(environment_of(account)),
    )


def backend_url(fleet: Fleet, *, endpoint: str | None) -> str:
    """The engine's URL of the state bucket (Pulumi docs, DIY backends; gocloud.dev/blob/s3blob)."""
    state = fleet.settings.state
    bucket = names.state_bucket(fleet.settings.accounts[state.account].id)
    query = {"region": state.region}
    if endpoint is None:
        query["awssdk"] = "v2"
    else:
        query |= {"endpoint": endpoint, "use_path_style": "true"}
        if urlsplit(endpoint).scheme == "http":
            query["disable_https"] = "true"
    return f"s3://{bucket}?{urlencode(query, safe=':/')}"


def secrets_provider(fleet: Fleet) -> str:
    """The engine's URL of the key that encrypts secrets in a stack; the same for AWS and the sandbox."""
    query = urlencode({"region": fleet.settings.state.region, "awssdk": "v2"})
    return f"awskms://{quote(names.STATE_KEY_ALIAS)}?{query}"


def _engine_variables(
    fleet: Fleet, pulumi_bin: Path, environ: Environment, endpoint: str | None
) -> dict[str, str]:
    """The interpreter's folder comes first on PATH: the language host takes python from there."""
    path = (str(Path(sys.executable).parent), str(pulumi_bin), environ.get("PATH", os.defpath))
    return {
        "PATH": os.pathsep.join(path),
        "PULUMI_BACKEND_URL": backend_url(fleet, endpoint=endpoint),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        **COMPRESSED_STATE,
    }
