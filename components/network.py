"""A site's network, as its plan says: VPC, subnets, ways out, endpoints, security and placement groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components import network_watch
from components.contracts import promise
from components.layer import Layer, LayerOptions
from plan.contracts import NetworkContract
from plan.firewall import RulePlan, SecurityGroupPlan
from plan.network import EndpointPlan, NetworkPlan, RouteTablePlan, SubnetPlan

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkArgs:
    """What a network is built from."""

    plan: NetworkPlan


class Network(Layer):
    """One VPC of a site. Its ids are promised to other stacks as `NetworkContract`."""

    vpc_id: pulumi.Output[str]
    private_subnet_ids: dict[str, pulumi.Output[str]]
    security_group_ids: dict[str, pulumi.Output[str]]
    security_group_rules: dict[str, list[pulumi.Resource]]
    """By group: whoever needs a group to be open already depends on these."""

    def __init__(self, name: str, args: NetworkArgs, opts: LayerOptions | None = None) -> None:
        super().__init__(name, opts)
        plan = args.plan
        vpc = self._vpc(plan)
        self.vpc_id = vpc.id
        subnets = {subnet.key: self._subnet(subnet) for subnet in plan.subnets}
        tables = self._route_tables(plan, subnets)
        groups = self._security_groups(plan.security_groups)
        self.security_group_rules = {
            group.key: [self._security_group_rule(group.key, rule, groups) for rule in group.rules]
            for group in plan.security_groups
        }
        for endpoint in plan.endpoints:
            self._endpoint(plan, endpoint, subnets, tables, groups["endpoints"])
        placement_groups = {
            f"{group.fleet}-{group.zone_id}": self.child(
                aws.ec2.PlacementGroup, f"gpu-{group.fleet}-{group.zone_id}", strategy="cluster"
            )
            for group in plan.placement_groups
        }
        network_watch.flow_logs(self, plan.flow_logs, self.vpc_id)
        network_watch.free_addresses(self, plan, subnets)

        self.private_subnet_ids = {subnet.zone_id: subnets[subnet.key].id for subnet in plan.private_subnets}
        self.security_group_ids = {key: group.id for key, group in groups.items()}
        self._contract = {
            "vpc_id": self.vpc_id,
            "private_subnet_ids": self.private_subnet_ids,
            "public_subnet_ids": {s.zone_id: subnets[s.key].id for s in plan.subnets if s.public},
            "private_route_table_ids": {s.zone_id: tables[s.key].id for s in plan.private_subnets},
            "security_group_ids": self.security_group_ids,
            "placement_groups": {key: group.name for key, group in placement_groups.items()},
        }
        self.register_outputs(self._contract)

    def promise(self) -> None:
        """Export what other stacks may rely on."""
        promise(NetworkContract, **self._contract)

    def _vpc(self, plan: NetworkPlan) -> aws.ec2.Vpc:
        vpc = self.child(
            aws.ec2.Vpc,
            "vpc",
            cidr_block=str(plan.cidr),
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags={"Name": plan.vpc_name},
        )
        # Closed by saying so: left out, the provider would take over whatever rules somebody adds.
        self.child(
            aws.ec2.DefaultSecurityGroup,
            "default",
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            tags={"Name": f"{self.name}-default-closed"},
        )
        return vpc

    def _subnet(self, subnet: SubnetPlan) -> aws.ec2.Subnet:
        return self.child(
            aws.ec2.Subnet,
            subnet.key,
            vpc_id=self.vpc_id,
            cidr_block=str(subnet.cidr),
            availability_zone_id=subnet.zone_id,
            tags={"Name": f"{self.name}-{subnet.key}", **subnet.tags},
        )

    def _route_tables(
        self, plan: NetworkPlan, subnets: dict[str, aws.ec2.Subnet]
    ) -> dict[str, aws.ec2.RouteTable]:
        """The route tables with their subnets and default routes, over the gateways made here."""
        internet = self.child(
            aws.ec2.InternetGateway, "internet", vpc_id=self.vpc_id, tags={"Name": f"{self.name}-internet"}
        )
        nat = {
            gateway.zone_id: self._nat_gateway(gateway.zone_id, subnets[gateway.public_subnet], internet)
            for gateway in plan.nat_gateways
        }
        return {table.key: self._route_table(table, subnets, internet, nat) for table in plan.route_tables}

    def _nat_gateway(
        self, zone_id: str, subnet: aws.ec2.Subnet, internet: aws.ec2.InternetGateway
    ) -> aws.ec2.NatGateway:
        """A NAT gateway; AWS makes it fail when the VPC has no internet gateway yet."""
        tags = {"Name": f"{self.name}-nat-{zone_id}"}
        address = self.child(
            aws.ec2.Eip,
            f"nat-{zone_id}-address",
            domain="vpc",
            tags=tags,
            opts=pulumi.ResourceOptions(depends_on=[internet]),
        )
        return self.child(
            aws.ec2.NatGateway,
            f"nat-{zone_id}",
            allocation_id=address.allocation_id,
            subnet_id=subnet.id,
            tags=tags,
            opts=pulumi.ResourceOptions(depends_on=[internet]),
        )

    def _route_table(
        self,
        plan: RouteTablePlan,
        subnets: dict[str, aws.ec2.Subnet],
        internet: aws.ec2.InternetGateway,
        nat: dict[str, aws.ec2.NatGateway],
    ) -> aws.ec2.RouteTable:
        table = self.child(
            aws.ec2.RouteTable,
            f"{plan.key}-routes",
            vpc_id=self.vpc_id,
            tags={"Name": f"{self.name}-{plan.key}"},
        )
        way_out = (
            {"gateway_id": internet.id}
            if plan.nat_zone is None
            else {"nat_gateway_id": nat[plan.nat_zone].id}
        )
        self.child(
            aws.ec2.Route,
            f"{plan.key}-default-route",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            **way_out,
        )
        for key in plan.subnets:
            self.child(
                aws.ec2.RouteTableAssociation,
                f"{key}-routing",
                route_table_id=table.id,
                subnet_id=subnets[key].id,
            )
        return table

    def _endpoint(
        self,
        plan: NetworkPlan,
        endpoint: EndpointPlan,
        subnets: dict[str, aws.ec2.Subnet],
        tables: dict[str, aws.ec2.RouteTable],
        group: aws.ec2.SecurityGroup,
    ) -> None:
        placed: dict[str, Any]
        if endpoint.kind == "Gateway":
            placed = {"route_table_ids": [table.id for table in tables.values()]}
        else:
            placed = {
                "subnet_ids": [subnets[subnet.key].id for subnet in plan.private_subnets],
                "security_group_ids": [group.id],
                "private_dns_enabled": True,
            }
        self.child(
            aws.ec2.VpcEndpoint,
            f"endpoint-{endpoint.key}",
            vpc_id=self.vpc_id,
            service_name=endpoint.service_name,
            vpc_endpoint_type=endpoint.kind,
            tags={"Name": f"{self.name}-{endpoint.key}"},
            **placed,
        )

    def _security_groups(self, plans: tuple[SecurityGroupPlan, ...]) -> dict[str, aws.ec2.SecurityGroup]:
        """The groups, all of them before any rule: a rule may name another group."""
        return {
            plan.key: self.child(
                aws.ec2.SecurityGroup,
                plan.key,
                vpc_id=self.vpc_id,
                description=plan.description,
                tags={"Name": f"{self.name}-{plan.key}"},
            )
            for plan in plans
        }

    def _security_group_rule(
        self, group_key: str, rule: RulePlan, groups: dict[str, aws.ec2.SecurityGroup]
    ) -> pulumi.Resource:
        kinds: dict[str, type[pulumi.CustomResource]] = {
            "ingress": aws.vpc.SecurityGroupIngressRule,
            "egress": aws.vpc.SecurityGroupEgressRule,
        }
        properties: dict[str, Any] = {"ip_protocol": rule.protocol, "description": rule.description}
        if isinstance(rule.peer, str):
            properties["referenced_security_group_id"] = groups[rule.peer].id
        else:
            properties["cidr_ipv4"] = str(rule.peer)
        if rule.ports is not None:
            properties |= {"from_port": rule.ports[0], "to_port": rule.ports[1]}
        return self.child(
            kinds[rule.direction],
            f"{group_key}-{rule.key}",
            security_group_id=groups[group_key].id,
            **properties,
        )
