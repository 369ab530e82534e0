from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from automation import target
from automation.session import Session
from automation.target import Target

BIN = Path("/tools/pulumi")
SANDBOX = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "AKIAFAKE",
    "AWS_SECRET_ACCESS_KEY": "fake",
    "AWS_SESSION_TOKEN": "",
    "PULUMI_HOME": "/home/.fleet/sandbox/pulumi-home",
}
SHELL = {
    "HOME": "/root",
    "PATH": "/usr/bin",
    "AWS_PROFILE": "production",
    "AWS_SESSION_TOKEN": "real",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/real",
    "PULUMI_ACCESS_TOKEN": "real",
    "PULUMI_CONFIG_PASSPHRASE": "real",
    "PULUMI_CONFIG_PASSPHRASE_FILE": "/real",
}


def sandbox(session: Session, **more: str) -> Target:
    return target.sandbox(
        session.fleet, pulumi_bin=BIN, environment_of=lambda _: SANDBOX, environ={**SHELL, **more}
    )


def test_the_state_is_in_a_bucket_of_the_state_account(session: Session) -> None:
    bucket = "s3://ml-clusters-state-483026362307?region=us-east-1"
    assert target.backend_url(session.fleet, endpoint=None) == f"{bucket}&awssdk=v2"
    assert (
        target.backend_url(session.fleet, endpoint="http://127.0.0.1:4566")
        == f"{bucket}&endpoint=http://127.0.0.1:4566&use_path_style=true&disable_https=true"
    )


def test_secrets_are_encrypted_under_the_state_key(session: Session) -> None:
    assert (
        target.secrets_provider(session.fleet)
        == "awskms://alias/ml-clusters-state?region=us-east-1&awssdk=v2"
    )


def test_a_sandbox_engine_gets_nothing_of_the_shell_that_could_reach_aws(session: Session) -> None:
    assert sandbox(session).environment == {
        **SANDBOX,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "HOME": "/root",
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), str(BIN), "/usr/bin")),
        "PULUMI_BACKEND_URL": target.backend_url(session.fleet, endpoint=SANDBOX["AWS_ENDPOINT_URL"]),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DIY_BACKEND_GZIP": "true",
    }


def test_sandbox_clients_ignore_the_shells_profile_and_files(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "there-is-no-such-profile")
    found = sandbox(session).base
    credentials = found.session.get_credentials()
    assert (credentials.access_key, credentials.token) == ("AKIAFAKE", None)
    client = found.client("sts", "us-west-2")
    assert (client.meta.endpoint_url, client.meta.region_name) == ("http://127.0.0.1:4566", "us-west-2")


def test_an_account_is_entered_as_its_own_administrator(session: Session) -> None:
    asked: list[str | None] = []

    def environment_of(account: str | None) -> dict[str, str]:
        asked.append(account)
        return SANDBOX

    found = target.sandbox(session.fleet, pulumi_bin=BIN, environment_of=environment_of, environ=SHELL)
    found.account_admin("secondary")
    assert asked == [None, "secondary"]


def test_no_passphrase_reaches_an_engine_on_aws(session: Session) -> None:
    shell = {name: value for name, value in SHELL.items() if name != "AWS_PROFILE"}
    found = target.aws(session.fleet, pulumi_bin=BIN, profiles={}, environ=shell)
    assert [name for name in found.environment if "PASSPHRASE" in name] == []
    assert found.environment["AWS_SESSION_TOKEN"] == "real"
    assert found.base.endpoint is None
