"""A kubeconfig, given as text or as the path of a file: where the API server is, and who asks it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sandbox.providers.errors import ProviderError


@dataclass(frozen=True, slots=True)
class Ticket:
    """`aws eks get-token`: whose token for which cluster. None for the role: of the base principal itself."""

    cluster: str
    region: str
    role_arn: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """Where, and as whom: with a ticket, a token, or a certificate and its key (PEM)."""

    endpoint: str
    ca_pem: str
    ticket: Ticket | None = None
    token: str | None = None
    certificate: tuple[str, str] | None = None


def read(given: str, *, context: str | None) -> Access:
    """The way that a kubeconfig's context shows. Raises ProviderError when it shows none."""
    config = _parsed(given)
    chosen = _member(config, "contexts", context or config.get("current-context") or "", "context")
    cluster = _member(config, "clusters", chosen.get("cluster", ""), "cluster")
    user = _member(config, "users", chosen.get("user", ""), "user")
    if not cluster.get("server"):
        raise ProviderError("the kubeconfig's cluster has no server")
    certificate = _pem(user, "client-certificate")
    key = _pem(user, "client-key")
    return Access(
        endpoint=cluster["server"].rstrip("/"),
        ca_pem=_pem(cluster, "certificate-authority"),
        ticket=_ticket(user["exec"]) if user.get("exec") else None,
        token=user.get("token"),
        certificate=(certificate, key) if certificate and key else None,
    )


def cluster_of(given: str, *, context: str | None) -> Mapping[str, Any] | None:
    """The cluster of a kubeconfig's context, to be compared; None for text that shows none."""
    try:
        config = _parsed(given)
        chosen = _member(config, "contexts", context or config.get("current-context") or "", "context")
        return _member(config, "clusters", chosen.get("cluster", ""), "cluster")
    except ProviderError:
        return None


def _parsed(given: str) -> Mapping[str, Any]:
    is_path = "\n" not in given.strip() and not given.lstrip().startswith("{")
    try:
        text = Path(given).expanduser().read_text() if is_path else given
        config = YAML(typ="safe", pure=True).load(text)
    except OSError as error:
        raise ProviderError(f"failed to read the kubeconfig: {error}") from None
    except YAMLError as error:
        raise ProviderError(f"failed to parse the kubeconfig: {error}") from None
    if not isinstance(config, dict):
        raise ProviderError("failed to parse the kubeconfig: it is not an object")
    return config


def _member(config: Mapping[str, Any], members: str, name: str, kind: str) -> Mapping[str, Any]:
    for member in config.get(members) or ():
        if member.get("name") == name:
            found: Mapping[str, Any] = member.get(kind) or {}
            return found
    raise ProviderError(f"the kubeconfig has no {kind} {name!r}")


def _pem(holder: Mapping[str, Any], name: str) -> str:
    """What is given as data, or as the path of a file; empty when neither is."""
    if data := holder.get(f"{name}-data"):
        try:
            return base64.b64decode(data, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise ProviderError(f"the kubeconfig's {name}-data is not base64") from None
    path = holder.get(name)
    try:
        return Path(path).read_text() if path else ""
    except OSError as error:
        raise ProviderError(f"failed to read the kubeconfig's {name}: {error}") from None


def _ticket(plugin: Mapping[str, Any]) -> Ticket:
    """What `aws eks get-token` is asked for. The sandbox makes the token itself: the AWS CLI may not be here.

    No other program is run: the daemon is not the place of other people's programs, nor has it their environment.
    """
    command, arguments = str(plugin.get("command", "")), [str(item) for item in plugin.get("args") or ()]
    cluster = _option(arguments, "--cluster-name")
    if PurePath(command).name != "aws" or "get-token" not in arguments or cluster is None:
        raise ProviderError(
            f"the sandbox makes tokens of `aws eks get-token` only; the kubeconfig runs {command} "
            f"{' '.join(arguments)}"
        )
    environment = {item["name"]: item["value"] for item in plugin.get("env") or ()}
    region = _option(arguments, "--region") or environment.get("AWS_REGION") or "us-east-1"
    return Ticket(cluster, region, _option(arguments, "--role-arn") or _option(arguments, "--role"))


def _option(arguments: Sequence[str], name: str) -> str | None:
    for index, argument in enumerate(arguments):
        if argument == name and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith(f"{name}="):
            return argument.partition("=")[2]
    return None
