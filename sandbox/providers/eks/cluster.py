"""`eks.Cluster` as the published component makes it: the same children under the same names, with the same defaults.

Facts from pulumi/pulumi-eks 7bf0c1b (2026-08-12), nodejs/eks/cluster/cluster.ts: createCore, createCluster and
generateKubeconfig. An option that the fleet does not use is refused rather than left out. Of the outputs, `core` and
those of node groups, Fargate and OIDC are not there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

TYPE = "eks:index:Cluster"

REQUIRED: Mapping[str, Any] = {
    "skipDefaultNodeGroup": True,
    "skipDefaultSecurityGroups": True,
    "createOidcProvider": False,
    "useDefaultVpcCni": True,
}
"""Options that change the set of children: the stand-in has one set, the one that these values give."""

FOLLOWED = frozenset(
    {
        *REQUIRED,
        "authenticationMode",
        "bootstrapSelfManagedAddons",
        "clusterTags",
        "corednsAddonOptions",
        "deletionProtection",
        "enabledClusterLogTypes",
        "encryptionConfigKeyArn",
        "endpointPrivateAccess",
        "endpointPublicAccess",
        "instanceRoles",
        "ipFamily",
        "kubeProxyAddonOptions",
        "kubernetesServiceIpAddressRange",
        "name",
        "privateSubnetIds",
        "providerCredentialOpts",
        "publicAccessCidrs",
        "serviceRole",
        "tags",
        "upgradePolicy",
        "version",
        "vpcId",
    }
)

API_MODES = ("API", "API_AND_CONFIG_MAP")
CONFIG_MAP_MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP")


class Cluster(pulumi.ComponentResource):
    """The component. Its children are named after it, as users of the published one know them."""

    def __init__(self, name: str, inputs: Mapping[str, Any], options: pulumi.ResourceOptions) -> None:
        super().__init__(TYPE, name, {}, options)
        refuse_what_is_not_followed(inputs)
        self._name, self._inputs = name, inputs
        self.cluster = self._control_plane()
        self.kubeconfig = self._kubeconfig()
        provider = kubernetes.Provider(
            f"{name}-eks-k8s",
            kubeconfig=self.kubeconfig.apply(json.dumps),
            opts=pulumi.ResourceOptions(parent=self),
        )
        if inputs.get("authenticationMode") in CONFIG_MAP_MODES:
            self._aws_auth(provider)
        self.state = self._outputs()
        self.register_outputs(self.state)

    def _control_plane(self) -> aws.eks.Cluster:
        given = self._inputs
        mode = given.get("authenticationMode")
        key = given.get("encryptionConfigKeyArn")
        network = {
            "service_ipv4_cidr": given.get("kubernetesServiceIpAddressRange"),
            "ip_family": given.get("ipFamily", "ipv4"),
        }
        return aws.eks.Cluster(
            f"{self._name}-eksCluster",
            name=given.get("name"),
            role_arn=pulumi.Output.from_input(given["serviceRole"]).apply(lambda role: role.arn),
            bootstrap_self_managed_addons=given.get("bootstrapSelfManagedAddons", True),
            vpc_config={
                "subnet_ids": given.get("privateSubnetIds"),
                "endpoint_private_access": given.get("endpointPrivateAccess"),
                "endpoint_public_access": given.get("endpointPublicAccess"),
                "public_access_cidrs": given.get("publicAccessCidrs"),
            },
            kubernetes_network_config=network if network["service_ipv4_cidr"] else None,
            version=given.get("version"),
            enabled_cluster_log_types=given.get("enabledClusterLogTypes"),
            encryption_config={"provider": {"key_arn": key}, "resources": ["secrets"]} if key else None,
            # The component installs into the cluster: who makes it has to be its administrator.
            access_config={
                "authentication_mode": mode,
                "bootstrap_cluster_creator_admin_permissions": True,
            }
            if mode
            else None,
            upgrade_policy=given.get("upgradePolicy"),
            deletion_protection=given.get("deletionProtection"),
            tags=self._tags(),
            opts=pulumi.ResourceOptions(
                parent=self,
                ignore_changes=[
                    "accessConfig.bootstrapClusterCreatorAdminPermissions",
                    "bootstrapSelfManagedAddons",
                ],
            ),
        )

    def _tags(self) -> pulumi.Output[dict[str, str]]:
        own = {"Name": f"{self._name}-eksCluster"}
        given = pulumi.Output.all(self._inputs.get("clusterTags"), self._inputs.get("tags"))
        return given.apply(lambda both: {**own, **(both[0] or {}), **(both[1] or {})})

    def _kubeconfig(self) -> pulumi.Output[dict[str, Any]]:
        """Without a profile: whoever uses it has an identity that may assume the role, if there is one."""
        cluster = self.cluster
        options = self._inputs.get("providerCredentialOpts") or {}
        return pulumi.Output.all(
            name=cluster.name,
            arn=cluster.arn,
            endpoint=cluster.endpoint,
            certificate=cluster.certificate_authority.apply(lambda authority: authority.data),
            role=options.get("roleArn"),
        ).apply(lambda known: kubeconfig(**known))

    def _aws_auth(self, provider: kubernetes.Provider) -> None:
        """The ConfigMap by which nodes got in before there were access entries."""
        roles = pulumi.Output.from_input(self._inputs.get("instanceRoles") or [])
        arns: pulumi.Output[list[str]] = roles.apply(
            lambda found: pulumi.Output.all(*(role.arn for role in found))
        )
        kubernetes.core.v1.ConfigMap(
            f"{self._name}-nodeAccess",
            metadata={
                "name": "aws-auth",
                "namespace": "kube-system",
                "annotations": {"pulumi.com/patchForce": "true"},
            },
            immutable=False,
            data={"mapRoles": arns.apply(_mapped), "mapUsers": "[]\n"},
            opts=pulumi.ResourceOptions(parent=self, provider=provider),
        )

    def _outputs(self) -> dict[str, Any]:
        group = self.cluster.vpc_config.apply(lambda config: config.cluster_security_group_id)
        issuer = self.cluster.identities.apply(lambda found: found[0].oidcs[0].issuer if found else "")
        return {
            "eksCluster": self.cluster,
            "kubeconfig": self.kubeconfig,
            "kubeconfigJson": self.kubeconfig.apply(json.dumps),
            "clusterSecurityGroupId": group,
            "nodeSecurityGroupId": group,
            "clusterIngressRuleId": "",
            "defaultNodeGroupAsgName": "",
            "fargateProfileId": "",
            "fargateProfileStatus": "",
            "oidcProviderArn": "",
            "oidcProviderUrl": issuer,
            "oidcIssuer": issuer.apply(lambda url: url.removeprefix("https://")),
            "autoModeNodeRoleName": "",
        }


def refuse_what_is_not_followed(inputs: Mapping[str, Any]) -> None:
    """Raise ValueError for options that would give other children than the stand-in makes."""
    unknown = sorted(set(inputs) - FOLLOWED)
    if unknown:
        raise ValueError(f"the sandbox's eks.Cluster does not follow {', '.join(unknown)}")
    wrong = [name for name, value in REQUIRED.items() if inputs.get(name) != value]
    wrong += [
        name
        for name in ("corednsAddonOptions", "kubeProxyAddonOptions")
        if (inputs.get(name) or {}).get("enabled") is not False
    ]
    if wrong:
        raise ValueError(
            f"the sandbox's eks.Cluster is for add-ons and nodes of one's own: {', '.join(wrong)}"
        )


def kubeconfig(*, name: str, arn: str, endpoint: str, certificate: str, role: str | None) -> dict[str, Any]:
    """A kubeconfig that asks `aws eks get-token`."""
    arguments = [
        "--region",
        arn.split(":")[3],
        "eks",
        "get-token",
        "--cluster-name",
        name,
        "--output",
        "json",
    ]
    if role:
        arguments += ["--role", role]
    information = {
        "name": "KUBERNETES_EXEC_INFO",
        "value": '{"apiVersion": "client.authentication.k8s.io/v1beta1"}',
    }
    return {
        "apiVersion": "v1",
        "clusters": [
            {
                "cluster": {"server": endpoint, "certificate-authority-data": certificate},
                "name": "kubernetes",
            }
        ],
        "contexts": [{"context": {"cluster": "kubernetes", "user": "aws"}, "name": "aws"}],
        "current-context": "aws",
        "kind": "Config",
        "users": [
            {
                "name": "aws",
                "user": {
                    "exec": {
                        "apiVersion": "client.authentication.k8s.io/v1beta1",
                        "command": "aws",
                        "args": arguments,
                        "env": [information],
                    }
                },
            }
        ],
    }


def _mapped(arns: list[str]) -> str:
    """The roles of nodes as aws-auth has them."""
    groups = ["system:bootstrappers", "system:nodes"]
    return json.dumps(
        [{"rolearn": arn, "username": "system:node:{{EC2PrivateDNSName}}", "groups": groups} for arn in arns]
    )
