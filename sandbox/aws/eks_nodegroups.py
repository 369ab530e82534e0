"""EKS managed node groups: what AWS asks of one, its instances, and its updates.

Source: EKS API Reference, CreateNodegroup and its neighbours; EKS User Guide, "Customize managed nodes with launch
templates".
"""

from __future__ import annotations

import uuid
from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPES

from sandbox.aws import ec2, eks_nodes
from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.eks_state import EksCluster, Shown, cluster_is_active, cluster_of, member_of, now, updated
from sandbox.aws.eks_versions import KUBELET_SKEW, minor
from sandbox.aws.errors import Refused
from sandbox.aws.identity import trusts_service

NAME_CHARACTERS_MAX = 63
TAINT_EFFECTS = tuple(eks_nodes.EFFECTS)


def group_is_new(call: Call) -> None:
    """ResourceInUseException: one node group of a name in a cluster."""
    cluster, name = cluster_of(call), call.params["nodegroupName"]
    if len(name) > NAME_CHARACTERS_MAX:
        raise Refused(
            "InvalidParameterException",
            f"nodegroupName can't be longer than {NAME_CHARACTERS_MAX} characters!",
        )
    if name in cluster.nodegroups:
        raise Refused(
            "ResourceInUseException",
            f"NodeGroup already exists with name {name} and cluster name {cluster.name}",
        )


def role_lets_nodes_in(call: Call) -> None:
    """InvalidParameterException: a role of this account that EC2 may assume."""
    arn = call.params["nodeRole"]
    if not trusts_service(arn, "ec2.amazonaws.com", {}):
        raise Refused("InvalidParameterException", f"The role with arn {arn} could not be assumed by EC2")


def sizes_are_in_order(call: Call) -> None:
    """InvalidParameterException: min <= desired <= max, and a max above zero."""
    asked = call.params.get("scalingConfig")
    if asked is None:
        return
    sizes = {**_sizes(call), **asked}
    low, desired, high = sizes["minSize"], sizes["desiredSize"], sizes["maxSize"]
    if desired < low:
        raise Refused(
            "InvalidParameterException",
            f"Minimum capacity {low} can't be greater than desired size {desired}",
        )
    if desired > high:
        raise Refused(
            "InvalidParameterException", f"desired capacity {desired} can't be greater than max size {high}"
        )
    if high < 1:
        raise Refused("InvalidParameterException", "maxSize must be at least 1")


def _sizes(call: Call) -> Shown:
    group = cluster_of(call).nodegroups.get(call.params["nodegroupName"])
    return dict(group["scalingConfig"]) if group else {"minSize": 1, "desiredSize": 2, "maxSize": 2}


def subnets_and_types_exist(call: Call) -> None:
    """InvalidParameterException for a subnet of another VPC, and for an instance type that nobody sells."""
    cluster = cluster_of(call)
    vpc_id = cluster.shown["resourcesVpcConfig"]["vpcId"]
    zones = ec2.backend_of(call).subnets.values()
    for subnet_id in call.params["subnets"]:
        subnet = next((zone[subnet_id] for zone in zones if subnet_id in zone), None)
        if subnet is None or subnet.vpc_id != vpc_id:
            raise Refused(
                "InvalidParameterException",
                f"The subnet {subnet_id} does not exist in the VPC {vpc_id} of the cluster",
            )
    for kind in call.params.get("instanceTypes", []):
        if kind not in INSTANCE_TYPES:
            raise Refused("InvalidParameterException", f"[{kind}] is not a valid instance type")


def template_fits(call: Call) -> None:
    """InvalidParameterException: a template that exists, and nothing said twice or that EKS says itself."""
    asked = call.params.get("launchTemplate")
    if asked is None:
        return
    if "diskSize" in call.params:
        raise Refused("InvalidParameterException", "Disk size must be specified within the launch template.")
    if "remoteAccess" in call.params:
        raise Refused(
            "InvalidParameterException",
            "Remote access configuration cannot be specified with a launch template.",
        )
    template = _template(call, asked)
    data = template.get_version(asked.get("version", "$Default")).data
    for field in ("SubnetId", "IamInstanceProfile", "InstanceMarketOptions", "HibernationOptions"):
        if field in data:
            raise Refused(
                "InvalidParameterException", f"Launch template {template.id} should not specify {field}."
            )
    if "InstanceType" in data and "instanceTypes" in call.params:
        raise Refused(
            "InvalidParameterException",
            "You can specify instance types in the launch template or in the request, not in both.",
        )


def _template(call: Call, asked: Shown) -> Any:
    backend = ec2.backend_of(call)
    if "id" in asked:
        found = backend.launch_templates.get(asked["id"])
    else:
        found = backend.launch_templates.get(backend.launch_template_name_to_ids.get(asked.get("name")))
    if found is None:
        raise Refused("InvalidParameterException", "The launch template does not exist.")
    return found


def taints_are_kubernetes_s(call: Call) -> None:
    """InvalidParameterException for an effect that there is not."""
    asked = call.params.get("taints", [])
    taints = asked if isinstance(asked, list) else asked.get("addOrUpdateTaints", [])
    for taint in taints:
        if taint.get("effect") not in TAINT_EFFECTS:
            raise Refused("InvalidParameterException", f"Taint effect {taint.get('effect')} is not valid")


def version_suits_the_cluster(call: Call) -> None:
    """InvalidParameterException: nodes are never ahead of their control plane, nor more than three minors behind."""
    cluster, asked = cluster_of(call), call.params.get("version")
    if asked is None:
        return
    behind = minor(cluster.version) - minor(asked)
    if not 0 <= behind <= KUBELET_SKEW:
        raise Refused(
            "InvalidParameterException",
            f"Nodegroup Kubernetes version {asked} and cluster Kubernetes version {cluster.version} are not supported "
            "together",
        )


def create(call: Call) -> Shown:
    """The node group with its instances."""
    cluster, name = cluster_of(call), call.params["nodegroupName"]
    own_id = str(uuid.uuid4())
    version = call.params.get("version", cluster.version)
    group = {
        "nodegroupName": name,
        "nodegroupArn": f"{cluster.arn.replace(':cluster/', ':nodegroup/')}/{name}/{own_id}",
        "clusterName": cluster.name,
        "version": version,
        "releaseVersion": call.params.get("releaseVersion", _release(version)),
        "createdAt": now(),
        "modifiedAt": now(),
        "status": "ACTIVE",
        "capacityType": call.params.get("capacityType", "ON_DEMAND"),
        "scalingConfig": {**_sizes(call), **call.params.get("scalingConfig", {})},
        "instanceTypes": call.params.get("instanceTypes", ["t3.medium"]),
        "subnets": call.params["subnets"],
        "amiType": call.params.get("amiType", "AL2023_x86_64_STANDARD"),
        "nodeRole": call.params["nodeRole"],
        "labels": dict(call.params.get("labels", {})),
        "taints": list(call.params.get("taints", [])),
        "tags": dict(call.params.get("tags", {})),
        "resources": {"autoScalingGroups": [{"name": f"eks-{name}-{own_id}"}]},
        "health": {"issues": []},
        "updateConfig": call.params.get("updateConfig", {"maxUnavailable": 1}),
    }
    for field in ("diskSize", "nodeRepairConfig"):
        if field in call.params:
            group[field] = call.params[field]
    if "launchTemplate" in call.params:
        group["launchTemplate"] = _template_as_shown(call, call.params["launchTemplate"])
    else:
        group.setdefault("diskSize", 20)
    cluster.nodegroups[name] = group
    eks_nodes.launch(cluster, group, group["scalingConfig"]["desiredSize"])
    return {"nodegroup": {**group, "status": "CREATING"}}


def _release(version: str) -> str:
    """The image release that EKS takes when nobody names one."""
    return f"{version}.0-20260101"


def _template_as_shown(call: Call, asked: Shown) -> Shown:
    template = _template(call, asked)
    number = template.get_version(asked.get("version", "$Default")).number
    return {"id": template.id, "name": template.name, "version": str(number)}


def _get(call: Call) -> tuple[EksCluster, Shown]:
    cluster = cluster_of(call)
    return cluster, member_of(cluster.nodegroups, call.params["nodegroupName"], "node group")


def describe(call: Call) -> Shown:
    """One node group."""
    return {"nodegroup": _get(call)[1]}


def list_groups(call: Call) -> Shown:
    """The names of a cluster's node groups."""
    return {"nodegroups": list(cluster_of(call).nodegroups)}


def update_config(call: Call) -> Shown:
    """Sizes, labels, taints and how updates go; instances come and go with the desired size."""
    cluster, group = _get(call)
    group["scalingConfig"] = {**group["scalingConfig"], **call.params.get("scalingConfig", {})}
    for field in ("updateConfig", "nodeRepairConfig"):
        if field in call.params:
            group[field] = call.params[field]
    labels = call.params.get("labels", {})
    group["labels"] |= labels.get("addOrUpdateLabels", {})
    for key in labels.get("removeLabels", []):
        group["labels"].pop(key, None)
    taints = call.params.get("taints", {})
    changed = [*taints.get("removeTaints", []), *taints.get("addOrUpdateTaints", [])]
    identity = {(taint["key"], taint["effect"]) for taint in changed}
    kept = [taint for taint in group["taints"] if (taint["key"], taint["effect"]) not in identity]
    group["taints"] = [*kept, *taints.get("addOrUpdateTaints", [])]
    group["modifiedAt"] = now()
    _resize(cluster, group)
    return updated(cluster, "ConfigUpdate", {}, nodegroupName=group["nodegroupName"])


def _resize(cluster: EksCluster, group: Shown) -> None:
    running = list(eks_nodes.instances(cluster, group["nodegroupName"]))
    wanted = group["scalingConfig"]["desiredSize"]
    eks_nodes.launch(cluster, group, max(0, wanted - len(running)))
    eks_nodes.terminate(cluster, running[wanted:])


def update_version(call: Call) -> Shown:
    """Another Kubernetes version, image release or template version: every instance is replaced."""
    cluster, group = _get(call)
    template = call.params.get("launchTemplate")
    if template:
        group["launchTemplate"] = _template_as_shown(call, template)
    if template is None or "version" in call.params:
        group["version"] = call.params.get("version", cluster.version)
        group["releaseVersion"] = call.params.get("releaseVersion", _release(group["version"]))
    group["modifiedAt"] = now()
    before = list(eks_nodes.instances(cluster, group["nodegroupName"]))
    eks_nodes.launch(cluster, group, len(before))
    eks_nodes.terminate(cluster, before)
    params = {"Version": group["version"], "ReleaseVersion": group["releaseVersion"]}
    return updated(cluster, "VersionUpdate", params, nodegroupName=group["nodegroupName"])


def delete(call: Call) -> Shown:
    """The node group, and its instances first."""
    cluster, group = _get(call)
    eks_nodes.terminate(cluster, eks_nodes.instances(cluster, group["nodegroupName"]))
    del cluster.nodegroups[group["nodegroupName"]]
    return {"nodegroup": {**group, "status": "DELETING"}}


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("eks", "CreateNodegroup"): (
        cluster_is_active,
        group_is_new,
        role_lets_nodes_in,
        sizes_are_in_order,
        subnets_and_types_exist,
        template_fits,
        taints_are_kubernetes_s,
        version_suits_the_cluster,
    ),
    ("eks", "UpdateNodegroupConfig"): (cluster_is_active, sizes_are_in_order, taints_are_kubernetes_s),
    ("eks", "UpdateNodegroupVersion"): (cluster_is_active, template_fits, version_suits_the_cluster),
}
OPERATIONS: dict[Key, Operation] = {
    ("eks", "CreateNodegroup"): create,
    ("eks", "DescribeNodegroup"): describe,
    ("eks", "ListNodegroups"): list_groups,
    ("eks", "UpdateNodegroupConfig"): update_config,
    ("eks", "UpdateNodegroupVersion"): update_version,
    ("eks", "DeleteNodegroup"): delete,
}
