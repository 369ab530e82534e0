"""Slurm under the Managed strategy: SageMaker's agent writes slurm.conf on the controller, we start the daemons.

Compute and login nodes have no slurm.conf of their own: slurmd fetches it from the controller (configless), keeps it
in its cache, and links /run/slurm/conf there for srun and its kin.
"""

from __future__ import annotations

from provision.host import Host, ProvisionError
from provision.node import Node
from provision.parameters import Parameters

SLURM_CONF = "/opt/slurm/etc/slurm.conf"
CACHED_CONF = "/var/spool/slurmd/conf-cache/slurm.conf"
DROP_IN = "/etc/systemd/system/slurmd.service.d/10-controller.conf"
CONF_LIMIT_S = 60
SCONTROL_LIMIT_S = 120


def wait_for_conf(host: Host, node: Node, _: Parameters) -> None:
    """The controller's slurm.conf is complete when the agent has written the controller's address into it."""
    path = host.path(SLURM_CONF)
    host.wait(
        f"{SLURM_CONF} names {node.address}",
        lambda: path.is_file() and node.address in path.read_text(),
        limit_s=CONF_LIMIT_S,
    )


def start(host: Host, node: Node, _: Parameters) -> None:
    """Start this node's daemon, keep the other from starting, and wait until Slurm answers."""
    if node.node_type == "controller":
        _start_controller(host)
    else:
        _start_node(host, node)
    host.wait(
        "scontrol ping: the controller is UP",
        lambda: "UP" in _ping(host),
        limit_s=SCONTROL_LIMIT_S,
    )


def _start_controller(host: Host) -> None:
    host.run("systemctl", "disable", "--now", "slurmd")
    host.run("systemctl", "enable", "--now", "slurmctld")


def _start_node(host: Host, node: Node) -> None:
    if not node.controllers:
        raise ProvisionError("the resource config has no address of the controller; it has to be up first")
    text = f'[Service]\nEnvironment="SLURMD_OPTIONS=--conf-server {",".join(node.controllers)}"\n'
    changed = host.write(DROP_IN, text)
    host.run("systemctl", "disable", "--now", "slurmctld")
    if changed:
        host.run("systemctl", "daemon-reload")
    host.run("systemctl", "enable", "slurmd")
    host.run("systemctl", "restart" if changed else "start", "slurmd")
    host.wait(
        f"slurmd has fetched {CACHED_CONF}",
        lambda: host.path(CACHED_CONF).is_file(),
        limit_s=CONF_LIMIT_S,
    )


def _ping(host: Host) -> str:
    try:
        return host.run("scontrol", "ping")
    except ProvisionError:
        return ""
