"""EKS clusters: what AWS asks of one, how it is shown, and that it is not deleted from under its nodes.

Source: EKS API Reference, CreateCluster and DeleteCluster; EKS User Guide, "Network requirements", "Amazon EKS
cluster IAM role" and "Protect clusters from accidental deletion".
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from moto.kms.models import kms_backends

from sandbox.aws import ec2, eks_planes
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.eks_state import EksCluster, Shown, cluster_of, clusters_of, now
from sandbox.aws.eks_versions import DEFAULT, VERSIONS
from sandbox.aws.errors import Refused
from sandbox.aws.identity import trusts_service
from sandbox.aws.keys import find

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
ADMINISTRATOR = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


def arn_of(call: Call, name: str) -> str:
    """ARN of a cluster of the call's account and region."""
    return f"arn:aws:eks:{call.region}:{call.account}:cluster/{name}"


def name_is_free(call: Call) -> None:
    """ResourceInUseException: one cluster of a name in an account and region."""
    name = call.params["name"]
    if name in clusters_of(call):
        raise Refused("ResourceInUseException", f"Cluster already exists with name: {name}")


def version_is_offered(call: Call) -> None:
    """InvalidParameterException for a version that is over, or not out yet."""
    version = call.params.get("version", DEFAULT)
    if version not in VERSIONS:
        raise Refused("InvalidParameterException", f"unsupported Kubernetes version {version}")


def role_lets_eks_in(call: Call) -> None:
    """InvalidParameterException: the role is there, and EKS may assume it for this very cluster."""
    arn = call.params["roleArn"]
    context = {"aws:sourceaccount": call.account, "aws:sourcearn": arn_of(call, call.params["name"])}
    if not trusts_service(arn, "eks.amazonaws.com", context):
        raise Refused(
            "InvalidParameterException",
            f"Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity is not "
            "correct",
        )


def subnets_fit(call: Call) -> None:
    """InvalidParameterException: subnets of one VPC that exist, in two zones at least."""
    subnets = _subnets(call, call.params["resourcesVpcConfig"].get("subnetIds", []))
    if len({subnet.vpc_id for subnet in subnets}) != 1:
        raise Refused("InvalidParameterException", "Provided subnets belong to different VPCs")
    if len({subnet.availability_zone for subnet in subnets}) < 2:
        raise Refused("InvalidParameterException", "Subnets specified must be in at least two different AZs")


def key_can_be_used(call: Call) -> None:
    """InvalidParameterException: a symmetric key of this account and region that is enabled."""
    for config in call.params.get("encryptionConfig", []):
        named = config["provider"]["keyArn"]
        key = find(kms_backends[call.account][call.region], named)
        if key is None or key.key_state != "Enabled":
            raise Refused(
                "InvalidParameterException", f"The keyArn {named} in encryptionConfig provider is invalid"
            )


def _subnets(call: Call, ids: Iterable[str]) -> list[Any]:
    known = {
        subnet_id: subnet
        for zone in ec2.backend_of(call).subnets.values()
        for subnet_id, subnet in zone.items()
    }
    missing = [subnet_id for subnet_id in ids if subnet_id not in known]
    if missing:
        raise Refused("InvalidParameterException", f"The subnet ID '{missing[0]}' does not exist")
    return [known[subnet_id] for subnet_id in ids]


def create(call: Call) -> Shown:
    """The cluster, its own security group, and the entry of who made it."""
    name, asked = call.params["name"], call.params["resourcesVpcConfig"]
    vpc_id = _subnets(call, asked["subnetIds"])[0].vpc_id
    cluster = EksCluster(
        name=name,
        arn=arn_of(call, name),
        account=call.account,
        region=call.region,
        shown={
            "name": name,
            "arn": arn_of(call, name),
            "createdAt": now(),
            "version": call.params.get("version", DEFAULT),
            "roleArn": call.params["roleArn"],
            "resourcesVpcConfig": {
                "subnetIds": asked["subnetIds"],
                "securityGroupIds": asked.get("securityGroupIds", []),
                "clusterSecurityGroupId": _own_group(call, name, vpc_id),
                "vpcId": vpc_id,
                "endpointPublicAccess": asked.get("endpointPublicAccess", True),
                "endpointPrivateAccess": asked.get("endpointPrivateAccess", False),
                "publicAccessCidrs": _public_cidrs(asked),
            },
            "kubernetesNetworkConfig": {
                "serviceIpv4Cidr": "172.20.0.0/16",
                "ipFamily": "ipv4",
                "elasticLoadBalancing": {"enabled": False},
                **call.params.get("kubernetesNetworkConfig", {}),
            },
            "logging": logging_of(call.params.get("logging", {})),
            "identity": {"oidc": {"issuer": _issuer(call)}},
            "status": "CREATING",
            "platformVersion": "eks.1",
            "tags": dict(call.params.get("tags", {})),
            "encryptionConfig": call.params.get("encryptionConfig", []),
            "accessConfig": {
                "authenticationMode": "CONFIG_MAP",
                "bootstrapClusterCreatorAdminPermissions": True,
                **call.params.get("accessConfig", {}),
            },
            "upgradePolicy": {"supportType": "EXTENDED", **call.params.get("upgradePolicy", {})},
            "deletionProtection": call.params.get("deletionProtection", False),
            "health": {"issues": []},
        },
    )
    eks_planes.start(cluster)
    clusters_of(call)[name] = cluster
    _let_creator_in(call, cluster)
    return {"cluster": cluster.shown}


def _issuer(call: Call) -> str:
    return f"https://oidc.eks.{call.region}.amazonaws.com/id/{secrets.token_hex(16).upper()}"


def _public_cidrs(asked: Shown) -> list[str]:
    if not asked.get("endpointPublicAccess", True):
        return []
    return asked.get("publicAccessCidrs") or ["0.0.0.0/0"]


def logging_of(asked: Shown) -> Shown:
    """The kinds of logs that are written and those that are not, as the API shows both; later setups count."""
    enabled: set[str] = set()
    for setup in asked.get("clusterLogging", []):
        change = enabled.update if setup.get("enabled") else enabled.difference_update
        change(setup["types"])
    shown = ((True, [kind for kind in LOG_TYPES if kind in enabled]),)
    off = [kind for kind in LOG_TYPES if kind not in enabled]
    return {
        "clusterLogging": [
            {"types": types, "enabled": is_on} for is_on, types in (*shown, (False, off)) if types
        ]
    }


def _own_group(call: Call, name: str, vpc_id: str) -> str:
    """The cluster security group: EKS makes it, members reach each other, it lets everything out."""
    backend = ec2.backend_of(call)
    group = backend.create_security_group(
        f"eks-cluster-sg-{name}-{secrets.randbelow(10**9)}",
        "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as "
        "any managed workloads.",
        vpc_id,
        tags={
            "Name": f"eks-cluster-sg-{name}",
            f"kubernetes.io/cluster/{name}": "owned",
            "aws:eks:cluster-name": name,
        },
    )
    backend.authorize_security_group_ingress(
        group.id, "-1", None, None, ip_ranges=[], source_groups=[{"GroupId": group.id}]
    )
    return str(group.id)


def _let_creator_in(call: Call, cluster: EksCluster) -> None:
    """Who makes a cluster is its administrator, unless the call says otherwise or entries are off."""
    config = cluster.shown["accessConfig"]
    if config["authenticationMode"] == "CONFIG_MAP" or not config["bootstrapClusterCreatorAdminPermissions"]:
        return
    from sandbox.aws.access_entries import admit

    admit(cluster, call.caller.principal_arn, policy_arn=ADMINISTRATOR)


def describe(call: Call) -> Shown:
    """The cluster as it is."""
    return {"cluster": cluster_of(call).shown}


def list_clusters(call: Call) -> Shown:
    """All names."""
    return {"clusters": list(clusters_of(call))}


def nothing_stands_on_it(call: Call) -> None:
    """ResourceInUseException while it has node groups, InvalidRequestException while it is protected."""
    cluster = cluster_of(call)
    if cluster.nodegroups:
        raise Refused("ResourceInUseException", "Cluster has nodegroups attached")
    if cluster.shown["deletionProtection"]:
        raise Refused(
            "InvalidRequestException",
            "Deletion protection is enabled for this cluster. Disable deletion protection and try again.",
        )


def delete(call: Call) -> Shown:
    """The cluster with its add-ons, entries and associations; its own group goes too."""
    cluster = clusters_of(call).pop(cluster_of(call).name)
    eks_planes.stop(cluster)
    backend = ec2.backend_of(call)
    group_id = cluster.shown["resourcesVpcConfig"]["clusterSecurityGroupId"]
    if backend.get_security_group_from_id(group_id) is not None:
        backend.delete_security_group(group_id=group_id)
    return {"cluster": {**cluster.shown, "status": "DELETING"}}


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("eks", "CreateCluster"): (
        name_is_free,
        version_is_offered,
        role_lets_eks_in,
        subnets_fit,
        key_can_be_used,
    ),
    ("eks", "DeleteCluster"): (nothing_stands_on_it,),
}
OPERATIONS: dict[Key, Operation] = {
    ("eks", "CreateCluster"): create,
    ("eks", "DescribeCluster"): describe,
    ("eks", "ListClusters"): list_clusters,
    ("eks", "DeleteCluster"): delete,
}
