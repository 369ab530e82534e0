"""The provider's configuration and what it makes: an account entered, a region, tags.

One provider instance is one Configure. Its role is assumed with the base credentials, as the real provider
does, and the account that it ends in must be one of those allowed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.providers.aws import Clients, Credentials
from sandbox.providers.errors import AwsError, ProviderError
from sandbox.providers.wire import UNKNOWN

_DEFAULT_SESSION_NAME: Final = "pulumi-sandbox"
_USED: Final = frozenset({"region", "assumeRoles", "allowedAccountIds", "defaultTags", "maxRetries"})
_MAX_RETRIES: Final = 25
"""The real provider's default of `maxRetries`, which counts the first attempt too."""
_HARMLESS: Final = frozenset(
    {
        "version",
        "skipCredentialsValidation",
        "skipMetadataApiCheck",
        "skipRegionValidation",
        "skipRequestingAccountId",
        "retryMode",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Configuration:
    """What a provider resource says."""

    region: str
    roles: tuple[Mapping[str, str], ...] = ()
    allowed_account_ids: tuple[str, ...] = ()
    default_tags: Mapping[str, str] = field(default_factory=dict)
    attempts: int = _MAX_RETRIES
    """How often a request that AWS throttles or that fails on the way is made at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Instance:
    """A configured provider: the account and region it works in, and the clients to do so."""

    configuration: Configuration
    account: str
    caller_arn: str
    caller_id: str
    clients: Clients


def configuration_failures(args: Mapping[str, Any]) -> dict[str, str]:
    """The configuration that the sandbox would silently not follow, with the reasons why it is refused."""
    reason = f"the sandbox's provider does not follow this; it follows {', '.join(sorted(_USED))}"
    return {key: reason for key in sorted(args) if key not in _USED | _HARMLESS}


def configuration(args: Mapping[str, Any]) -> Configuration | None:
    """The configuration, None while parts of it are not known yet; raises ProviderError when it is wrong."""
    values = {key: _decoded(value) for key, value in args.items()}
    if any(values.get(key) is UNKNOWN for key in _USED):
        return None
    if not values.get("region"):
        raise ProviderError(
            "invalid AWS Region: the provider has none; set `region` on it, the stack's configuration key "
            "aws:region, or AWS_REGION"
        )
    return Configuration(
        region=values["region"],
        roles=tuple(values.get("assumeRoles") or ()),
        allowed_account_ids=tuple(str(item) for item in values.get("allowedAccountIds") or ()),
        default_tags=(values.get("defaultTags") or {}).get("tags", {}),
        attempts=int(values.get("maxRetries") or _MAX_RETRIES),
    )


def enter(wanted: Configuration, *, endpoint: str, base: Credentials) -> Instance:
    """Enter the account; raises ProviderError when a role cannot be assumed or the account is not allowed."""
    clients = Clients(endpoint, base, attempts=wanted.attempts)
    for role in wanted.roles:
        entered = _assume(clients, wanted.region, role)
        clients = Clients(endpoint, entered, attempts=wanted.attempts)
    caller = clients.ask("sts", wanted.region, "GetCallerIdentity", {})
    if wanted.allowed_account_ids and caller["Account"] not in wanted.allowed_account_ids:
        raise ProviderError(f"AWS account ID not allowed: {caller['Account']}")
    return Instance(
        configuration=wanted,
        account=caller["Account"],
        caller_arn=caller["Arn"],
        caller_id=caller["UserId"],
        clients=clients,
    )


def _assume(clients: Clients, region: str, role: Mapping[str, str]) -> Credentials:
    arn = role.get("roleArn", "")
    params = {"RoleArn": arn, "RoleSessionName": role.get("sessionName") or _DEFAULT_SESSION_NAME}
    if role.get("externalId"):
        params["ExternalId"] = role["externalId"]
    try:
        keys = clients.ask("sts", region, "AssumeRole", params)["Credentials"]
    except AwsError as error:
        account = arn.split(":")[4] if arn.count(":") >= 5 else "unknown"
        raise ProviderError(f"Cannot assume IAM Role: {arn} of account {account}: {error}") from error
    return Credentials(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def _decoded(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in {"{", "["}:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
