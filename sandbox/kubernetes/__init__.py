"""Real Kubernetes control planes for the emulator's EKS clusters, and the nodes that join them.

Each cluster has an API server, a controller manager and a scheduler of its own; one etcd holds them all. Nothing is
started before the first cluster is made, and everything ends with the daemon.
"""

from __future__ import annotations

from sandbox.kubernetes.client import ApiClient, ApiError
from sandbox.kubernetes.model import (
    SERVICE_CIDR,
    ClusterKey,
    ControlPlane,
    Node,
    Planes,
    PlanesError,
    Taint,
    Webhooks,
)
from sandbox.kubernetes.planes import ControlPlanes
from sandbox.kubernetes.played import PlayedPlanes
from sandbox.kubernetes.running import planes, run_with

__all__ = [
    "SERVICE_CIDR",
    "ApiClient",
    "ApiError",
    "ClusterKey",
    "ControlPlane",
    "ControlPlanes",
    "Node",
    "Planes",
    "PlanesError",
    "PlayedPlanes",
    "Taint",
    "Webhooks",
    "planes",
    "run_with",
]
