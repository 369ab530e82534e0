"""What each role and each key lets whom do and, right beside it, what it must not.

Roles are those of main-use1: training, and the site of the central bucket; its replica elsewhere is secondary-usw2's.
"""

# A question is one line, however long.

from __future__ import annotations

from tests.access import Question

MAIN, SECONDARY = "483026362307", "159553542841"
SITE, REPLICA = "main-use1", "secondary-usw2"
OURS, THEIRS = "main-use1--train", "main-usw2--infer"
YES, NO = True, False

EC2 = f"arn:aws:ec2:us-east-1:{MAIN}"
INSTANCE, TEMPLATE, SUBNET = f"{EC2}:instance/i-1", f"{EC2}:launch-template/lt-1", f"{EC2}:subnet/subnet-1"
INTERFACE = f"{EC2}:network-interface/eni-1"
KEY = f"arn:aws:kms:us-east-1:{MAIN}:key/1"
ROLE, PCLUSTER = f"arn:aws:iam::{MAIN}:role", f"arn:aws:iam::{MAIN}:role/parallelcluster"
TABLE = f"arn:aws:dynamodb:us-east-1:{MAIN}:table/parallelcluster-slurm"
EKS = f"arn:aws:eks:us-east-1:{MAIN}:cluster"
BUCKET = "arn:aws:s3:::ml-data-main-us-east-1"
ARTIFACTS = "arn:aws:s3:::parallelcluster-0123456789abcdef-v1-do-not-delete"

TO_EC2 = {"iam:passedtoservice": "ec2.amazonaws.com"}
TO_LAMBDA = {"iam:passedtoservice": "lambda.amazonaws.com"}
PCLUSTER_OURS = {"aws:resourcetag/parallelcluster:cluster-name": OURS}
PCLUSTER_THEIRS = {"aws:resourcetag/parallelcluster:cluster-name": THEIRS}
MARKED = {"aws:requesttag/eks:eks-cluster-name": OURS, "aws:requesttag/karpenter.sh/nodepool": "gpu"}
MARKED_THEIRS = {**MARKED, "aws:requesttag/eks:eks-cluster-name": THEIRS}
OWNED = {"aws:resourcetag/eks:eks-cluster-name": OURS, "aws:resourcetag/karpenter.sh/nodepool": "gpu"}
OWNED_THEIRS = {**OWNED, "aws:resourcetag/eks:eks-cluster-name": THEIRS}
SITE_KEY = {"kms:resourcealiases": ("alias/ml-clusters-main-use1",)}
STATE_KEY = {"kms:resourcealiases": ("alias/ml-clusters-state",)}
VIA_EC2, VIA_S3 = (
    {"kms:viaservice": "ec2.us-east-1.amazonaws.com"},
    {"kms:viaservice": "s3.us-east-1.amazonaws.com"},
)
FOR_AWS, FOR_A_PERSON = {"kms:grantisforawsresource": "true"}, {"kms:grantisforawsresource": "false"}
MINE, FOREIGN = {"aws:resourceaccount": MAIN}, {"aws:resourceaccount": "111111111111"}

HEAD, COMPUTE = "ParallelClusterHeadNodeRole", "ParallelClusterComputeRole"
KARPENTER, KARPENTER_NODE = "KarpenterControllerRole", "KarpenterNodeRole"
NODE, HYPERPOD = "EKSNodeRole", "HyperPodExecutionRole"

ROLE_QUESTIONS = tuple(
    Question(*row)
    for row in (
        # ParallelCluster's head node: launches, passes on one role, and stays inside its site's clusters.
        (HEAD, "ec2:RunInstances", INSTANCE, {}, YES),
        (HEAD, "ec2:RunInstances", "arn:aws:ec2:us-west-2:483026362307:instance/i-1", {}, NO),
        (HEAD, "ec2:TerminateInstances", INSTANCE, PCLUSTER_OURS, YES),
        (HEAD, "ec2:TerminateInstances", INSTANCE, PCLUSTER_THEIRS, NO),
        (HEAD, "ec2:TerminateInstances", INSTANCE, {}, NO),
        (HEAD, "ec2:CreateTags", INSTANCE, {"ec2:createaction": "RunInstances"}, YES),
        (HEAD, "ec2:CreateTags", INSTANCE, {}, NO),
        (HEAD, "iam:PassRole", f"{PCLUSTER}/{COMPUTE}-{SITE}", TO_EC2, YES),
        (HEAD, "iam:PassRole", f"{PCLUSTER}/{COMPUTE}-{SITE}", TO_LAMBDA, NO),
        (HEAD, "iam:PassRole", f"{PCLUSTER}/{HEAD}-{SITE}", TO_EC2, NO),
        (HEAD, "iam:PassRole", f"{ROLE}/FleetExecutionRole", TO_EC2, NO),
        (HEAD, "dynamodb:PutItem", f"{TABLE}-{OURS}", {}, YES),
        (HEAD, "dynamodb:PutItem", f"{TABLE}-{THEIRS}", {}, NO),
        (HEAD, "dynamodb:DeleteTable", f"{TABLE}-{OURS}", {}, NO),
        (
            HEAD,
            "cloudformation:SignalResource",
            f"arn:aws:cloudformation:us-east-1:{MAIN}:stack/{OURS}/1",
            {},
            YES,
        ),
        (
            HEAD,
            "cloudformation:DeleteStack",
            f"arn:aws:cloudformation:us-east-1:{MAIN}:stack/{OURS}/1",
            {},
            NO,
        ),
        (HEAD, "s3:PutObject", f"{ARTIFACTS}/parallelcluster/x", MINE, YES),
        (HEAD, "s3:PutObject", f"{ARTIFACTS}/parallelcluster/x", FOREIGN, NO),
        (HEAD, "s3:GetObject", f"{BUCKET}/datasets/x", MINE, NO),
        (HEAD, "s3:GetObject", "arn:aws:s3:::us-east-1-aws-parallelcluster/x", FOREIGN, YES),
        (HEAD, "kms:CreateGrant", KEY, {**VIA_EC2, **SITE_KEY, **FOR_AWS}, YES),
        (HEAD, "kms:CreateGrant", KEY, {**VIA_EC2, **SITE_KEY, **FOR_A_PERSON}, NO),
        (HEAD, "kms:Decrypt", KEY, {**VIA_EC2, **STATE_KEY}, NO),
        # Its compute nodes read.
        (COMPUTE, "dynamodb:Query", f"{TABLE}-{OURS}", {}, YES),
        (COMPUTE, "dynamodb:PutItem", f"{TABLE}-{OURS}", {}, NO),
        (COMPUTE, "s3:GetObject", f"{ARTIFACTS}/x", MINE, YES),
        (COMPUTE, "s3:PutObject", f"{ARTIFACTS}/x", MINE, NO),
        (COMPUTE, "ec2:DescribeInstanceAttribute", INSTANCE, {}, YES),
        (COMPUTE, "ec2:RunInstances", INSTANCE, {}, NO),
        (COMPUTE, "iam:PassRole", f"{PCLUSTER}/{COMPUTE}-{SITE}", TO_EC2, NO),
        (
            COMPUTE,
            "logs:PutLogEvents",
            f"arn:aws:logs:us-east-1:{MAIN}:log-group:/aws/parallelcluster/{OURS}-1:log-stream:s",
            {},
            YES,
        ),
        (
            COMPUTE,
            "logs:PutLogEvents",
            f"arn:aws:logs:us-east-1:{MAIN}:log-group:/aws/parallelcluster/{THEIRS}:log-stream:s",
            {},
            NO,
        ),
        # Kubernetes nodes join their cluster and pull images.
        (NODE, "eks:DescribeCluster", f"{EKS}/{OURS}", {}, YES),
        (NODE, "eks:DescribeCluster", f"{EKS}/{THEIRS}", {}, NO),
        (NODE, "eks:UpdateClusterConfig", f"{EKS}/{OURS}", {}, NO),
        (NODE, "ecr:GetAuthorizationToken", "*", {}, YES),
        (NODE, "ecr:BatchGetImage", f"arn:aws:ecr:us-east-1:{MAIN}:repository/ml-clusters/train", {}, YES),
        (NODE, "ecr:PutImage", f"arn:aws:ecr:us-east-1:{MAIN}:repository/ml-clusters/train", {}, NO),
        (NODE, "ec2:TerminateInstances", INSTANCE, OWNED, NO),
        (KARPENTER_NODE, "eks:DescribeCluster", f"{EKS}/{OURS}", {}, YES),
        (KARPENTER_NODE, "ec2:RunInstances", INSTANCE, MARKED, NO),
        (KARPENTER_NODE, "iam:PassRole", f"{ROLE}/{KARPENTER_NODE}-{SITE}", TO_EC2, NO),
        # Karpenter's controller makes what it marks and ends what is marked.
        (KARPENTER, "ec2:RunInstances", INSTANCE, MARKED, YES),
        (KARPENTER, "ec2:RunInstances", INSTANCE, MARKED_THEIRS, NO),
        (KARPENTER, "ec2:RunInstances", INSTANCE, {}, NO),
        (KARPENTER, "ec2:RunInstances", SUBNET, {}, YES),
        (KARPENTER, "ec2:RunInstances", TEMPLATE, OWNED, YES),
        (KARPENTER, "ec2:RunInstances", TEMPLATE, OWNED_THEIRS, NO),
        (KARPENTER, "ec2:TerminateInstances", INSTANCE, OWNED, YES),
        (KARPENTER, "ec2:TerminateInstances", INSTANCE, OWNED_THEIRS, NO),
        (KARPENTER, "ec2:TerminateInstances", INSTANCE, {}, NO),
        (
            KARPENTER,
            "ec2:CreateTags",
            INSTANCE,
            {**OWNED, "aws:tagkeys": ("Name", "karpenter.sh/nodeclaim")},
            YES,
        ),
        (
            KARPENTER,
            "ec2:CreateTags",
            INSTANCE,
            {**OWNED, "aws:tagkeys": ("Name", "karpenter.sh/nodepool")},
            NO,
        ),
        (KARPENTER, "iam:PassRole", f"{ROLE}/{KARPENTER_NODE}-{SITE}", TO_EC2, YES),
        (KARPENTER, "iam:PassRole", f"{ROLE}/{KARPENTER}-{SITE}", TO_EC2, NO),
        (KARPENTER, "iam:CreateInstanceProfile", f"arn:aws:iam::{MAIN}:instance-profile/x", {}, NO),
        (KARPENTER, "ec2:DescribeInstances", "*", {}, YES),
        (KARPENTER, "ec2:DescribeInstances", "*", {"aws:requestedregion": "us-west-2"}, NO),
        (KARPENTER, "sqs:ReceiveMessage", f"arn:aws:sqs:us-east-1:{MAIN}:{OURS}", {}, YES),
        (KARPENTER, "sqs:ReceiveMessage", f"arn:aws:sqs:us-east-1:{MAIN}:{THEIRS}", {}, NO),
        (KARPENTER, "ssm:GetParameter", "arn:aws:ssm:us-east-1::parameter/aws/service/eks/x", {}, YES),
        (KARPENTER, "ssm:GetParameter", f"arn:aws:ssm:us-east-1:{MAIN}:parameter/secret", {}, NO),
        # HyperPod's nodes: interfaces for SageMaker, the site's scripts, nothing of other sites.
        (HYPERPOD, "ec2:CreateNetworkInterface", INTERFACE, {}, YES),
        (
            HYPERPOD,
            "ec2:CreateNetworkInterfacePermission",
            INTERFACE,
            {"ec2:authorizedservice": "sagemaker.amazonaws.com"},
            YES,
        ),
        (HYPERPOD, "ec2:CreateNetworkInterfacePermission", INTERFACE, {}, NO),
        (HYPERPOD, "s3:GetObject", f"{BUCKET}/hyperpod/slurm/0a1b/on_create.sh", {}, YES),
        (HYPERPOD, "s3:GetObject", f"{BUCKET}/sites/{SITE}/scripts/on_create.sh", {}, NO),
        (HYPERPOD, "s3:PutObject", f"{BUCKET}/hyperpod/slurm/0a1b/on_create.sh", {}, NO),
        (HYPERPOD, "s3:ListBucket", BUCKET, {"s3:prefix": "hyperpod/slurm/0a1b/"}, YES),
        (HYPERPOD, "s3:ListBucket", BUCKET, {"s3:prefix": "datasets/"}, NO),
        (HYPERPOD, "kms:Decrypt", KEY, {**VIA_S3, **SITE_KEY}, YES),
        (HYPERPOD, "kms:Decrypt", KEY, SITE_KEY, NO),
        (HYPERPOD, "kms:Decrypt", KEY, {**VIA_S3, **STATE_KEY}, NO),
        (
            HYPERPOD,
            "iam:PassRole",
            f"{ROLE}/{HYPERPOD}-{SITE}",
            {"iam:passedtoservice": "sagemaker.amazonaws.com"},
            NO,
        ),
    )
)

ADMIN, FOREIGN_ADMIN = f"arn:aws:iam::{MAIN}:user/admin", f"arn:aws:iam::{SECONDARY}:user/admin"
STRANGER = "arn:aws:iam::111111111111:user/somebody"
AUTOSCALING = f"{ROLE}/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
FSX = f"{ROLE}/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_fs-1"
REPLICATION, ANOTHER = f"{ROLE}/replication-{SITE}", f"{ROLE}/somebody"
OF_BUCKET = {"kms:encryptioncontext:aws:s3:arn": BUCKET}
OF_ANOTHER = {"kms:encryptioncontext:aws:s3:arn": "arn:aws:s3:::another"}
FSX_SESSION = {"aws:userid": "AROA1:FSx"}

KEY_QUESTIONS = tuple(
    Question(*row)
    for row in (
        (ADMIN, "kms:PutKeyPolicy", KEY, {}, YES),
        (ADMIN, "kms:ScheduleKeyDeletion", KEY, {}, YES),
        (ADMIN, "kms:Decrypt", KEY, {}, NO),
        (ADMIN, "kms:Decrypt", KEY, VIA_S3, YES),
        (ADMIN, "kms:Decrypt", KEY, {"kms:viaservice": "s3.us-west-2.amazonaws.com"}, NO),
        (ADMIN, "kms:Decrypt", KEY, {"kms:viaservice": "lambda.us-east-1.amazonaws.com"}, NO),
        (
            ADMIN,
            "kms:GenerateDataKeyWithoutPlaintext",
            KEY,
            {"kms:viaservice": "fsx.us-east-1.amazonaws.com"},
            YES,
        ),
        (
            ADMIN,
            "kms:CreateGrant",
            KEY,
            {"kms:viaservice": "elasticfilesystem.us-east-1.amazonaws.com", **FOR_AWS},
            YES,
        ),
        (
            ADMIN,
            "kms:CreateGrant",
            KEY,
            {"kms:viaservice": "ecr.us-east-1.amazonaws.com", **FOR_A_PERSON},
            NO,
        ),
        (ADMIN, "kms:CreateGrant", KEY, {**VIA_S3, **FOR_AWS}, NO),
        (ADMIN, "kms:CreateGrant", KEY, {}, NO),
        (FOREIGN_ADMIN, "kms:Decrypt", KEY, VIA_S3, NO),
        (FOREIGN_ADMIN, "kms:PutKeyPolicy", KEY, {}, NO),
        (STRANGER, "kms:Decrypt", KEY, {**VIA_S3, **OF_BUCKET, **FSX_SESSION}, NO),
        (AUTOSCALING, "kms:Decrypt", KEY, {}, YES),
        (AUTOSCALING, "kms:CreateGrant", KEY, FOR_AWS, YES),
        (AUTOSCALING, "kms:CreateGrant", KEY, {}, NO),
        (FSX, "kms:GenerateDataKey", KEY, {**VIA_S3, **OF_BUCKET, **FSX_SESSION}, YES),
        (REPLICATION, "kms:Decrypt", KEY, {**VIA_S3, **OF_BUCKET}, YES),
    )
)
"""The key of main-use1."""

REPLICA_KEY = f"arn:aws:kms:us-west-2:{SECONDARY}:key/1"
VIA_REPLICA = {"kms:viaservice": "s3.us-west-2.amazonaws.com"}
REPLICA_BUCKET = {"kms:encryptioncontext:aws:s3:arn": "arn:aws:s3:::ml-data-secondary-us-west-2"}

REPLICA_KEY_QUESTIONS = tuple(
    Question(*row)
    for row in (
        (REPLICATION, "kms:Encrypt", REPLICA_KEY, {**VIA_REPLICA, **REPLICA_BUCKET}, YES),
        (REPLICATION, "kms:GenerateDataKey", REPLICA_KEY, {**VIA_REPLICA, **REPLICA_BUCKET}, YES),
        (REPLICATION, "kms:Decrypt", REPLICA_KEY, {**VIA_REPLICA, **REPLICA_BUCKET}, NO),
        (REPLICATION, "kms:Encrypt", REPLICA_KEY, REPLICA_BUCKET, NO),
        (REPLICATION, "kms:Encrypt", REPLICA_KEY, {**VIA_REPLICA, **OF_ANOTHER}, NO),
        (REPLICATION, "kms:PutKeyPolicy", REPLICA_KEY, {}, NO),
        (ANOTHER, "kms:Encrypt", REPLICA_KEY, {**VIA_REPLICA, **REPLICA_BUCKET}, NO),
        (ADMIN, "kms:Encrypt", REPLICA_KEY, {**VIA_REPLICA, **REPLICA_BUCKET}, NO),
    )
)
"""The key of secondary-usw2, in another account and region than the central bucket."""
