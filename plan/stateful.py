"""Which kinds of resources hold state: what is in them is lost, or is out of reach, when one is deleted or replaced.

A network is not here: it costs an outage, but the same files make it again.
"""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "aws:backup/vault:Vault": "the backups in it are lost",
    "aws:dynamodb/table:Table": "its items are lost",
    "aws:ebs/volume:Volume": "the data on it is lost",
    "aws:ecr/repository:Repository": "its images are lost, and running workloads cannot be started again",
    "aws:efs/fileSystem:FileSystem": "the files on it are lost",
    "aws:eks/cluster:Cluster": "the objects in it and the volumes that they claim are lost",
    "eks:index:Cluster": "the objects in it and the volumes that they claim are lost",
    "aws:fsx/lustreFileSystem:LustreFileSystem": "files that were not exported are lost",
    "aws:fsx/ontapFileSystem:OntapFileSystem": "the files on it are lost",
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": "the files on it are lost",
    "aws:fsx/openZfsVolume:OpenZfsVolume": "the files on it are lost",
    "aws:kms/key:Key": "what it encrypted can never be read again",
    "aws:amp/workspace:Workspace": "its metrics are lost",
    "aws:rds/cluster:Cluster": "its databases are lost, Slurm's accounting among them",
    "aws:rds/instance:Instance": "its databases are lost, Slurm's accounting among them",
    "aws:s3/bucket:Bucket": "its objects and their versions are lost",
    "aws:secretsmanager/secret:Secret": "its value is lost, and its name stays taken for days",
    "pulumi-python:dynamic/parallelcluster:Cluster": "its jobs, the head node's disk and the capacity that it holds "
    "are lost",
    "aws-native:sagemaker:Cluster": "its nodes with their local disks, and the capacity that they hold, are lost",
}
"""Pulumi type token -> what deleting or replacing one costs."""

CLUSTERS = frozenset(
    {
        "aws:eks/cluster:Cluster",
        "eks:index:Cluster",
        "pulumi-python:dynamic/parallelcluster:Cluster",
        "aws-native:sagemaker:Cluster",
    }
)
"""Types that hold state and are no data to keep: files make them again, and their nodes cost thousands an hour."""

RENEWED = frozenset({"aws:s3/bucketObjectv2:BucketObjectv2"})
"""Types whose replacement takes nothing away: objects under a prefix made of their content, where the new ones are
before the old ones go, all from files of the checkout. Lifecycle scripts are twenty of them a cluster.
"""

SETTINGS: tuple[str, ...] = (
    "aws:s3/bucket",
    "aws:kms/alias:",
    "aws:efs/fileSystemPolicy:",
    "aws:efs/backupPolicy:",
    "aws:efs/accessPoint:",
    "aws:fsx/dataRepositoryAssociation:",
    "aws:ecr/repositoryPolicy:",
    "aws:ecr/lifecyclePolicy:",
    "aws:ec2/defaultSecurityGroup:",
)
"""Beginnings of type tokens: what guards data and its network, or is the data's way in and out. What is kept keeps
these, or a bucket would lie there without its policy."""

CONTENT = "aws:s3/bucketObject"
"""Objects that a program writes are no settings: the files of the checkout make them again."""

EMPTIED_BY: Mapping[str, str] = {
    "aws:s3/bucket:Bucket": "forceDestroy",
    "aws:ecr/repository:Repository": "forceDelete",
}
"""Type token -> the property without which AWS deletes only an empty one."""


def is_setting(resource_type: str) -> bool:
    """Whether a resource of this type is a setting of another that may be kept."""
    return resource_type.startswith(SETTINGS) and not resource_type.startswith(CONTENT)


def reason(resource_type: str) -> str | None:
    """What a delete or replacement of this type costs; None when nothing is lost that files cannot make again."""
    return REASONS.get(resource_type)
