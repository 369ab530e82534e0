"""How many GPU nodes a subnet's addresses carry (row N8)."""

from __future__ import annotations

import math
from fractions import Fraction
from ipaddress import IPv4Network
from typing import Literal

AWS_RESERVED_ADDRESSES = 5
"""First four and last address of every subnet (VPC User Guide, "Subnet sizing")."""

ADDRESSES_PER_NODE = {"hyperpod-eks": 81, "slurm": 32}
"""Addresses a P5 instance takes: HyperPod on EKS, and Slurm (SageMaker HyperPod prerequisites; row L4)."""

BUDGET = Fraction(4, 5)
"""Share of a subnet that GPU nodes may fill; the rest is for endpoints, load balancers and replacements."""

ALARM_FREE_ADDRESSES = 500
"""A private subnet with fewer free addresses than this raises an alarm (row N7)."""

Orchestrator = Literal["hyperpod-eks", "slurm"]


def usable_addresses(subnet: IPv4Network) -> int:
    """Addresses of a subnet that AWS lets one use."""
    return subnet.num_addresses - AWS_RESERVED_ADDRESSES


def max_gpu_nodes(subnet: IPv4Network, orchestrator: Orchestrator) -> int:
    """Most nodes for which `nodes * addresses per node < 80 %` of the subnet's addresses still holds."""
    budget = usable_addresses(subnet) * BUDGET
    return max(0, math.ceil(budget / ADDRESSES_PER_NODE[orchestrator]) - 1)


def fits(nodes: int, subnet: IPv4Network, orchestrator: Orchestrator) -> bool:
    """Whether a subnet carries that many GPU nodes within the budget."""
    return nodes <= max_gpu_nodes(subnet, orchestrator)
