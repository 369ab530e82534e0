"""Control planes that are only played: ready at once, without an API server. For tests of what stands on a cluster."""

from __future__ import annotations

import secrets
from typing import NoReturn

from sandbox.kubernetes.certificates import Authority
from sandbox.kubernetes.model import SERVICE_CIDR, ClusterKey, ControlPlane, Node, PlanesError


class PlayedPlanes:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self._planes: dict[ClusterKey, ControlPlane] = {}
        self.nodes: dict[tuple[ClusterKey, str], Node] = {}

    def start(self, key: ClusterKey, version: str, *, service_cidr: str = SERVICE_CIDR) -> None:
        """Ready at once."""
        digits = secrets.token_hex(16).upper()
        self._planes[key] = ControlPlane(
            version=version,
            endpoint=f"https://{digits}.gr7.{key.region}.eks.amazonaws.com",
            ca_pem=Authority(key.name).pem,
            ready=True,
        )

    def state(self, key: ClusterKey) -> ControlPlane | None:
        """What was started."""
        return self._planes.get(key)

    def stop(self, key: ClusterKey) -> None:
        """Forget it and its nodes."""
        self._planes.pop(key, None)
        self.nodes = {of: node for of, node in self.nodes.items() if of[0] != key}

    def close(self) -> None:
        """Nothing runs."""

    def admin(self, key: ClusterKey) -> NoReturn:
        """Nobody answers."""
        raise PlanesError(f"the API server of {key} is only played")

    def join(self, key: ClusterKey, node: Node) -> None:
        """Remember it."""
        self.nodes[key, node.name] = node

    def leave(self, key: ClusterKey, name: str) -> None:
        """Forget it."""
        self.nodes.pop((key, name), None)
