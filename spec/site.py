"""One site: what `config: ml-clusters:site:` of Pulumi.<site>.yaml holds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from spec.eks import EksCluster
from spec.fields import Name, RegionName, Spec
from spec.hyperpod import HyperPodCluster
from spec.network import Network
from spec.parallelcluster import ParallelCluster
from spec.storage import Storage


class Site(Spec):
    """One account, region and purpose; one Pulumi stack."""

    account: Name = Field(description="Name of the AWS account, one of `accounts` in fleet.yaml.")
    region: RegionName = Field(description="AWS region, such as us-east-1.")
    purpose: Literal["training", "inference", "data"] = Field(
        description="What the site is for. One site per account, region and purpose."
    )
    environment: Literal["prod", "dev"] = Field(
        description="prod: a NAT gateway per zone, stateful resources protected. dev: one NAT gateway."
    )
    hub: bool = Field(
        default=False, description="Whether Argo CD runs here. Exactly one site of the fleet is the hub."
    )
    network: Network | None = Field(default=None, description="The site's VPC; left out, the site has none.")
    storage: Storage | None = Field(
        default=None, description="The site's file systems; left out, the site has none."
    )
    eks: dict[Name, EksCluster] | None = Field(
        default=None,
        description="The site's EKS clusters by their short names; a cluster is called <site>--<name>.",
    )
    hyperpod: dict[Name, HyperPodCluster] | None = Field(
        default=None, description="The site's HyperPod clusters by short name; left out, the site has none."
    )
    parallelcluster: ParallelCluster | None = Field(
        default=None, description="The site's Slurm clusters; left out, the site has none."
    )
