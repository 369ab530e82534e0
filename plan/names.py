"""Physical names that are fixed because another stack, account or person predicts them.

Everything not named here is auto-named by its provider. A resource with a fixed name is deleted before its
replacement is made (`components.layer`).
"""

from __future__ import annotations

PROJECT = "ml-clusters"
LINKS = "links"

STATE_KEY_ALIAS = "alias/ml-clusters-state"
CI_ROLE = "FleetCIRole"
EXECUTION_ROLE = "FleetExecutionRole"
REPLICATION_ROLE = "replication"
BATCH_REPLICATION_ROLE = "batch-replication"

PARALLELCLUSTER_HEAD_NODE_ROLE = "ParallelClusterHeadNodeRole"
PARALLELCLUSTER_COMPUTE_ROLE = "ParallelClusterComputeRole"
EKS_CLUSTER_ROLE = "EKSClusterRole"
EKS_NODE_ROLE = "EKSNodeRole"
VPC_CNI_ROLE = "VpcCniRole"
EBS_CSI_ROLE = "EbsCsiRole"
EFS_CSI_ROLE = "EfsCsiRole"
FSX_CSI_ROLE = "FsxCsiRole"
KARPENTER_CONTROLLER_ROLE = "KarpenterControllerRole"
KARPENTER_NODE_ROLE = "KarpenterNodeRole"
HYPERPOD_EXECUTION_ROLE = "HyperPodExecutionRole"
ARGOCD_SPOKE_ROLE = "ArgoCDSpokeRole"
HYPERPOD_AUTOSCALING_ROLE = "HyperPodAutoscalingRole"

PARALLELCLUSTER_PATH = "/parallelcluster/"
"""The only path whose roles ParallelCluster's API may pass on (its template, ParallelClusterUserRole)."""

IAM_ROLE_NAME_LENGTH = 64
"""Longest role name IAM takes (IAM API, CreateRole, RoleName)."""


def parallelcluster_api(region: str) -> str:
    """The CloudFormation stack of ParallelCluster's API, once an account and region (row P1)."""
    return f"pcluster-api-{region}"


def key_alias(site: str) -> str:
    """Alias of a site's key: by it policies name a key whose id nobody knows yet."""
    return f"alias/{PROJECT}-{site}"


def account_root(account_id: str) -> str:
    """The principal that stands for a whole account: its IAM policies then decide who of it may."""
    return f"arn:aws:iam::{account_id}:root"


def service_linked_role_arn(account_id: str, service: str, role: str) -> str:
    """ARN of a role that AWS makes for a service, once an account."""
    return f"arn:aws:iam::{account_id}:role/aws-service-role/{service}/{role}"


def state_bucket(account_id: str) -> str:
    """The bucket that holds the state of every stack; in the state account."""
    return f"ml-clusters-state-{account_id}"


def data_bucket(account: str, region: str) -> str:
    """The bucket of a site that holds data (row D1). `account` is its name in fleet.yaml."""
    return f"ml-data-{account}-{region}"


def log_bucket(account: str, region: str) -> str:
    """Where the data bucket of a site writes its access logs and inventories."""
    return f"ml-logs-{account}-{region}"


def bucket_arn(bucket: str) -> str:
    """ARN of a bucket."""
    return f"arn:aws:s3:::{bucket}"


def alerts_topic(site: str) -> str:
    """The SNS topic that a site's alarms notify."""
    return f"{PROJECT}-{site}-alerts"


def topic_arn(account_id: str, region: str, topic: str) -> str:
    """ARN of an SNS topic, known before the topic exists."""
    return f"arn:aws:sns:{region}:{account_id}:{topic}"


def role_arn(account_id: str, role: str, path: str = "/") -> str:
    """ARN of a role of that account, known before the role exists."""
    return f"arn:aws:iam::{account_id}:role{path}{role}"


def cluster(site: str, short: str) -> str:
    """Name of a cluster of a site: EKS, ParallelCluster or HyperPod. `short` is its key in the site's file."""
    return f"{site}--{short}"


def clusters_of(site: str) -> str:
    """What matches the names of a site's clusters, `<site>--<cluster>`, and of no other site's.

    A site's name has single dashes only. AWS's limits: EKS 100 characters, HyperPod 63, ParallelCluster 60.
    """
    return f"{site}--*"


def site_role(role: str, site: str) -> str:
    """`<role>-<site>`: IAM is global in an account, and two sites may share one.

    Raises ValueError when the name is longer than IAM allows.
    """
    name = f"{role}-{site}"
    if len(name) > IAM_ROLE_NAME_LENGTH:
        raise ValueError(f"role name {name} has {len(name)} characters; IAM allows {IAM_ROLE_NAME_LENGTH}")
    return name


def vpc(account: str, region: str) -> str:
    """Name tag of a site's VPC (row N2)."""
    return f"ml-{account}-{region}"


def log_group_arn(account_id: str, region: str, log_group: str) -> str:
    """ARN of a CloudWatch log group, known before the group exists."""
    return f"arn:aws:logs:{region}:{account_id}:log-group:{log_group}"


def repository(name: str) -> str:
    """A repository of the image registry; nodes of every account pull from it by this name."""
    return f"{PROJECT}/{name}"


def repository_arn(account_id: str, region: str, repository_name: str) -> str:
    """ARN of an ECR repository, known before it exists."""
    return f"arn:aws:ecr:{region}:{account_id}:repository/{repository_name}"
