"""What is in the accounts from the start: an admin user in each, and the operator roles."""

from __future__ import annotations

import configparser
import io
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from moto.iam.models import iam_backends

from sandbox.aws import accounts, managed_policies
from sandbox.aws.callers import PARTITION
from sandbox.aws.identity import session_of

ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
MAX_SESSION_SECONDS = 43_200
OPERATOR_SESSION = timedelta(days=3650)
"""The sandbox's own session of an operator outlives the sandbox, so that nobody has to log in again."""

Credentials = dict[str, str]
"""Under the names of the shared credentials file."""


def operator_arn(pattern: str) -> str:
    """The operator role that exists for an ARN pattern."""
    return pattern.replace("*", "sandbox")


def open_account(account: str) -> Credentials:
    """Let an account exist, with its admin user; the admin's credentials."""
    accounts.open_accounts((*accounts.known(), account))
    backend = iam_backends[account][PARTITION]
    managed_policies.load(backend, ADMINISTRATOR_ACCESS)
    backend.create_user(PARTITION, "admin")
    backend.attach_user_policy(ADMINISTRATOR_ACCESS, "admin")
    key = backend.create_access_key("admin")
    return {"aws_access_key_id": key.access_key_id, "aws_secret_access_key": key.secret_access_key}


def create_operator(arn: str) -> Credentials:
    """Let an operator role exist, trusted by its account; the credentials of a session of it."""
    account, _, resource = arn.partition("::")[2].partition(":")
    path, _, name = resource.removeprefix("role").rpartition("/")
    backend = iam_backends[account][PARTITION]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    backend.create_role(
        name, json.dumps(trust), f"{path}/", None, "May roll the fleet out", [], str(MAX_SESSION_SECONDS)
    )
    backend.attach_role_policy(ADMINISTRATOR_ACCESS, name)
    credentials: Mapping[str, Any] = session_of(backend.get_role(name), "operator", OPERATOR_SESSION)[
        "Credentials"
    ]
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


def as_profiles(profiles: Mapping[str, Mapping[str, str]], *, prefix: str = "") -> str:
    """The text of a shared credentials or config file (the latter's sections begin with `profile `)."""
    parser = configparser.RawConfigParser()
    parser.read_dict({f"{prefix}{name}": values for name, values in profiles.items()})
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()
