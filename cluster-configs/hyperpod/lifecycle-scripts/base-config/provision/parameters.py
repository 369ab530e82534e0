"""What the cluster's plan tells its nodes (plan/lifecycle_scripts.py writes it), checked before anything is done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provision.host import ProvisionError

VERSION = "1.0.0"
NODE_TYPES = ("controller", "login", "compute")


@dataclass(frozen=True)
class Group:
    """An instance group and what its nodes are."""

    instance_group_name: str
    node_type: str
    partition_name: str | None


@dataclass(frozen=True)
class Team:
    """A group of users."""

    name: str
    gid: int


@dataclass(frozen=True)
class User:
    """A user, with the same uid on every node."""

    name: str
    uid: int
    teams: tuple[str, ...]


@dataclass(frozen=True)
class Database:
    """A MySQL server for slurmdbd; its secret holds `username` and `password`."""

    endpoint: str
    port: int
    name: str
    secret_arn: str


@dataclass(frozen=True)
class Parameters:
    """The cluster, as its nodes have to know it. Without a `database` MariaDB runs on the controller."""

    cluster: str
    region: str
    groups: tuple[Group, ...]
    fstab: tuple[str, ...]
    homes_path: str | None
    lustre_path: str | None
    teams: tuple[Team, ...]
    users: tuple[User, ...]
    accounting: bool
    database: Database | None


def read(path: Path) -> Parameters:
    """The parameters of a file. Raises ProvisionError that names every wrong value."""
    try:
        told = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ProvisionError(f"{path.name} cannot be read: {error}") from None
    reader = _Reader()
    parameters = reader.parameters(told if isinstance(told, dict) else {})
    if reader.problems:
        raise ProvisionError(f"{path.name}: " + "; ".join(reader.problems) + "; roll the site out again")
    return parameters


class _Reader:
    """Reads values of the types that they must have, and gathers what is wrong."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def parameters(self, told: Mapping[str, Any]) -> Parameters:
        if told.get("version") != VERSION:
            self.problems.append(f"version is {told.get('version')!r}, these scripts read {VERSION}")
        found = Parameters(
            cluster=self.text(told, "cluster"),
            region=self.text(told, "region"),
            groups=tuple(self.group(item, at) for item, at in self.items(told, "groups")),
            fstab=tuple(self.of_type(item, str, at, "") for item, at in self.items(told, "fstab")),
            homes_path=self.optional(told, "homes_path"),
            lustre_path=self.optional(told, "lustre_path"),
            teams=tuple(
                Team(self.text(item, "name", at), self.number(item, "gid", at))
                for item, at in self.items(told, "teams")
            ),
            users=tuple(self.user(item, at) for item, at in self.items(told, "users")),
            accounting=self.of_type(told.get("accounting"), bool, "accounting", False),
            database=self.database(told.get("accounting_database")),
        )
        self.together(found)
        return found

    def together(self, found: Parameters) -> None:
        """What no value alone tells."""
        controllers = [group for group in found.groups if group.node_type == "controller"]
        if found.groups and len(controllers) != 1:
            self.problems.append(f"groups: one must be the controller, there are {len(controllers)}")
        if found.homes_path and not any(f" {found.homes_path} " in line for line in found.fstab):
            self.problems.append(f"fstab: no line mounts {found.homes_path}")
        known = {team.name for team in found.teams}
        for user in found.users:
            unknown = sorted(set(user.teams) - known)
            if unknown:
                self.problems.append(f"users: {user.name} is in {', '.join(unknown)}, which is no team")

    def group(self, item: Any, at: str) -> Group:
        node_type = self.text(item, "node_type", at)
        if node_type and node_type not in NODE_TYPES:
            self.problems.append(f"{at}.node_type is {node_type!r}, not one of {', '.join(NODE_TYPES)}")
        return Group(
            self.text(item, "instance_group_name", at), node_type, self.optional(item, "partition_name", at)
        )

    def user(self, item: Any, at: str) -> User:
        teams = tuple(self.of_type(team, str, where, "") for team, where in self.items(item, "teams", at))
        return User(self.text(item, "name", at), self.number(item, "uid", at), teams)

    def database(self, item: Any) -> Database | None:
        at = "accounting_database"
        if item is None:
            return None
        return Database(
            endpoint=self.text(item, "endpoint", at),
            port=self.number(item, "port", at),
            name=self.text(item, "name", at),
            secret_arn=self.text(item, "secret_arn", at),
        )

    def items(self, told: Any, name: str, at: str = "") -> list[tuple[Any, str]]:
        where = f"{at}.{name}".lstrip(".")
        values = self.of_type(_member(told, name), list, where, [])
        return [(value, f"{where}[{index}]") for index, value in enumerate(values)]

    def text(self, told: Any, name: str, at: str = "") -> str:
        where = f"{at}.{name}".lstrip(".")
        value: str = self.of_type(_member(told, name), str, where, "?")
        if not value:
            self.problems.append(f"{where} is empty")
        return value

    def optional(self, told: Any, name: str, at: str = "") -> str | None:
        return None if _member(told, name) is None else self.text(told, name, at)

    def number(self, told: Any, name: str, at: str) -> int:
        value: int = self.of_type(_member(told, name), int, f"{at}.{name}", 0)
        return value

    def of_type(self, value: Any, kind: type, where: str, otherwise: Any) -> Any:
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            return value
        found = "missing" if value is None else f"{type(value).__name__}, not {kind.__name__}"
        self.problems.append(f"{where} is {found}")
        return otherwise


def _member(told: Any, name: str) -> Any:
    return told.get(name) if isinstance(told, dict) else None
