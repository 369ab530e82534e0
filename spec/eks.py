"""The EKS clusters of one site."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Literal

from pydantic import Field

from spec.eks_fields import (
    Gpus,
    InstanceType,
    Namespace,
    OneRoleArn,
    PublicCidrs,
    ReservationIds,
    SystemNodes,
    Version,
)
from spec.fields import RetentionDays, Spec, UniqueTuple

SERVICES_CIDR = IPv4Network("172.20.0.0/16")
"""Addresses of Kubernetes services: EKS takes this or 10.100.0.0/16, and every site's VPC lies in 10.0.0.0/8."""

HUB_SYSTEM_NODES_MIN = 3
"""Argo CD in high availability spreads three Redis replicas over three nodes."""

AccessPolicy = Literal[
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSViewPolicy",
]
"""EKS User Guide, "Review access policy permissions": those that are for people and pipelines."""


class SystemNodeGroup(Spec):
    """The managed nodes that run what the cluster itself needs; Karpenter launches all others."""

    instance_type: InstanceType = Field(
        default="m5.xlarge", description="EC2 instance type of the system nodes; one without GPUs."
    )
    min_size: SystemNodes | None = Field(
        default=None, description="Fewest system nodes, at least 2; left out, 2, and 3 on the hub."
    )
    desired_size: SystemNodes | None = Field(
        default=None, description="System nodes to run; left out, 2, and 3 on the hub (Argo CD)."
    )
    max_size: SystemNodes = Field(default=4, description="Most system nodes, also while they are updated.")


class Karpenter(Spec):
    """What Karpenter may launch in this cluster."""

    gpu_limit: Gpus = Field(default=256, description="Most GPUs that Karpenter runs at once in this cluster.")
    capacity_reservations: ReservationIds = Field(
        default=(),
        description="Ids of capacity reservations and capacity blocks that GPU nodes are launched into, such as "
        "cr-0123456789abcdef0. Open reservations are used only when they are listed.",
    )


class AccessEntry(Spec):
    """Who may talk to the cluster's API, beside the fleet's own execution role."""

    role: OneRoleArn = Field(description="ARN of the IAM role; one role, without * and ?.")
    policy: AccessPolicy = Field(description="The EKS access policy that says what the role may do.")
    namespaces: UniqueTuple[Namespace] = Field(
        default=(), description="Namespaces that the policy is limited to; left out, the whole cluster."
    )


class EksCluster(Spec):
    """An EKS cluster. Its API has a private endpoint always, and a public one only for listed networks."""

    version: Version = Field(
        description='Kubernetes minor version, in quotes: "1.34". One at a time upwards.'
    )
    authentication_mode: Literal["API", "API_AND_CONFIG_MAP"] = Field(
        default="API",
        description="How roles get in: access entries alone, or also the ConfigMap aws-auth. It never goes back.",
    )
    support: Literal["STANDARD", "EXTENDED"] = Field(
        default="STANDARD",
        description="When standard support of the version ends: STANDARD, AWS upgrades the cluster by itself; "
        "EXTENDED, it stays, and each hour costs more.",
    )
    public_cidrs: PublicCidrs = Field(
        default=(),
        description="Public IPv4 CIDRs that may reach the API over the internet; left out, there is no public "
        "endpoint.",
    )
    log_retention_days: RetentionDays = Field(
        default=90, description="Days that the control plane's logs are kept in CloudWatch Logs."
    )
    system_nodes: SystemNodeGroup = Field(
        default=SystemNodeGroup(), description="The managed node group; left out, as row E3 says."
    )
    karpenter: Karpenter = Field(
        default=Karpenter(), description="What Karpenter may launch; left out, up to 256 GPUs on demand."
    )
    access: tuple[AccessEntry, ...] = Field(
        default=(), description="Roles that may talk to the API, each with an access policy."
    )
