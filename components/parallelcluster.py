"""A site's Slurm clusters, as their plan says: ParallelCluster's API first, then the clusters that it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.contracts import promise
from components.layer import Layer, LayerOptions
from components.network import Network
from components.parallelcluster_provider import SlurmCluster
from components.storage import Storage
from plan.cluster_config import render
from plan.contracts import ParallelClusterContract, StorageContract
from plan.parallelcluster import ApiPlan, ClusterPlan, ParallelClusterPlan, facts

API_TIMEOUT = pulumi.CustomTimeouts(create="30m", update="30m", delete="30m")
CLUSTER_TIMEOUT = pulumi.CustomTimeouts(create="70m", update="70m", delete="70m")
"""Longer than the provider's own deadline, which says more when it ends."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParallelClusterArgs:
    """What Slurm clusters are built from: the network, the roles of their nodes, what they mount."""

    plan: ParallelClusterPlan
    site: str
    network: Network
    roles: Layer | None
    storage: Storage | None


class ParallelCluster(Layer):
    """The API of the account and region, and the site's clusters. Promised as `ParallelClusterContract`."""

    api_url: pulumi.Output[str]
    user_role_arn: pulumi.Output[str]
    clusters: dict[str, SlurmCluster]

    def __init__(self, name: str, args: ParallelClusterArgs, opts: LayerOptions | None = None) -> None:
        super().__init__(name, opts)
        self._args = args
        self._api_outputs(self._api(args.plan.api))
        self.clusters = {plan.key: self._cluster(plan) for plan in args.plan.clusters}
        self._contract = {
            "api_url": self.api_url,
            "user_role_arn": self.user_role_arn,
            "cluster_names": {key: cluster.cluster_name for key, cluster in self.clusters.items()},
            "cluster_versions": {key: cluster.cluster_version for key, cluster in self.clusters.items()},
        }
        self.register_outputs(self._contract)

    def promise(self) -> None:
        """Export what other stacks may rely on."""
        promise(ParallelClusterContract, **self._contract)

    def _api(self, plan: ApiPlan) -> aws.cloudformation.Stack:
        parameters: dict[str, pulumi.Input[str]] = dict(plan.parameters)
        if plan.is_private:
            parameters["VpcEndpointId"] = self._endpoint().id
        return self.child(
            aws.cloudformation.Stack,
            "api",
            name=plan.stack_name,
            template_url=plan.template_url,
            capabilities=list(plan.capabilities),
            parameters=parameters,
            opts=pulumi.ResourceOptions(custom_timeouts=API_TIMEOUT),
        )

    def _endpoint(self) -> aws.ec2.VpcEndpoint:
        """The way to a private API. No private name: it would hide every public API Gateway from the VPC."""
        network = self._args.network
        return self.child(
            aws.ec2.VpcEndpoint,
            "api-endpoint",
            vpc_id=network.vpc_id,
            service_name=f"com.amazonaws.{self._args.plan.region}.execute-api",
            vpc_endpoint_type="Interface",
            subnet_ids=list(network.private_subnet_ids.values()),
            security_group_ids=[network.security_group_ids["endpoints"]],
            private_dns_enabled=False,
            tags={"Name": f"{self.name}-api"},
        )

    def _api_outputs(self, stack: aws.cloudformation.Stack) -> None:
        self.api_url = stack.outputs["ParallelClusterApiInvokeUrl"]
        self.user_role_arn = stack.outputs["ParallelClusterApiUserRole"]

    def _cluster(self, plan: ClusterPlan) -> SlurmCluster:
        """A cluster, once its nodes can reach AWS, take their roles and mount what they share."""
        args = self._args
        needs = [args.network, args.roles, *(args.storage.mounts if args.storage else ())]
        return self.child(
            SlurmCluster,
            plan.key,
            name=plan.name,
            configuration=self._configuration(plan),
            file=plan.file,
            region=args.plan.region,
            api_url=self.api_url,
            user_role_arn=self.user_role_arn,
            execution_role_arn=args.plan.execution_role_arn,
            owner=args.site,
            updates=plan.updates,
            opts=pulumi.ResourceOptions(
                depends_on=[resource for resource in needs if resource is not None],
                custom_timeouts=CLUSTER_TIMEOUT,
            ),
        )

    def _configuration(self, plan: ClusterPlan) -> pulumi.Output[str]:
        network, storage = self._args.network, self._args.storage
        known = pulumi.Output.all(
            subnet=network.private_subnet_ids[plan.zone_id],
            group=network.security_group_ids["base"],
            systems=storage.file_system_ids if storage else {},
            points=storage.access_point_ids if storage else {},
        )
        return known.apply(lambda ids: self._rendered(plan, ids))

    def _rendered(self, plan: ClusterPlan, ids: dict[str, Any]) -> str:
        storage = self._args.storage
        contract = StorageContract(
            file_system_ids=ids["systems"],
            access_point_ids=ids["points"],
            dns_names={},
            mount_names={},
        )
        filled = facts(
            self._args.plan.region,
            plan,
            private_subnet=ids["subnet"],
            base_security_group=ids["group"],
            storage=(storage.plan, contract) if storage else None,
        )
        return render(plan.file, plan.config, filled)
