"""boto3 clients of one identity, made from data: never a global session, never a setting of the shell by chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader, create_loader

from automation.errors import FleetError
from sandbox.client import without_account_host

ATTEMPTS = 5
"""Tries of one call, the first included; botocore's standard mode retries throttling and 5xx with backoff."""

SESSION_NAME = "fleet"

_NO_FILES = {
    "profile": (None, None, None, None),
    "config_file": (None, None, "/dev/null", None),
    "credentials_file": (None, None, "/dev/null", None),
}
"""Session variables of botocore that would let a shell's profile or files in: each from nowhere."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clients:
    """Makes clients of one identity. `endpoint` stands in for AWS in the sandbox; None is AWS."""

    session: boto3.Session
    endpoint: str | None = None

    @property
    def source(self) -> str:
        """Where the credentials came from, by botocore's name: `env`, `sso`, `assume-role`; empty without any."""
        found = self.session.get_credentials()
        return found.method if found else ""

    def client(self, service: str, region: str) -> Any:
        """A client of an AWS service in a region. Untyped: boto3 makes its classes at run time."""
        config = Config(
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            s3={"addressing_style": "path" if self.endpoint else "auto"},
        )
        client = self.session.client(service, region_name=region, endpoint_url=self.endpoint, config=config)
        if self.endpoint and service == "s3control":
            without_account_host(client)
        return client

    def assumed(self, credentials: Mapping[str, str], *, region: str) -> Clients:
        """The same endpoint with the credentials that AssumeRole answered."""
        return Clients(
            session=isolated_session(
                access_key_id=credentials["AccessKeyId"],
                secret_access_key=credentials["SecretAccessKey"],
                session_token=credentials["SessionToken"],
                region=region,
            ),
            endpoint=self.endpoint,
        )


def isolated_session(
    *, access_key_id: str, secret_access_key: str, session_token: str | None, region: str
) -> boto3.Session:
    """A session of exactly these credentials, whatever the shell's variables and AWS files say."""
    return boto3.Session(
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        aws_session_token=session_token,
        region_name=region,
        botocore_session=_core_session(_NO_FILES),
    )


def shell_session(*, region: str, profile: str | None = None) -> boto3.Session:
    """A session as the shell's variables and AWS files say, or that profile."""
    return boto3.Session(botocore_session=_core_session(None), profile_name=profile, region_name=region)


def _core_session(variables: Mapping[str, tuple[Any, ...]] | None) -> botocore.session.Session:
    """Sessions share what is read of AWS's models: each would read 0.1 s of files anew, for every account."""
    session = botocore.session.Session(session_vars=variables)
    session.register_component("data_loader", _loader())
    return session


@cache
def _loader() -> Loader:
    return create_loader()


def from_environment(environment: Mapping[str, str]) -> Clients:
    """The identity that a sandbox environment carries. Raises KeyError when it has no endpoint or no credentials."""
    return Clients(
        session=isolated_session(
            access_key_id=environment["AWS_ACCESS_KEY_ID"],
            secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            session_token=environment.get("AWS_SESSION_TOKEN") or None,
            region=environment["AWS_REGION"],
        ),
        endpoint=environment["AWS_ENDPOINT_URL"],
    )


def enter(base: Clients, role: str, region: str) -> Clients:
    """Clients of a role that the base identity assumes. Raises FleetError when it cannot."""
    try:
        answer = base.client("sts", region).assume_role(RoleArn=role, RoleSessionName=SESSION_NAME)
    except (BotoCoreError, ClientError) as error:
        remedy = "use an operator's credentials; if the role is missing: fleet bootstrap"
        raise FleetError(f"cannot assume {role}: {error}", remedy=remedy) from error
    return base.assumed(answer["Credentials"], region=region)
