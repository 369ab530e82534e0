"""What SageMaker asks of Slurm's settings and of the EKS cluster that a HyperPod cluster attaches itself to.

Source: SageMaker AI Developer Guide, "Prerequisites for using SageMaker HyperPod with Amazon EKS".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.aws.errors import Refused
from sandbox.aws.hyperpod.service import SERVICE, eks_cluster

EKS_VERSIONS = tuple(f"1.{minor}" for minor in range(28, 35))
"""Kubernetes versions that HyperPod takes."""

AUTHENTICATION_MODES = ("API", "API_AND_CONFIG_MAP")

Spec = Mapping[str, Any]


def invalid(message: str) -> Refused:
    """SageMaker's way to refuse a request."""
    return Refused("ValidationException", message)


def fits(orchestrator: Spec, asked: Spec) -> None:
    """One orchestrator, and what it needs."""
    if len(orchestrator) > 1:
        raise invalid("Specify exactly one orchestrator: Eks or Slurm.")
    if "Eks" in orchestrator:
        if "VpcConfig" not in asked:
            raise invalid("VpcConfig is required for clusters with the Eks orchestrator.")
        _eks_fits(orchestrator["Eks"]["ClusterArn"])
    elif "AccountingDatabase" in orchestrator.get("Slurm", {}) and not _is_continuous(asked):
        raise invalid("AccountingDatabase is only supported with NodeProvisioningMode Continuous.")


def _is_continuous(asked: Spec) -> bool:
    return bool(asked.get("NodeProvisioningMode") == "Continuous")


def _eks_fits(arn: str) -> None:
    cluster = eks_cluster(arn)
    if cluster is None:
        raise invalid(f"EKS cluster {arn} does not exist.")
    if not cluster.is_active:
        raise invalid(f"EKS cluster {arn} is {cluster.shown['status']}; it must be ACTIVE.")
    if cluster.version not in EKS_VERSIONS:
        raise invalid(
            f"EKS cluster {arn} has Kubernetes version {cluster.version}; "
            f"HyperPod supports {EKS_VERSIONS[0]} to {EKS_VERSIONS[-1]}."
        )
    mode = cluster.shown["accessConfig"]["authenticationMode"]
    if mode not in AUTHENTICATION_MODES:
        raise invalid(
            f"EKS cluster {arn} has authentication mode {mode}; it must be API or API_AND_CONFIG_MAP."
        )
    for other in SERVICE.everywhere():
        if other.eks_cluster_arn == arn:
            raise Refused("ResourceInUse", f"EKS cluster {arn} is attached to HyperPod cluster {other.arn}.")
