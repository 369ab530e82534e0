"""The steps, in order, with the node types that take each. A switch is a name of config.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from provision import accounting, containers, exporters, logs, mounts, slurm, users
from provision.host import Host
from provision.node import Node
from provision.parameters import NODE_TYPES, Parameters

CONTROLLER = ("controller",)


@dataclass(frozen=True)
class Step:
    """One thing to do. Repeating it on a node where it is done changes nothing."""

    name: str
    run: Callable[[Host, Node, Parameters], None]
    node_types: tuple[str, ...] = NODE_TYPES
    switch: str = ""


STEPS = (
    Step("mounts", mounts.mount),
    Step("users", users.create),
    Step("slurm-conf", slurm.wait_for_conf, CONTROLLER),
    Step("accounting", accounting.set_up, CONTROLLER, "ACCOUNTING"),
    Step("slurm", slurm.start),
    Step("associations", accounting.associate, CONTROLLER, "ACCOUNTING"),
    Step("exporters", exporters.install, NODE_TYPES, "EXPORTERS"),
    Step("containers", containers.install, NODE_TYPES, "CONTAINERS"),
    Step("log-shipping", logs.ship, NODE_TYPES, "LOG_SHIPPING"),
    Step("log-rotation", logs.rotate, NODE_TYPES, "LOG_ROTATION"),
)
