"""Karpenter: the controller, which launches nodes, and the nodes, which may launch nothing (row K2b).

Source: karpenter.sh, "Reference / CloudFormation", the controller policy of 1.x. Where that binds by a tag whose
key holds the cluster's name, this binds by `eks:eks-cluster-name`, which Karpenter sets as well, for all clusters
of the site. With instance profiles that exist already it needs no permission to make any.
"""

from __future__ import annotations

from typing import Literal

from plan import names
from plan.iam import RolePlan
from plan.policies import service_trust
from plan.roles.eks import node_permissions
from plan.roles.permissions import Permission, encrypt_volumes, policy
from plan.roles.pods import pod_trust
from plan.roles.scope import Scope

NAMESPACE, SERVICE_ACCOUNT = "kube-system", "karpenter"
"""Where Karpenter's chart is installed, and the service account that it makes."""

CLUSTER_TAG, NODE_POOL_TAG = "eks:eks-cluster-name", "karpenter.sh/nodepool"

LAUNCHED = ("fleet", "instance", "launch-template", "network-interface", "spot-instances-request", "volume")
TAKEN = ("capacity-reservation", "placement-group", "security-group", "subnet")


def roles(scope: Scope) -> tuple[RolePlan, ...]:
    """The controller's role and the nodes'."""
    controller = scope.iam.role(
        names.site_role(names.KARPENTER_CONTROLLER_ROLE, scope.site),
        pod_trust(scope, namespace=NAMESPACE, service_account=SERVICE_ACCOUNT),
        policy(
            *_launching(scope), *_keeping(scope), *_passing(scope), *_reading(scope), *encrypt_volumes(scope)
        ),
    )
    nodes = scope.iam.role(
        names.site_role(names.KARPENTER_NODE_ROLE, scope.site),
        service_trust("ec2.amazonaws.com"),
        policy(*node_permissions(scope)),
        managed_policies=("AmazonSSMManagedInstanceCore",),
        has_instance_profile=True,
    )
    return (controller, nodes)


def _launching(scope: Scope) -> tuple[Permission, ...]:
    """Launching names everything that takes part in it: each statement is about some of it (EC2 checks each)."""
    marked = _marked(scope, "RequestTag")
    launched = tuple(scope.arn("ec2", f"{kind}/*") for kind in LAUNCHED)
    return (
        Permission(
            why="takes what is there already: images, subnets, groups, reserved capacity",
            actions=("ec2:CreateFleet", "ec2:RunInstances"),
            resources=(
                *(scope.arn("ec2", f"{kind}/*") for kind in TAKEN),
                f"arn:aws:ec2:{scope.region}::image/*",
                f"arn:aws:ec2:{scope.region}::snapshot/*",
            ),
        ),
        Permission(
            why="launches from templates of its own only",
            actions=("ec2:CreateFleet", "ec2:RunInstances"),
            resources=(scope.arn("ec2", "launch-template/*"),),
            condition=_marked(scope, "ResourceTag"),
        ),
        Permission(
            why="what it makes is marked as its cluster's and its node pool's",
            actions=("ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"),
            resources=launched,
            condition=marked,
        ),
        Permission(
            why="marks it while it makes it",
            actions=("ec2:CreateTags",),
            resources=launched,
            condition={
                **marked,
                "StringEquals": {"ec2:CreateAction": ["CreateFleet", "CreateLaunchTemplate", "RunInstances"]},
            },
        ),
    )


def _keeping(scope: Scope) -> tuple[Permission, ...]:
    """What it may do to its own nodes later."""
    owned = _marked(scope, "ResourceTag")
    return (
        Permission(
            why="names the node and its claim on its own instances, and changes no other tag",
            actions=("ec2:CreateTags",),
            resources=(scope.arn("ec2", "instance/*"),),
            condition={
                **owned,
                "StringLikeIfExists": {f"aws:RequestTag/{CLUSTER_TAG}": scope.clusters},
                "ForAllValues:StringEquals": {"aws:TagKeys": [CLUSTER_TAG, "karpenter.sh/nodeclaim", "Name"]},
            },
        ),
        Permission(
            why="ends its own nodes",
            actions=("ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"),
            resources=(scope.arn("ec2", "instance/*"), scope.arn("ec2", "launch-template/*")),
            condition=owned,
        ),
    )


def _marked(scope: Scope, tags_of: Literal["RequestTag", "ResourceTag"]) -> dict[str, dict[str, str]]:
    """The condition that what is made, or what is there, carries the tags of this site's Karpenter."""
    return {
        "StringLike": {
            f"aws:{tags_of}/{CLUSTER_TAG}": scope.clusters,
            f"aws:{tags_of}/{NODE_POOL_TAG}": "*",
        }
    }


def _passing(scope: Scope) -> tuple[Permission, ...]:
    profile = names.site_role(names.KARPENTER_NODE_ROLE, scope.site)
    return (
        Permission(
            why="its nodes are Karpenter nodes, with their role and no other",
            actions=("iam:PassRole",),
            resources=(scope.role_arn(names.KARPENTER_NODE_ROLE),),
            condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
        Permission(
            why="checks the instance profile that node classes name",
            actions=("iam:GetInstanceProfile",),
            resources=(f"arn:aws:iam::{scope.account_id}:instance-profile{scope.iam.path}{profile}",),
        ),
        Permission(
            why="looks for profiles that it made itself, of which there are none; takes no resource",
            actions=("iam:ListInstanceProfiles",),
        ),
    )


def _reading(scope: Scope) -> tuple[Permission, ...]:
    return (
        Permission(
            why="what there is to launch and what it launched; reading takes no resource",
            actions=(
                "ec2:DescribeCapacityReservations",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceStatus",
                "ec2:DescribeInstanceTypeOfferings",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeInstances",
                "ec2:DescribeLaunchTemplates",
                "ec2:DescribePlacementGroups",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSpotPriceHistory",
                "ec2:DescribeSubnets",
            ),
            condition={"StringEquals": {"aws:RequestedRegion": scope.region}},
        ),
        Permission(
            why="the newest images of EKS, as AWS publishes them",
            actions=("ssm:GetParameter",),
            resources=(f"arn:aws:ssm:{scope.region}::parameter/aws/service/*",),
        ),
        Permission(
            why="chooses by price; takes no resource, and the price list is in few regions",
            actions=("pricing:GetProducts",),
        ),
        Permission(
            why="hears of interruptions from the queue of its cluster, which has the cluster's name",
            actions=("sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"),
            resources=(scope.arn("sqs", scope.clusters),),
        ),
        Permission(
            why="finds the endpoint of its cluster",
            actions=("eks:DescribeCluster",),
            resources=(scope.arn("eks", f"cluster/{scope.clusters}"),),
        ),
    )
