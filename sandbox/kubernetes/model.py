"""What the rest of the sandbox says to and hears from the control planes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sandbox.kubernetes.client import ApiClient

SERVICE_CIDR = "172.20.0.0/16"
"""What EKS takes for services when nobody says otherwise and the VPC does not lie in it."""


class PlanesError(Exception):
    """A control plane that is not there, not ready, or cannot be started; the message says which and why."""


@dataclass(frozen=True, slots=True, order=True)
class ClusterKey:
    """One EKS cluster."""

    account_id: str
    region: str
    name: str

    def __str__(self) -> str:
        return f"{self.account_id}/{self.region}/{self.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlPlane:
    """A control plane as it is now."""

    version: str
    """Kubernetes' minor version, as EKS has it: "1.34"."""
    endpoint: str
    """https://127.0.0.1:PORT."""
    ca_pem: str
    ready: bool = False
    failure: str | None = None
    """Why it will not become ready, or is not any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taint:
    """A taint in Kubernetes' words."""

    key: str
    effect: str
    """NoSchedule, PreferNoSchedule or NoExecute."""
    value: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A machine that joins a cluster."""

    name: str
    provider_id: str
    """`aws:///<zone>/<instance id>`."""
    instance_type: str
    zone: str
    internal_ip: str
    capacity: Mapping[str, str]
    """Quantities by resource: cpu, memory, pods, nvidia.com/gpu, vpc.amazonaws.com/efa."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Beside the well-known ones (host name, instance type, zone, region, architecture), which it always has."""
    taints: tuple[Taint, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhooks:
    """Whom an API server asks about tokens and about what a user may do: kubeconfig files, as text."""

    authentication: str
    authorization: str


class Planes(Protocol):
    """The control planes of all clusters. `ControlPlanes` runs real ones."""

    def start(self, key: ClusterKey, version: str, *, service_cidr: str = SERVICE_CIDR) -> None:
        """Bring one up in the background. Raises PlanesError when it cannot even be tried."""

    def state(self, key: ClusterKey) -> ControlPlane | None:
        """How it is; None when there is none."""

    def stop(self, key: ClusterKey) -> None:
        """End it and forget what was in it. One that is not there is no error."""

    def admin(self, key: ClusterKey) -> ApiClient:
        """A client that may do everything, for the sandbox itself. Raises PlanesError unless it is ready."""

    def join(self, key: ClusterKey, node: Node) -> None:
        """Let a node be there, Ready; pods that are bound to it run. Raises PlanesError unless it is ready."""

    def leave(self, key: ClusterKey, name: str) -> None:
        """Let a node go, and the pods that were bound to it."""
