"""Kubeconfig files: an entry for a cluster of the fleet, beside what the file has of others.

Source: kubernetes.io, "Organizing Cluster Access Using kubeconfig Files" and "client-go credential plugins".
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from automation.credential import EXEC_API
from automation.errors import FleetError

_LISTS = ("clusters", "contexts", "users")


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """How one cluster is entered: as EKS shows it, and under which role."""

    name: str
    region: str
    endpoint: str
    certificate_authority: str
    """Base64 of PEM, as EKS and kubeconfig files have it."""
    role_arn: str
    sandbox: Path | None = None
    """The home of the sandbox that the cluster is in; None: AWS, with the identity of whoever runs kubectl."""


def entry(access: Access, fleet_command: Path) -> dict[str, Any]:
    """A whole kubeconfig with this one cluster; its user asks `fleet eks-token`, whatever folder kubectl runs in."""
    name = access.name
    arguments = ["eks-token", name, "--region", access.region, "--role-arn", access.role_arn]
    if access.sandbox is not None:
        arguments += ["--sandbox-home", str(access.sandbox)]
    plugin = {
        "apiVersion": EXEC_API,
        "command": str(fleet_command),
        "args": arguments,
        "interactiveMode": "Never",
        "installHint": "fleet is made by `make setup` in the checkout of the fleet",
    }
    cluster = {"server": access.endpoint, "certificate-authority-data": access.certificate_authority}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": cluster}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "users": [{"name": name, "user": {"exec": plugin}}],
    }


def merged(present: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What is there, with the new entries in place of those of their names, and the new context as the current one."""
    result = {**present, **{key: value for key, value in new.items() if key not in _LISTS}}
    for key in _LISTS:
        names = {item["name"] for item in new[key]}
        others = [item for item in present.get(key) or [] if item["name"] not in names]
        result[key] = [*others, *new[key]]
    return result


def write(path: Path, new: Mapping[str, Any]) -> None:
    """Merge into the file, which only this user may read. Raises FleetError when it is no kubeconfig."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    text = merged(_read(path, yaml), new)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        yaml.dump(text, file)
    Path(scratch).replace(path)


def _read(path: Path, yaml: YAML) -> Mapping[str, Any]:
    try:
        found = yaml.load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (YAMLError, UnicodeDecodeError):
        found = "no YAML"
    if found is None:
        return {}
    if not isinstance(found, dict) or found.get("kind", "Config") != "Config":
        raise FleetError(f"{path} is not a kubeconfig file", remedy="name another one with --path")
    return found


def fleet_command() -> Path:
    """The console script of this environment."""
    return Path(sys.executable).with_name("fleet")
