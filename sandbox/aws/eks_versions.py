"""Kubernetes versions that EKS offers: what a cluster may be made with, and the one step that it may go.

Source: EKS User Guide, "Understand the Kubernetes version lifecycle" and "Update existing cluster to new version".
"""

from __future__ import annotations

VERSIONS = ("1.30", "1.31", "1.32", "1.33", "1.34", "1.35")
"""In standard or extended support, the oldest first."""

DEFAULT = "1.34"
KUBELET_SKEW = 3
"""Minors that a node may be behind its control plane (kubernetes.io, "Version Skew Policy")."""


def minor(version: str) -> int:
    """The part after the dot."""
    return int(version.partition(".")[2])
