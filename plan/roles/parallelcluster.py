"""ParallelCluster's head and compute nodes (row K2a).

Sources: ParallelCluster User Guide 3, "Cluster instance roles", and what its own templates give a node
(cli/src/pcluster/templates). A cluster's name is its stack's, its tables', its log groups' and its tag's.
"""

from __future__ import annotations

from plan import names
from plan.iam import RolePlan
from plan.policies import service_trust
from plan.roles.permissions import Permission, encrypt_volumes, policy
from plan.roles.scope import Scope

CLUSTER_NAME_TAG = "parallelcluster:cluster-name"

ARTIFACTS = "parallelcluster-*-v1-do-not-delete"
"""ParallelCluster's own bucket of an account and region; its name ends in a hash of both."""


def roles(scope: Scope) -> tuple[RolePlan, ...]:
    """The head node's role and the compute nodes', in the path whose roles ParallelCluster's API passes on."""
    nodes = {
        names.PARALLELCLUSTER_HEAD_NODE_ROLE: (*_head_node(scope), *encrypt_volumes(scope)),
        names.PARALLELCLUSTER_COMPUTE_ROLE: _compute_node(scope),
    }
    return tuple(
        scope.iam.role(
            names.site_role(role, scope.site),
            # EC2 does not say that it sends the account when an instance takes its role.
            service_trust("ec2.amazonaws.com"),
            policy(*permissions, *_every_node(scope)),
            # Sessions instead of SSH (row P2).
            managed_policies=("AmazonSSMManagedInstanceCore",),
            has_instance_profile=True,
            path=names.PARALLELCLUSTER_PATH,
        )
        for role, permissions in nodes.items()
    )


def _head_node(scope: Scope) -> tuple[Permission, ...]:
    stack = (scope.arn("cloudformation", f"stack/{scope.clusters}/*"),)
    tables = (
        scope.arn("dynamodb", f"table/parallelcluster-slurm-{scope.clusters}"),
        scope.arn("dynamodb", f"table/parallelcluster-{scope.clusters}"),
    )
    return (
        Permission(
            why="clustermgtd watches the nodes; reading takes no resource",
            actions=(
                "ec2:DescribeCapacityReservations",
                "ec2:DescribeInstanceStatus",
                "ec2:DescribeInstances",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:DescribeVolumes",
            ),
        ),
        *_launching(scope),
        Permission(
            why="the nodes that it launches are compute nodes, with their role and no other",
            actions=("iam:PassRole",),
            resources=(scope.role_arn(names.PARALLELCLUSTER_COMPUTE_ROLE, path=names.PARALLELCLUSTER_PATH),),
            condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
        Permission(
            why="says that it is up, and reads what the cluster is made of",
            actions=(
                "cloudformation:DescribeStackResource",
                "cloudformation:DescribeStacks",
                "cloudformation:SignalResource",
            ),
            resources=stack,
        ),
        Permission(
            why="keeps which node is which instance, and the status of the compute fleet",
            actions=(
                "dynamodb:BatchGetItem",
                "dynamodb:BatchWriteItem",
                "dynamodb:DeleteItem",
                "dynamodb:DescribeTable",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
            ),
            resources=tables,
        ),
        *_configuration(scope),
    )


def _configuration(scope: Scope) -> tuple[Permission, ...]:
    return (
        Permission(
            why="names nodes in the cluster's private zone, whose id is not known before the cluster",
            actions=("route53:ChangeResourceRecordSets",),
            resources=("arn:aws:route53:::hostedzone/*",),
        ),
        Permission(
            why="reads the cluster's configuration and writes back which one it runs",
            actions=("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"),
            resources=(f"arn:aws:s3:::{ARTIFACTS}/*",),
            condition={"StringEquals": {"aws:ResourceAccount": scope.account_id}},
        ),
        Permission(
            why="finds them",
            actions=("s3:ListBucket",),
            resources=(f"arn:aws:s3:::{ARTIFACTS}",),
            condition={"StringEquals": {"aws:ResourceAccount": scope.account_id}},
        ),
    )


def _launching(scope: Scope) -> tuple[Permission, ...]:
    """Slurm's resume and suspend programs run on the head node."""
    of_cluster = {"StringLike": {f"aws:ResourceTag/{CLUSTER_NAME_TAG}": scope.clusters}}
    launched = ("fleet", "instance", "network-interface", "volume")
    taken = (
        "capacity-reservation",
        "key-pair",
        "launch-template",
        "placement-group",
        "security-group",
        "subnet",
    )
    return (
        Permission(
            why="launches compute nodes from the cluster's launch templates",
            actions=("ec2:CreateFleet", "ec2:RunInstances"),
            resources=(
                *(scope.arn("ec2", f"{kind}/*") for kind in sorted((*launched, *taken))),
                f"arn:aws:ec2:{scope.region}::image/*",
                f"arn:aws:ec2:{scope.region}::snapshot/*",
            ),
        ),
        Permission(
            why="names what it launches, while it launches it",
            actions=("ec2:CreateTags",),
            resources=tuple(scope.arn("ec2", f"{kind}/*") for kind in launched),
            condition={"StringEquals": {"ec2:CreateAction": ["CreateFleet", "RunInstances"]}},
        ),
        Permission(
            why="ends idle and broken nodes, of this site's clusters",
            actions=("ec2:TerminateInstances",),
            resources=(scope.arn("ec2", "instance/*"),),
            condition=of_cluster,
        ),
        Permission(
            why="attaches the shared volumes of the cluster to itself",
            actions=("ec2:AttachVolume",),
            resources=(scope.arn("ec2", "instance/*"), scope.arn("ec2", "volume/*")),
            condition=of_cluster,
        ),
    )


def _compute_node(scope: Scope) -> tuple[Permission, ...]:
    table = scope.arn("dynamodb", f"table/parallelcluster-slurm-{scope.clusters}")
    return (
        Permission(
            why="asks which node it is",
            actions=("dynamodb:GetItem", "dynamodb:Query"),
            resources=(table, f"{table}/index/*"),
        ),
        Permission(
            why="reads the cluster's shared configuration",
            actions=("s3:GetObject",),
            resources=(f"arn:aws:s3:::{ARTIFACTS}/*",),
            condition={"StringEquals": {"aws:ResourceAccount": scope.account_id}},
        ),
    )


def _every_node(scope: Scope) -> tuple[Permission, ...]:
    logs = scope.arn("logs", f"log-group:/aws/parallelcluster/{scope.clusters}")
    return (
        Permission(
            why="looks at its own instance, whose id nobody knows before",
            actions=("ec2:DescribeInstanceAttribute",),
            resources=(scope.arn("ec2", "instance/*"),),
        ),
        Permission(
            why="fetches ParallelCluster's packages from AWS's bucket of the region",
            actions=("s3:GetObject",),
            resources=(f"arn:aws:s3:::{scope.region}-aws-parallelcluster/*",),
        ),
        Permission(
            why="the CloudWatch agent writes the cluster's logs",
            actions=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
            resources=(logs, f"{logs}:*"),
        ),
        Permission(
            why="the agent's memory and disk metrics; the action takes no resource, its namespace narrows it",
            actions=("cloudwatch:PutMetricData",),
            condition={"StringEquals": {"cloudwatch:namespace": "CWAgent"}},
        ),
    )
