"""The EKS add-ons of every cluster (row E2): which version for which Kubernetes version, and how each is set.

AWS's own list is `aws eks describe-addon-versions`, which nobody can ask without an account. The versions here are
those that public configurations ran on CHECKED (EKS User Guide, "Manage kube-proxy", "Manage CoreDNS" and "Assign
IPs to Pods with the VPC CNI", and their change logs); docs/what-is-proven.md says which nobody could confirm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from plan import names

CHECKED = date(2026, 4, 24)

CNI_FLOOR = (1, 18, 4)
"""The first VPC CNI that leaves EFA-only interfaces alone (row L4)."""

SYSTEM_TAINT = "CriticalAddonsOnly"
"""Keeps everything off the system nodes that does not say that the cluster needs it."""

TOLERATIONS = ({"key": SYSTEM_TAINT, "operator": "Exists"},)

VERSION_PATTERN = re.compile(r"v([0-9]+)\.([0-9]+)\.([0-9]+)-eksbuild\.([0-9]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class PodRole:
    """The service account of an add-on and the site's role that its pods get by Pod Identity, never by IRSA (L2)."""

    service_account: str
    role: str
    namespace: str = "kube-system"


@dataclass(frozen=True, kw_only=True, slots=True)
class Addon:
    """An add-on of the table: a version for each Kubernetes minor, its settings, and whether it waits for nodes.

    A DaemonSet is there before any node, so that no node joins without it; a Deployment has nowhere to run until the
    system nodes are up, and would be DEGRADED.
    """

    name: str
    versions: Mapping[str, str]
    configuration: Mapping[str, Any]
    after_nodes: bool
    pod_role: PodRole | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AddonPlan:
    """An add-on of one cluster."""

    name: str
    version: str
    configuration: dict[str, Any]
    after_nodes: bool


def _every(version: str) -> dict[str, str]:
    """One version for every Kubernetes minor of the table."""
    return dict.fromkeys(("1.32", "1.33", "1.34", "1.35"), version)


_CONTROLLER = {"controller": {"tolerations": list(TOLERATIONS)}}

ADDONS: tuple[Addon, ...] = (
    Addon(
        name="vpc-cni",
        versions={**_every("v1.21.1-eksbuild.1"), "1.35": "v1.21.1-eksbuild.3"},
        configuration={"enableNetworkPolicy": "true"},
        after_nodes=False,
        pod_role=PodRole(service_account="aws-node", role=names.VPC_CNI_ROLE),
    ),
    Addon(
        name="kube-proxy",
        versions={
            "1.32": "v1.32.11-eksbuild.2",
            "1.33": "v1.33.7-eksbuild.2",
            "1.34": "v1.34.1-eksbuild.2",
            "1.35": "v1.35.0-eksbuild.2",
        },
        configuration={},
        after_nodes=False,
    ),
    Addon(
        name="eks-pod-identity-agent",
        versions=_every("v1.3.10-eksbuild.2"),
        configuration={},
        after_nodes=False,
    ),
    Addon(
        name="coredns",
        versions={
            "1.32": "v1.11.4-eksbuild.28",
            "1.33": "v1.13.1-eksbuild.1",
            "1.34": "v1.13.1-eksbuild.1",
            "1.35": "v1.13.2-eksbuild.1",
        },
        configuration={"tolerations": list(TOLERATIONS)},
        after_nodes=True,
    ),
    Addon(
        name="aws-ebs-csi-driver",
        versions=_every("v1.54.0-eksbuild.1"),
        configuration=_CONTROLLER,
        after_nodes=True,
        pod_role=PodRole(service_account="ebs-csi-controller-sa", role=names.EBS_CSI_ROLE),
    ),
    Addon(
        name="aws-efs-csi-driver",
        versions=_every("v2.1.15-eksbuild.1"),
        configuration=_CONTROLLER,
        after_nodes=True,
        pod_role=PodRole(service_account="efs-csi-controller-sa", role=names.EFS_CSI_ROLE),
    ),
    Addon(
        name="aws-fsx-csi-driver",
        versions=_every("v1.8.0-eksbuild.1"),
        configuration=_CONTROLLER,
        after_nodes=True,
        pod_role=PodRole(service_account="fsx-csi-controller-sa", role=names.FSX_CSI_ROLE),
    ),
)
"""In the order in which they come up."""


def addons(minor: str) -> tuple[AddonPlan, ...]:
    """The add-ons of a cluster of a Kubernetes version. Raises KeyError for one that is not in the table."""
    return tuple(
        AddonPlan(
            name=addon.name,
            version=addon.versions[minor],
            configuration=dict(addon.configuration),
            after_nodes=addon.after_nodes,
        )
        for addon in ADDONS
    )


def number(version: str) -> tuple[int, int, int, int]:
    """`v1.21.1-eksbuild.3` as numbers that compare. Raises ValueError for anything else."""
    match = VERSION_PATTERN.fullmatch(version)
    if match is None:
        raise ValueError(f"{version} is not a version of an EKS add-on, like v1.21.1-eksbuild.1")
    major, minor, patch, build = map(int, match.groups())
    return major, minor, patch, build


def carries_efa(cni_version: str) -> bool:
    """Whether a VPC CNI of this version leaves EFA's interfaces alone (row L4)."""
    return number(cni_version)[:3] >= CNI_FLOOR
