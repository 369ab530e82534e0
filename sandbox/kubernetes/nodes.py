"""Nodes as objects: what a kubelet would register and report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.kubernetes.model import ClusterKey, Node

MANAGER = "sandbox-kubelet"
_REASONS = {
    "Ready": ("True", "KubeletReady", "kubelet is posting ready status"),
    "MemoryPressure": ("False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    "DiskPressure": ("False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    "PIDPressure": ("False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
}


def registered(key: ClusterKey, node: Node) -> dict[str, Any]:
    """The Node object, without its status."""
    well_known = {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/os": "linux",
        "kubernetes.io/hostname": node.name,
        "node.kubernetes.io/instance-type": node.instance_type,
        "topology.kubernetes.io/region": key.region,
        "topology.kubernetes.io/zone": node.zone,
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": node.name, "labels": {**well_known, **node.labels}},
        "spec": {
            "providerID": node.provider_id,
            "taints": [
                {"key": taint.key, "effect": taint.effect, **({"value": taint.value} if taint.value else {})}
                for taint in node.taints
            ],
        },
    }


def reported(node: Node, version: str) -> dict[str, Any]:
    """The status that makes it Ready, as server-side apply wants it."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": node.name},
        "status": {
            "capacity": _quantities(node.capacity),
            "allocatable": _quantities(node.capacity),
            "addresses": [
                {"type": "InternalIP", "address": node.internal_ip},
                {"type": "Hostname", "address": node.name},
                {"type": "InternalDNS", "address": node.name},
            ],
            "conditions": [_condition(kind, *words) for kind, words in _REASONS.items()],
            "nodeInfo": _info(node, version),
        },
    }


def _quantities(capacity: Mapping[str, str]) -> dict[str, str]:
    return {"ephemeral-storage": "100Gi", "pods": "110", **capacity}


def _condition(kind: str, status: str, reason: str, message: str) -> dict[str, str]:
    now = timestamp()
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastHeartbeatTime": now,
        "lastTransitionTime": now,
    }


def _info(node: Node, version: str) -> dict[str, str]:
    return {
        "architecture": node.labels.get("kubernetes.io/arch", "amd64"),
        "bootID": "00000000-0000-0000-0000-000000000000",
        "containerRuntimeVersion": "sandbox://1",
        "kernelVersion": "sandbox",
        "kubeProxyVersion": "",
        "kubeletVersion": f"v{version}.0-eks-sandbox",
        "machineID": node.provider_id.rpartition("/")[2],
        "operatingSystem": "linux",
        "osImage": "Sandbox",
        "systemUUID": node.provider_id.rpartition("/")[2],
    }


def timestamp() -> str:
    """Now, as the API writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
