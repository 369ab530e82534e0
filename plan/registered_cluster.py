"""An EKS cluster that registers itself with Argo CD: what the files tell of it and what its deployment knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plan import names
from plan.contracts import NetworkContract, StorageContract
from spec import Fleet, Site

GPU_FLEET = "training"
"""The GPU fleet of the network (`gpu_fleets`) whose placement group Karpenter's GPU nodes share (row N6)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisteredCluster:
    """An EKS cluster as the files tell it. `switches` are those that its site sets otherwise than the table does.

    `short` is its key in the site's file. With `has_hyperpod`, HyperPod's own chart brings it some of the add-ons.
    """

    site: str
    short: str
    kubernetes_version: str
    gpu_limit: int
    capacity_reservations: tuple[str, ...] = ()
    has_hyperpod: bool = False
    switches: Mapping[str, bool] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The cluster's name at EKS, and so its secret's and the one that Argo CD shows."""
        return f"{self.site}--{self.short}"


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedCluster:
    """What only the deployment knows; `storage` is None where the site has no file systems."""

    endpoint: str
    certificate_authority: str
    security_group_id: str
    key_arn: str
    network: NetworkContract
    storage: StorageContract | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The repository that a cluster is filled from, and the branch of it: a cluster may try out another one."""

    url: str
    revision: str = "main"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What the table is asked about: one cluster, what is known of it, and the fleet that it is in."""

    fleet: Fleet
    cluster: RegisteredCluster
    deployed: DeployedCluster
    source: Source

    @property
    def site(self) -> Site:
        """The cluster's site."""
        return self.fleet.sites[self.cluster.site]

    @property
    def account_id(self) -> str:
        """The account that the cluster is in."""
        return self.fleet.settings.accounts[self.site.account].id

    @property
    def gpu_zone_id(self) -> str:
        """Where GPU nodes belong: beside the Lustre file system that feeds them, else in the site's first zone."""
        storage, network = self.site.storage, self.site.network
        if storage and storage.lustre:
            return storage.lustre.availability_zone
        return network.availability_zones[0] if network else ""

    @property
    def data_bucket(self) -> str:
        """The site's data bucket; "" for a site that holds no data."""
        data = self.fleet.settings.data
        has_data = data is not None and self.cluster.site in (data.central, *data.replicas)
        return names.data_bucket(self.site.account, self.site.region) if has_data else ""

    def stored(self, promise: str, kind: str) -> str:
        """An output of the site's storage about `lustre` or `efs`; "" where there is none."""
        values: dict[str, str] = getattr(self.deployed.storage, promise) if self.deployed.storage else {}
        return values.get(kind, "")
