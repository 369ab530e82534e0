"""HyperPod: the role of its nodes, which SageMaker calls the execution role (row K2c).

Source: SageMaker AI Developer Guide, "IAM role for SageMaker HyperPod" and what it adds for clusters in a VPC and
for EKS. AmazonSageMakerHyperPodServiceRolePolicy, which seed 000 names here, belongs to a service-linked role and
cannot be attached (trap T10).
"""

from __future__ import annotations

from plan import names
from plan.iam import RolePlan
from plan.policies import service_trust
from plan.prefixes import LIFECYCLE_SCRIPTS
from plan.roles.permissions import Permission, encrypt_volumes, is_site_key, policy, pull_images, site_keys
from plan.roles.scope import Scope


def roles(scope: Scope) -> tuple[RolePlan, ...]:
    """The role that instance groups of the site's HyperPod clusters have, and the one that scales them."""
    return (_nodes(scope), _autoscaling(scope))


def _nodes(scope: Scope) -> RolePlan:
    return scope.iam.role(
        names.site_role(names.HYPERPOD_EXECUTION_ROLE, scope.site),
        service_trust("sagemaker.amazonaws.com", account_id=scope.account_id),
        policy(
            *_network_interfaces(scope),
            *_file_systems(),
            *pull_images(),
            *_pods(scope),
            *encrypt_volumes(scope),
            *_node_volumes(scope),
            *(_lifecycle_scripts(scope, scope.data_bucket) if scope.data_bucket else ()),
            *(_accounting(scope) if scope.accounting_secrets else ()),
        ),
        # Logs, metrics and sessions of nodes; AWS keeps it in step with the agents on them.
        managed_policies=("AmazonSageMakerClusterInstanceRolePolicy",),
    )


def _autoscaling(scope: Scope) -> RolePlan:
    """What SageMaker's Karpenter works as ("Create an IAM role for HyperPod autoscaling with Karpenter"). A cluster's
    ARN ends in letters that nobody knows beforehand, so its tag says whose it is.
    """
    return scope.iam.role(
        names.site_role(names.HYPERPOD_AUTOSCALING_ROLE, scope.site),
        service_trust("hyperpod.sagemaker.amazonaws.com"),
        policy(
            Permission(
                why="adds and removes nodes of the site's own clusters",
                actions=("sagemaker:BatchAddClusterNodes", "sagemaker:BatchDeleteClusterNodes"),
                resources=(scope.arn("sagemaker", "cluster/*"),),
                condition={"StringEquals": {"aws:ResourceTag/fleet:site": scope.site}},
            ),
            *_node_volumes(scope),
        ),
    )


def _node_volumes(scope: Scope) -> tuple[Permission, ...]:
    """Volumes of nodes have the site's key: SageMaker attaches them to machines of its own account under a grant."""
    through_sagemaker = {"kms:ViaService": f"sagemaker.{scope.region}.amazonaws.com"}
    return (
        Permission(
            why="looks at the key",
            actions=("kms:DescribeKey",),
            resources=site_keys(scope),
            condition={"StringEquals": through_sagemaker, **is_site_key(scope)},
        ),
        Permission(
            why="a new node's volume is opened under a grant, which only an AWS service may be given",
            actions=("kms:CreateGrant",),
            resources=site_keys(scope),
            condition={
                "StringEquals": through_sagemaker,
                "Bool": {"kms:GrantIsForAWSResource": "true"},
                **is_site_key(scope),
            },
        ),
    )


def _network_interfaces(scope: Scope) -> tuple[Permission, ...]:
    interfaces = scope.arn("ec2", "network-interface/*")
    return (
        Permission(
            why="SageMaker puts nodes into our subnets by interfaces that it makes as this role",
            actions=("ec2:CreateNetworkInterface",),
            resources=(interfaces, scope.arn("ec2", "security-group/*"), scope.arn("ec2", "subnet/*")),
        ),
        Permission(
            why="lets the instances of SageMaker's account use them",
            actions=("ec2:CreateNetworkInterfacePermission",),
            resources=(interfaces,),
            condition={"StringEquals": {"ec2:AuthorizedService": "sagemaker.amazonaws.com"}},
        ),
        Permission(
            why="takes them away with the node",
            actions=("ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"),
            resources=(interfaces,),
        ),
        Permission(
            why="names them",
            actions=("ec2:CreateTags",),
            resources=(interfaces,),
            condition={"StringEquals": {"ec2:CreateAction": "CreateNetworkInterface"}},
        ),
        Permission(
            why="checks subnets and groups; reading takes no resource",
            actions=(
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ),
        ),
    )


def _file_systems() -> tuple[Permission, ...]:
    return (
        Permission(
            why="lifecycle scripts look up how to mount the site's Lustre; takes no resource",
            actions=("fsx:DescribeFileSystems",),
        ),
    )


def _pods(scope: Scope) -> tuple[Permission, ...]:
    return (
        Permission(
            why="nodes under EKS: the Pod Identity agent gets pods their own roles",
            actions=("eks-auth:AssumeRoleForPodIdentity",),
            resources=(scope.arn("eks", f"cluster/{scope.clusters}"),),
        ),
    )


def _lifecycle_scripts(scope: Scope, bucket: str) -> tuple[Permission, ...]:
    """AWS's policy reads buckets called sagemaker-* only; the site's lifecycle scripts are in its data bucket."""
    arn, prefix = names.bucket_arn(bucket), LIFECYCLE_SCRIPTS
    return (
        Permission(
            why="reads the site's lifecycle scripts",
            actions=("s3:GetObject",),
            resources=(f"{arn}/{prefix}*",),
        ),
        Permission(
            why="finds them",
            actions=("s3:ListBucket",),
            resources=(arn,),
            condition={"StringLike": {"s3:prefix": [prefix, f"{prefix}*"]}},
        ),
        Permission(
            why="they are encrypted with the site's key",
            actions=("kms:Decrypt",),
            resources=site_keys(scope),
            condition={
                "StringEquals": {"kms:ViaService": f"s3.{scope.region}.amazonaws.com"},
                **is_site_key(scope),
            },
        ),
    )


def _accounting(scope: Scope) -> tuple[Permission, ...]:
    return (
        Permission(
            why="the controller's slurmdbd logs in to its database; the lifecycle scripts read the login",
            actions=("secretsmanager:GetSecretValue",),
            resources=scope.accounting_secrets,
        ),
    )
