"""Groups and users, the same on every node, since /home and /fsx are shared."""

from __future__ import annotations

from provision.host import Host, ProvisionError
from provision.node import Node
from provision.parameters import Parameters


def create(host: Host, node: Node, parameters: Parameters) -> None:
    """Make the groups and users that are not there. Raises ProvisionError for one that has another id."""
    for team in parameters.teams:
        if not _exists(host, "group", team.name, team.gid):
            host.run("groupadd", "--gid", str(team.gid), team.name)
    for user in parameters.users:
        if not _exists(host, "passwd", user.name, user.uid):
            home = "--create-home" if node.node_type == "controller" else "--no-create-home"
            host.run(
                "useradd", "--uid", str(user.uid), "--user-group", "--shell", "/bin/bash", home, user.name
            )
        if user.teams:
            host.run("usermod", "--append", "--groups", ",".join(user.teams), user.name)


def _exists(host: Host, database: str, name: str, number: int) -> bool:
    if not host.succeeds("getent", database, name):
        return False
    found = host.run("getent", database, name).split(":")[2]
    if found != str(number):
        raise ProvisionError(
            f"{name} has the id {found} on this AMI, the plan says {number}; give it another name or id"
        )
    return True
