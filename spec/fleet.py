"""The whole fleet: what fleet.yaml holds, and the sites it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from spec.data import Alerts, Data
from spec.eks_fields import RunnerCidr
from spec.fields import (
    AccountId,
    Cidr,
    Name,
    ProfileName,
    RegionName,
    Repository,
    RoleArn,
    SiteName,
    SitePair,
    Spec,
    TagValue,
    UniqueTuple,
)
from spec.iam import Iam
from spec.registry import Registry
from spec.site import Site


class Account(Spec):
    """An AWS account."""

    id: AccountId = Field(description='The 12 digits of the AWS account, in quotes: "012345678901".')
    bootstrap_profile: ProfileName = Field(
        description="AWS profile, in ~/.aws/config, with which `fleet bootstrap` enters this account."
    )


class State(Spec):
    """Where the bucket and the key of Pulumi's state live."""

    account: Name = Field(description="Name of the AWS account that holds the state, one of `accounts`.")
    region: RegionName = Field(description="AWS region of the state bucket and its key.")


class SiteEntry(Spec):
    """A site's line in the fleet; the rest is in Pulumi.<name>.yaml."""

    name: SiteName = Field(description="Name of the site and of its Pulumi stack, such as main-use1.")
    after: UniqueTuple[SiteName] = Field(
        default=(), description="Sites whose rollout must be done before this one starts (staged rollouts)."
    )


class FleetSettings(Spec):
    """fleet.yaml: what all sites share, which sites there are, and what joins them."""

    owner: TagValue = Field(description="Team that owns the fleet; the tag `owner` of every resource.")
    repository: Repository = Field(description="GitHub repository of this fleet, organization/name.")
    accounts: dict[Name, Account] = Field(description="The AWS accounts, by the name that sites use.")
    operators: UniqueTuple[RoleArn] = Field(
        description="ARNs of the IAM roles, in the state's account, whose sessions may roll the fleet out. "
        "* and ? may complete a role's name."
    )
    state: State = Field(description="Where Pulumi's state is kept.")
    cidr_pool: Cidr = Field(description="IPv4 CIDR that every site's VPC lies in.")
    reserved_cidrs: dict[SiteName, Cidr] = Field(
        default_factory=dict, description="IPv4 CIDR kept free for a site that has no network yet."
    )
    sites: tuple[SiteEntry, ...] = Field(description="The sites; each has a file Pulumi.<name>.yaml.")
    peerings: tuple[SitePair, ...] = Field(
        default=(), description="Pairs of sites whose VPCs are peered, each pair once, at most four."
    )
    runner_cidrs: UniqueTuple[RunnerCidr] = Field(
        default=(),
        description="IPv4 CIDRs of the machines that roll the fleet out (CI runners, a VPN), from which the private "
        "endpoints of all EKS clusters may be reached, beside the hub's VPC.",
    )
    iam: Iam | None = Field(
        default=None, description="What every IAM role gets; left out, path / and no permissions boundary."
    )
    registry: Registry | None = Field(
        default=None, description="The image registry of the fleet; left out, there is none."
    )
    data: Data | None = Field(
        default=None, description="The central data bucket and its replicas; left out, the fleet has none."
    )
    alerts: Alerts | None = Field(
        default=None, description="Who is told when an alarm fires; left out, alarms only show in CloudWatch."
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Fleet:
    """A fleet without problems: `spec.load` gives no other."""

    settings: FleetSettings
    sites: Mapping[str, Site]
    """By name, in the order of fleet.yaml."""
    cluster_configs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The files of cluster-configs/parallelcluster that sites name, by name: ParallelCluster's own YAML."""

    @property
    def hub(self) -> str:
        """The name of the one site that runs Argo CD."""
        return next(name for name, site in self.sites.items() if site.hub)
