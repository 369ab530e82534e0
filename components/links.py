"""What joins sites: VPC peerings, each end under its own account's provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.layer import Layer, LayerOptions
from plan.contracts import NetworkContract
from plan.links import PeeringEnd, PeeringPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class PeeringArgs:
    """A peering and, for each of its two sites, the provider and the network's outputs."""

    plan: PeeringPlan
    providers: dict[str, aws.Provider]
    networks: dict[str, pulumi.Output[NetworkContract]]


class Peering(Layer):
    """One VPC peering connection: asked for by one end, accepted by the other; routes and DNS both ways."""

    connection_id: pulumi.Output[str]

    def __init__(self, name: str, args: PeeringArgs, opts: LayerOptions | None = None) -> None:
        super().__init__(name, opts)
        requester, accepter = args.plan.requester, args.plan.accepter
        connection = self.child(
            aws.ec2.VpcPeeringConnection,
            "requester",
            vpc_id=args.networks[requester.site].apply(lambda network: network.vpc_id),
            peer_vpc_id=args.networks[accepter.site].apply(lambda network: network.vpc_id),
            peer_owner_id=accepter.account_id,
            peer_region=accepter.region,
            auto_accept=False,
            tags={"Name": args.plan.key},
            opts=pulumi.ResourceOptions(provider=args.providers[requester.site]),
        )
        accepted = self.child(
            aws.ec2.VpcPeeringConnectionAccepter,
            "accepter",
            vpc_peering_connection_id=connection.id,
            auto_accept=True,
            tags={"Name": args.plan.key},
            opts=pulumi.ResourceOptions(provider=args.providers[accepter.site]),
        )
        self.connection_id = accepted.vpc_peering_connection_id
        for end, other, side in ((requester, accepter, "requester"), (accepter, requester, "accepter")):
            under = pulumi.ResourceOptions(provider=args.providers[end.site], depends_on=[accepted])
            self._resolve_names(side, under)
            self._routes(end, other, args.networks[end.site], under)
        self.register_outputs({"connection_id": self.connection_id})

    def _resolve_names(self, side: str, under: pulumi.ResourceOptions) -> None:
        """Let this side resolve the other's private names; each side can only set its own."""
        own_side: dict[str, Any] = {side: {"allow_remote_vpc_dns_resolution": True}}
        self.child(
            aws.ec2.PeeringConnectionOptions,
            f"{side}-dns",
            vpc_peering_connection_id=self.connection_id,
            opts=under,
            **own_side,
        )

    def _routes(
        self,
        end: PeeringEnd,
        other: PeeringEnd,
        network: pulumi.Output[NetworkContract],
        under: pulumi.ResourceOptions,
    ) -> None:
        """A route to the other end in each private route table of this one."""
        tables = network.apply(lambda outputs: outputs.private_route_table_ids)
        for zone_id in end.zone_ids:
            self.child(
                aws.ec2.Route,
                f"{end.site}-{zone_id}-to-{other.site}",
                route_table_id=tables[zone_id],
                destination_cidr_block=str(other.cidr),
                vpc_peering_connection_id=self.connection_id,
                opts=under,
            )
