"""Clusters and nodes, in the same words for EKS, ParallelCluster and HyperPod."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Kind = Literal["eks", "parallelcluster", "hyperpod"]


class Health(StrEnum):
    """How a node is: whether it can take work, as far as AWS and its cluster say."""

    READY = "ready"
    NOT_READY = "not ready"
    STARTING = "starting"
    STOPPING = "stopping"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """A cluster that the fleet's files name. `name` is the physical one, `<site>--<short>`.

    `kubernetes` is the EKS cluster that its nodes are of; None for a cluster on Slurm.
    """

    site: str
    kind: Kind
    name: str
    kubernetes: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One instance of a cluster. `group` is its node group, NodePool, queue or instance group; `state` AWS's own word.

    `host` is its name in Kubernetes or of the host, `address` its private one. `detail` says why it is as it is.
    """

    cluster: Cluster
    id: str
    group: str
    instance_type: str
    zone: str
    state: str
    health: Health
    launched_at: datetime | None
    host: str = ""
    address: str = ""
    detail: str = ""
    is_head: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """What a Kubernetes API server says of a node."""

    is_ready: bool
    detail: str = ""
