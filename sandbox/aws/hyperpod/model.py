"""What the sandbox keeps of a HyperPod cluster. Moments are seconds of the service's clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.moto_api._internal import mock_random

ARN_CHARACTERS = 12
"""SageMaker API, ClusterArn: `cluster/` and twelve characters."""


@dataclass(slots=True)
class Node:
    """An instance of a group. It is no instance of the account: only its interface can be seen there."""

    group: str
    instance_type: str
    checks: tuple[str, ...]
    subnet_id: str | None
    interface_id: str | None
    address: str
    launched_at: float
    fails_check: bool = False
    ends_at: float | None = None
    rebooted_at: float | None = None
    updated_at: float | None = None
    capacity: str = "OnDemand"
    instance_id: str = field(default_factory=lambda: f"i-{mock_random.get_random_hex(17)}")
    logical_id: str = field(default_factory=lambda: f"node-{mock_random.get_random_hex(12)}")

    @property
    def name(self) -> str:
        """Its name in Kubernetes."""
        return f"hyperpod-{self.instance_id}"


@dataclass(slots=True)
class Event:
    """Something that happened; only clusters with continuous provisioning tell."""

    at: float
    kind: str
    text: str
    level: str = "Info"
    group: str | None = None
    instance_id: str | None = None
    failure: str | None = None
    id: str = field(default_factory=lambda: str(mock_random.uuid4()))


@dataclass(slots=True)
class Cluster:
    """A cluster: what was asked for under AWS's names, and what came of it."""

    account: str
    region: str
    name: str
    settings: dict[str, Any]
    """The request, without name, groups and tags."""
    groups: dict[str, dict[str, Any]]
    """Specifications by name."""
    tags: dict[str, str]
    created_at: float
    ready_at: float
    changed_at: float
    """When the last change began; until `ready_at` the cluster is at it."""
    failure: str = ""
    ends_at: float | None = None
    nodes: list[Node] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    suffix: str = field(
        default_factory=lambda: mock_random.get_random_string(
            ARN_CHARACTERS, include_digits=True, lower_case=True
        )
    )

    @property
    def arn(self) -> str:
        return f"arn:aws:sagemaker:{self.region}:{self.account}:cluster/{self.suffix}"

    @property
    def eks_cluster_arn(self) -> str | None:
        """The EKS cluster that it is attached to; None on Slurm."""
        eks: Mapping[str, str] = self.settings.get("Orchestrator", {}).get("Eks", {})
        return eks.get("ClusterArn")

    @property
    def is_continuous(self) -> bool:
        return self.settings.get("NodeProvisioningMode") == "Continuous"

    @property
    def recovers(self) -> bool:
        """Whether SageMaker replaces broken nodes by itself."""
        return bool(self.settings.get("NodeRecovery", "Automatic") == "Automatic")

    def nodes_of(self, group: str) -> list[Node]:
        return [node for node in self.nodes if node.group == group and node.ends_at is None]
