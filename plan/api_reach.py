"""Which EKS APIs a rollout itself has to reach, and from where they can be: pure, from the committed files.

Most of a cluster is made through AWS's API. What goes through the cluster's own is aws-auth, where a cluster still has
it, and what HyperPod stands on. From a machine that cannot reach a private endpoint that would fail half-way.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from plan import names
from spec import Fleet
from spec.eks import EksCluster


@dataclass(frozen=True, kw_only=True, slots=True)
class FilledApi:
    """The API of a cluster that the rollout writes into; `why` names what is written."""

    site: str
    short: str
    name: str
    why: str
    private_cidrs: tuple[IPv4Network, ...]
    public_cidrs: tuple[IPv4Network, ...]

    def admits(self, address: IPv4Address) -> bool:
        """Whether the private endpoint lets a machine with this address in."""
        return any(address in cidr for cidr in self.private_cidrs)


def filled_apis(fleet: Fleet, sites: tuple[str, ...]) -> tuple[FilledApi, ...]:
    """The APIs that rolling these sites out writes into."""
    found = []
    for site_name in sites:
        site = fleet.sites[site_name]
        for short, cluster in (site.eks or {}).items():
            why = _why(fleet, site_name, short, cluster)
            if why and site.network:
                hub = fleet.sites[fleet.hub].network
                found.append(
                    FilledApi(
                        site=site_name,
                        short=short,
                        name=names.cluster(site_name, short),
                        why=why,
                        private_cidrs=(
                            site.network.cidr,
                            *((hub.cidr,) if hub else ()),
                            *fleet.settings.runner_cidrs,
                        ),
                        public_cidrs=cluster.public_cidrs,
                    )
                )
    return tuple(found)


def _why(fleet: Fleet, site_name: str, short: str, cluster: EksCluster) -> str:
    if cluster.authentication_mode == "API_AND_CONFIG_MAP":
        return "aws-auth is written through it"
    clusters = (fleet.sites[site_name].hyperpod or {}).values()
    if any(item.orchestrator == "eks" and item.eks_cluster == short for item in clusters):
        return "HyperPod's dependencies are installed through it"
    return ""
