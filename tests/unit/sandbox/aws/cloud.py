"""A sandbox's AWS as tests use it: clients of its accounts, and rows of calls that must be refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.client import Sandbox, SandboxConfig, without_account_host

MAIN, SECONDARY = "483026362307", "159553542841"
OPERATOR = f"arn:aws:iam::{MAIN}:role/MlPlatformOperator"
CONFIG = SandboxConfig(
    accounts={"main": MAIN, "secondary": SECONDARY},
    profiles={"main": "ml-main", "secondary": "ml-secondary"},
    operators=(OPERATOR,),
    regions=("us-east-1", "us-west-2"),
    state_region="us-east-1",
)

ELSEWHERE = (("secondary", "us-east-1"), ("main", "us-west-2"))
"""(account, region) where what the main account has in us-east-1 is not."""

_ONE_TRY = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
_STANDARD = Config(retries={"mode": "standard"}, s3={"addressing_style": "path"})


class Cloud:
    """Clients of one sandbox, made once each."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._session = boto3.Session()
        self._clients: dict[tuple[str, str | None, str, bool], Any] = {}
        self._made: list[Any] = []

    def client(
        self, service: str, account: str | None = "main", region: str = "us-east-1", *, plain: bool = False
    ) -> Any:
        """A client of an account's admin, or of the operator for None; `plain`: without TLS."""
        key = (service, account, region, plain)
        if key not in self._clients:
            environment = self.sandbox.environment(account=account, region=region)
            keys = {name.lower(): environment[name] or None for name in _KEYS}
            self._clients[key] = self._make(service, region, keys, plain=plain)
        return self._clients[key]

    def patient(self, service: str) -> Any:
        """A client of the main account's admin that tries again as botocore does by default."""
        environment = self.sandbox.environment(account="main")
        keys = {name.lower(): environment[name] or None for name in _KEYS}
        return self._make(service, "us-east-1", keys, plain=False, config=_STANDARD)

    def as_session(self, service: str, credentials: Mapping[str, Any], region: str = "us-east-1") -> Any:
        """A client of what AssumeRole answered."""
        keys = {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        }
        return self._make(service, region, keys, plain=False)

    def close(self) -> None:
        for client in self._made:
            client.close()

    def _make(
        self, service: str, region: str, keys: Mapping[str, Any], *, plain: bool, config: Config = _ONE_TRY
    ) -> Any:
        state = self.sandbox.status()
        assert state is not None
        endpoint = state.plain_endpoint if plain else state.aws_endpoint
        client = self._session.client(
            service, region_name=region, endpoint_url=endpoint, config=config, **keys
        )
        self._made.append(client)
        if service == "s3control":
            without_account_host(client)
        return client


@contextmanager
def running(home: Path) -> Iterator[Cloud]:
    """A sandbox of its own, as long as it is needed."""
    sandbox = Sandbox(home)
    sandbox.start(CONFIG)
    cloud = Cloud(sandbox)
    try:
        yield cloud
    finally:
        cloud.close()
        sandbox.stop()


_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def refusal(call: Callable[[], object]) -> str:
    """The error code that a call is answered with; what it answers when it is not refused."""
    try:
        answered = call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return f"accepted: {answered}"


def message(call: Callable[[], object]) -> str:
    """The message that a call is refused with."""
    try:
        answered = call()
    except ClientError as error:
        return str(error.response["Error"]["Message"])
    return f"accepted: {answered}"


def policy(*statements: Mapping[str, Any]) -> str:
    """A policy document; statements allow unless they say otherwise."""
    full = [{"Effect": "Allow", **statement} for statement in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": full})


def trust(principals: str | Sequence[str], **more: Any) -> str:
    """A trust policy of AWS principals."""
    return policy({"Principal": {"AWS": principals}, "Action": "sts:AssumeRole", **more})
