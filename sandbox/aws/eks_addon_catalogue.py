"""The EKS add-ons that the sandbox offers: versions by Kubernetes minor, settings, and what they need to be healthy.

An excerpt of what `aws eks describe-addon-versions` and `describe-addon-configuration` list, as public configurations
show it; the real schemas have more settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_TOLERATIONS: Schema = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "key": _TEXT,
            "operator": {"enum": ["Exists", "Equal"]},
            "value": _TEXT,
            "effect": {"enum": ["NoSchedule", "NoExecute", "PreferNoSchedule"]},
            "tolerationSeconds": {"type": "integer"},
        },
        "additionalProperties": False,
    },
}
_MAP: Schema = {"type": "object"}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


_DRIVER = _object(
    controller=_object(
        tolerations=_TOLERATIONS,
        nodeSelector=_MAP,
        affinity=_MAP,
        resources=_MAP,
        replicaCount={"type": "integer"},
        extraVolumeTags=_MAP,
    ),
    node=_object(tolerations=_TOLERATIONS, tolerateAllTaints=_FLAG, nodeSelector=_MAP, resources=_MAP),
)
_EVERY = ("1.30", "1.31", "1.32", "1.33", "1.34", "1.35")


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedAddon:
    """An add-on: its versions, the newest first, with the minors that each is for.

    `tolerations` is the path of the tolerations in its settings, for one whose pods need a node to be healthy; those
    of a DaemonSet are healthy without any node.
    """

    name: str
    versions: Mapping[str, tuple[str, ...]]
    schema: Schema
    service_account: str = ""
    managed_policy: str = ""
    tolerations: tuple[str, ...] = ()


OFFERED = {
    addon.name: addon
    for addon in (
        OfferedAddon(
            name="vpc-cni",
            versions={
                "v1.21.1-eksbuild.3": _EVERY,
                "v1.21.1-eksbuild.1": _EVERY,
                "v1.20.4-eksbuild.2": _EVERY[:-1],
                "v1.18.3-eksbuild.3": _EVERY[:2],
            },
            schema=_object(
                enableNetworkPolicy={"type": "string", "format": "boolean", "enum": ["true", "false"]},
                env=_MAP,
                init=_MAP,
                tolerations=_TOLERATIONS,
                resources=_MAP,
                nodeAgent=_MAP,
            ),
            service_account="aws-node",
            managed_policy="arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
        ),
        OfferedAddon(
            name="kube-proxy",
            versions={
                "v1.35.0-eksbuild.2": ("1.35",),
                "v1.34.1-eksbuild.2": ("1.34", "1.35"),
                "v1.34.0-eksbuild.4": ("1.34", "1.35"),
                "v1.33.7-eksbuild.2": ("1.33", "1.34", "1.35"),
                "v1.33.5-eksbuild.2": ("1.33", "1.34", "1.35"),
                "v1.32.11-eksbuild.2": ("1.32", "1.33", "1.34"),
                "v1.31.14-eksbuild.2": ("1.31", "1.32", "1.33"),
            },
            schema=_object(ipvs=_MAP, mode={"enum": ["iptables", "ipvs"]}, resources=_MAP, podLabels=_MAP),
        ),
        OfferedAddon(
            name="eks-pod-identity-agent",
            versions={"v1.3.10-eksbuild.2": _EVERY, "v1.3.8-eksbuild.2": _EVERY},
            schema=_object(agent=_MAP, tolerations=_TOLERATIONS, resources=_MAP),
        ),
        OfferedAddon(
            name="coredns",
            versions={
                "v1.13.2-eksbuild.1": ("1.33", "1.34", "1.35"),
                "v1.13.1-eksbuild.1": ("1.33", "1.34"),
                "v1.12.4-eksbuild.1": ("1.33", "1.34"),
                "v1.11.4-eksbuild.28": ("1.30", "1.31", "1.32"),
            },
            schema=_object(
                tolerations=_TOLERATIONS,
                replicaCount={"type": "integer"},
                nodeSelector=_MAP,
                affinity=_MAP,
                autoScaling=_MAP,
                corefile=_TEXT,
                resources=_MAP,
                computeType=_TEXT,
                topologySpreadConstraints={"type": "array"},
                podDisruptionBudget=_MAP,
            ),
            tolerations=("tolerations",),
        ),
        OfferedAddon(
            name="aws-ebs-csi-driver",
            versions={"v1.54.0-eksbuild.1": _EVERY, "v1.53.0-eksbuild.1": _EVERY},
            schema=_DRIVER,
            service_account="ebs-csi-controller-sa",
            managed_policy="arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
            tolerations=("controller", "tolerations"),
        ),
        OfferedAddon(
            name="aws-efs-csi-driver",
            versions={"v2.1.15-eksbuild.1": _EVERY, "v2.1.14-eksbuild.1": _EVERY},
            schema=_DRIVER,
            service_account="efs-csi-controller-sa",
            managed_policy="arn:aws:iam::aws:policy/service-role/AmazonEFSCSIDriverPolicy",
            tolerations=("controller", "tolerations"),
        ),
        OfferedAddon(
            name="aws-fsx-csi-driver",
            versions={"v1.8.0-eksbuild.1": _EVERY, "v1.7.0-eksbuild.1": _EVERY},
            schema=_DRIVER,
            service_account="fsx-csi-controller-sa",
            managed_policy="arn:aws:iam::aws:policy/AmazonFSxFullAccess",
            tolerations=("controller", "tolerations"),
        ),
    )
}
"""By name."""
