"""What needs both ends: VPC peerings between sites (row N4), and replication (row D1)."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from plan.replication import ReplicationPlan, plan_replication
from spec import Fleet


@dataclass(frozen=True, kw_only=True, slots=True)
class PeeringEnd:
    """One side of a peering, and the zones whose private route tables lead to the other side."""

    site: str
    account_id: str
    region: str
    cidr: IPv4Network
    zone_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PeeringPlan:
    """A VPC peering connection.

    The requester is the first of the pair by name, whatever the file's order, so that turning a pair round
    changes nothing.
    """

    key: str
    requester: PeeringEnd
    accepter: PeeringEnd


@dataclass(frozen=True, kw_only=True, slots=True)
class LinksPlan:
    """The stack `links`."""

    peerings: tuple[PeeringPlan, ...]
    replication: ReplicationPlan | None

    @property
    def peered_sites(self) -> tuple[str, ...]:
        """The sites whose networks are joined, in order of name."""
        return tuple(
            sorted({end.site for peering in self.peerings for end in (peering.requester, peering.accepter)})
        )

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites that links needs outputs of, in order of name."""
        return tuple(sorted({*self.peered_sites, *(self.replication.sites if self.replication else ())}))


def plan_links(fleet: Fleet) -> LinksPlan:
    """Every peering of the fleet, in order of name, and its replication."""
    pairs = sorted(tuple(sorted(pair)) for pair in fleet.settings.peerings)
    return LinksPlan(
        peerings=tuple(
            PeeringPlan(key=f"{one}--{other}", requester=_end(fleet, one), accepter=_end(fleet, other))
            for one, other in pairs
        ),
        replication=plan_replication(fleet),
    )


def _end(fleet: Fleet, name: str) -> PeeringEnd:
    site = fleet.sites[name]
    if site.network is None:
        raise ValueError(f"peering end {name} has no network; spec.load refuses such a fleet")
    return PeeringEnd(
        site=name,
        account_id=fleet.settings.accounts[site.account].id,
        region=site.region,
        cidr=site.network.cidr,
        zone_ids=site.network.availability_zones,
    )
