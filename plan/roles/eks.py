"""EKS: the control plane's role and the role of managed nodes (row K2b).

Sources: EKS User Guide, "Amazon EKS cluster IAM role", "Amazon EKS node IAM role", and "Cross-service confused
deputy prevention". What add-ons need (VPC CNI, EBS CSI driver) they get by Pod Identity, not from the node.
"""

from __future__ import annotations

from plan import names
from plan.iam import RolePlan
from plan.policies import document, service_trust
from plan.roles.permissions import Permission, policy, pull_images
from plan.roles.scope import Scope


def roles(scope: Scope) -> tuple[RolePlan, ...]:
    """The control plane's role and the managed nodes'."""
    control_plane = scope.iam.role(
        names.site_role(names.EKS_CLUSTER_ROLE, scope.site),
        service_trust(
            "eks.amazonaws.com",
            account_id=scope.account_id,
            source_arn=scope.arn("eks", f"cluster/{scope.clusters}"),
        ),
        document(),
        # AWS keeps it in step with what each Kubernetes version asks of EC2 and load balancing.
        managed_policies=("AmazonEKSClusterPolicy",),
    )
    nodes = scope.iam.role(
        names.site_role(names.EKS_NODE_ROLE, scope.site),
        service_trust("ec2.amazonaws.com"),
        policy(*node_permissions(scope)),
        managed_policies=("AmazonSSMManagedInstanceCore",),
    )
    return (control_plane, nodes)


def node_permissions(scope: Scope) -> tuple[Permission, ...]:
    """What a Kubernetes node needs whoever launches it: AmazonEKSWorkerNodePolicy, narrowed to the site's clusters."""
    clusters = (scope.arn("eks", f"cluster/{scope.clusters}"),)
    return (
        Permission(
            why="the kubelet finds itself and its volumes; reading takes no resource",
            actions=(
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeInstances",
                "ec2:DescribeRouteTables",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVolumes",
                "ec2:DescribeVolumesModifications",
                "ec2:DescribeVpcs",
            ),
        ),
        Permission(
            why="joins its cluster: the endpoint and its certificate",
            actions=("eks:DescribeCluster",),
            resources=clusters,
        ),
        Permission(
            why="the Pod Identity agent on the node gets pods their own roles",
            actions=("eks-auth:AssumeRoleForPodIdentity",),
            resources=clusters,
        ),
        *pull_images(),
    )
