"""The system nodes of an EKS cluster: a launch template and a managed node group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.layer import Layer
from plan.eks import EksClusterPlan, NodeGroupPlan

ROOT_DEVICE = "/dev/xvda"
"""Of Amazon Linux 2023."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where nodes go: with a launch template, EKS adds no group of its own to theirs."""

    cluster_name: pulumi.Output[str]
    security_group_ids: list[pulumi.Output[str]]
    subnet_ids: list[pulumi.Output[str]]
    role: aws.iam.Role
    key_arn: pulumi.Output[str]


def system_nodes(
    layer: Layer,
    key: str,
    cluster: EksClusterPlan,
    place: Place,
    depends_on: Sequence[pulumi.Resource],
) -> aws.eks.NodeGroup:
    """The node group. What changes in its template or version replaces node by node."""
    plan = cluster.system_nodes
    template = _template(layer, key, plan, place)
    return layer.child(
        aws.eks.NodeGroup,
        f"{key}-system",
        cluster_name=place.cluster_name,
        node_role_arn=place.role.arn,
        subnet_ids=place.subnet_ids,
        ami_type=plan.ami_type,
        instance_types=[plan.instance_type],
        version=cluster.version,
        scaling_config={
            "min_size": plan.min_size,
            "desired_size": plan.desired_size,
            "max_size": plan.max_size,
        },
        update_config={"max_unavailable": 1},
        node_repair_config={"enabled": True},
        taints=[{"key": plan.taint, "value": "true", "effect": "NO_SCHEDULE"}],
        launch_template={"id": template.id, "version": template.latest_version.apply(str)},
        opts=pulumi.ResourceOptions(depends_on=list(depends_on)),
    )


def _template(layer: Layer, key: str, plan: NodeGroupPlan, place: Place) -> aws.ec2.LaunchTemplate:
    """IMDS by token, for the node alone: pods get their roles by Pod Identity. Disks with the site's key."""
    disk = {
        "volume_size": plan.volume_gib,
        "volume_type": "gp3",
        "encrypted": "true",
        "kms_key_id": place.key_arn,
        "delete_on_termination": "true",
    }
    return layer.child(
        aws.ec2.LaunchTemplate,
        f"{key}-system",
        block_device_mappings=[{"device_name": ROOT_DEVICE, "ebs": disk}],
        metadata_options={
            "http_endpoint": "enabled",
            "http_tokens": "required",
            "http_put_response_hop_limit": plan.metadata_hops,
        },
        vpc_security_group_ids=place.security_group_ids,
        tag_specifications=[
            {"resource_type": kind, "tags": plan.instance_tags} for kind in ("instance", "volume")
        ],
    )
