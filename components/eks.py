"""A site's EKS clusters, as their plan says: control plane, add-ons, system nodes, who gets in, Karpenter's side.

In this order: what writes the logs; the control plane; the add-ons that are DaemonSets and the roles of their pods, so
that no node is without them; the system nodes; the add-ons that need a node to run on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_eks as eks

from components import eks_access, eks_nodes, karpenter
from components.contracts import promise
from components.layer import Layer, LayerOptions
from components.network import Network
from components.roles import Roles
from plan import tags
from plan.addons import AddonPlan
from plan.contracts import EksContract
from plan.eks import EksClusterPlan, EksPlan

CLUSTER_TIMEOUT = pulumi.CustomTimeouts(create="45m", update="90m", delete="30m")
"""An upgrade of the control plane takes 10 to 40 minutes (EKS User Guide, "Update existing cluster")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EksArgs:
    """What clusters are built from."""

    plan: EksPlan
    network: Network
    roles: Roles
    key_arn: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class EksCluster:
    """A cluster as the layers above see it; whoever fills it or stands on it waits for `ready`."""

    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    certificate_authority: pulumi.Output[str]
    version: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    ready: list[pulumi.Resource]


class Eks(Layer):
    """The EKS clusters of a site. What others need to reach them is promised as `EksContract`."""

    clusters: dict[str, EksCluster]

    def __init__(self, name: str, args: EksArgs, opts: LayerOptions | None = None) -> None:
        super().__init__(name, opts)
        self._args = args
        self.clusters = {key: self._cluster(key, plan) for key, plan in args.plan.clusters.items()}
        made = self.clusters.items()
        self._contract = {
            "names": {key: cluster.name for key, cluster in made},
            "arns": {key: cluster.arn for key, cluster in made},
            "endpoints": {key: cluster.endpoint for key, cluster in made},
            "certificate_authorities": {key: cluster.certificate_authority for key, cluster in made},
            "versions": {key: cluster.version for key, cluster in made},
            "cluster_security_group_ids": {key: cluster.security_group_id for key, cluster in made},
        }
        self.register_outputs(self._contract)

    def promise(self) -> None:
        """Export what other stacks may rely on."""
        promise(EksContract, **self._contract)

    def _cluster(self, key: str, plan: EksClusterPlan) -> EksCluster:
        component = self._control_plane(key, plan)
        made = _seen(component)
        needed: list[pulumi.Resource] = [component, *self._api_ingress(key, plan, made.security_group_id)]
        roles = self._args.roles
        identities = eks_access.pod_identities(self, key, plan, made.name, roles)
        first = [
            self._addon(key, item, made.name, identities) for item in plan.addons if not item.after_nodes
        ]
        nodes = eks_nodes.system_nodes(
            self,
            key,
            plan,
            eks_nodes.Place(
                cluster_name=made.name,
                security_group_ids=[
                    made.security_group_id,
                    self._args.network.security_group_ids["base"],
                ],
                subnet_ids=self._subnet_ids(),
                role=roles.roles[plan.system_nodes.role],
                key_arn=self._args.key_arn,
            ),
            # Nodes join by NAT gateways, routes and endpoints: all of the network, and their role's policies.
            depends_on=[*first, *identities, self._args.network, *roles.ready[plan.system_nodes.role]],
        )
        last = [self._addon(key, item, made.name, [nodes]) for item in plan.addons if item.after_nodes]
        entries = eks_access.entries(self, key, plan, made.name, roles)
        karpenter.interruptions(self, key, plan.karpenter)
        karpenter.discovery(self, key, plan.karpenter, made.security_group_id)
        made.ready.extend((*needed, *identities, *first, nodes, *last, *entries))
        return made

    def _subnet_ids(self) -> list[pulumi.Output[str]]:
        return [self._args.network.private_subnet_ids[zone_id] for zone_id in self._args.plan.zone_ids]

    def _control_plane(self, key: str, plan: EksClusterPlan) -> eks.Cluster:
        """The component makes the control plane alone; add-ons, nodes and groups are made here, as the plan says.

        Its own group, which EKS makes, is enough. Left to it, add-ons would have whatever version is newest, and
        CoreDNS none, since there is no default node group. Its tags go to the control plane, which has to be found
        again by its URN.
        """
        log_group = self.child(
            aws.cloudwatch.LogGroup,
            f"{key}-logs",
            name=plan.log_group.name,
            retention_in_days=plan.log_group.retention_days,
        )
        roles = self._args.roles
        own = tags.resource_id(pulumi.get_stack(), "aws:eks/cluster:Cluster", f"{self.name}-{key}-eksCluster")
        return self.child(
            eks.Cluster,
            key,
            stateful=True,
            name=plan.name,
            version=plan.version,
            service_role=roles.roles[plan.role],
            vpc_id=self._args.network.vpc_id,
            private_subnet_ids=self._subnet_ids(),
            **_endpoints(plan),
            kubernetes_service_ip_address_range=str(plan.services_cidr),
            authentication_mode=eks.AuthenticationMode(plan.authentication_mode),
            instance_roles=self._roles_in_config_map(plan),
            encryption_config_key_arn=self._args.key_arn,
            enabled_cluster_log_types=list(plan.log_types),
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type=plan.support),
            deletion_protection=plan.deletion_protection,
            provider_credential_opts=eks.KubeconfigOptionsArgs(role_arn=plan.administrator_role_arn),
            skip_default_node_group=True,
            skip_default_security_groups=True,
            create_oidc_provider=False,
            use_default_vpc_cni=True,
            bootstrap_self_managed_addons=False,
            kube_proxy_addon_options=eks.KubeProxyAddonOptionsArgs(enabled=False),
            coredns_addon_options=eks.CoreDnsAddonOptionsArgs(enabled=False),
            cluster_tags={tags.URN_TAG: own},
            opts=pulumi.ResourceOptions(
                depends_on=[log_group, *roles.ready[plan.role]], custom_timeouts=CLUSTER_TIMEOUT
            ),
        )

    def _roles_in_config_map(self, plan: EksClusterPlan) -> list[aws.iam.Role] | None:
        """The nodes' roles, for a cluster that still lets nodes in by aws-auth."""
        if plan.authentication_mode == "API":
            return None
        roles = self._args.roles.roles
        return [roles[plan.system_nodes.role], roles[plan.karpenter.node_role]]

    def _api_ingress(
        self, key: str, plan: EksClusterPlan, group_id: pulumi.Output[str]
    ) -> list[pulumi.Resource]:
        """Whose machines may call the private endpoint, beside the cluster's own."""
        return [
            self.child(
                aws.vpc.SecurityGroupIngressRule,
                f"{key}-api-{rule.key}",
                security_group_id=group_id,
                ip_protocol="tcp",
                from_port=rule.port,
                to_port=rule.port,
                cidr_ipv4=str(rule.cidr),
                description=rule.description,
            )
            for rule in plan.api_ingress
        ]

    def _addon(
        self,
        key: str,
        plan: AddonPlan,
        cluster_name: pulumi.Output[str],
        depends_on: list[pulumi.Resource],
    ) -> aws.eks.Addon:
        """What is set by hand is overwritten. The software outlives the add-on: without a CNI a cluster is dead."""
        settings = json.dumps(plan.configuration) if plan.configuration else None
        return self.child(
            aws.eks.Addon,
            f"{key}-{plan.name}",
            cluster_name=cluster_name,
            addon_name=plan.name,
            addon_version=plan.version,
            configuration_values=settings,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            preserve=True,
            opts=pulumi.ResourceOptions(depends_on=depends_on),
        )


def _endpoints(plan: EksClusterPlan) -> dict[str, Any]:
    """Private always; public for listed networks only, since EKS opens it to everybody by itself."""
    if not plan.public_cidrs:
        return {"endpoint_private_access": True, "endpoint_public_access": False}
    return {
        "endpoint_private_access": True,
        "endpoint_public_access": True,
        "public_access_cidrs": [str(cidr) for cidr in plan.public_cidrs],
    }


def _seen(component: eks.Cluster) -> EksCluster:
    """What the component tells of its control plane."""
    cluster = component.eks_cluster
    return EksCluster(
        arn=cluster.apply(lambda made: made.arn),
        name=cluster.apply(lambda made: made.name),
        endpoint=cluster.apply(lambda made: made.endpoint),
        certificate_authority=cluster.apply(lambda made: made.certificate_authority.data),
        version=cluster.apply(lambda made: made.version),
        security_group_id=component.cluster_security_group_id,
        kubeconfig=component.kubeconfig_json,
        ready=[],
    )
