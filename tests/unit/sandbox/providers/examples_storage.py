"""Examples of file systems and repositories."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import count
from typing import Any, Final

from tests.unit.sandbox.providers.engine import Engine
from tests.unit.sandbox.providers.example import Example
from tests.unit.sandbox.providers.needed import groups, keys

MAIN: Final = "483026362307"
_NUMBERS: Final = count(1)


def lustre_network(engine: Engine) -> dict[str, Any]:
    """A subnet, and a group whose members reach each other."""
    given = groups(engine)
    group = given["groupIds"][0]
    engine.make(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        securityGroupId=group,
        ipProtocol="-1",
        referencedSecurityGroupId=group,
    )
    return given


def _lustre(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "subnetIds": given["subnetIds"][0],
        "securityGroupIds": given["groupIds"][:1],
        "deploymentType": "PERSISTENT_2",
        "storageCapacity": 1200,
        "perUnitStorageThroughput": 250,
        "dataCompressionType": "LZ4",
        "metadataConfiguration": {"mode": "AUTOMATIC"},
        "weeklyMaintenanceStartTime": "7:03:00",
        "tags": {"Name": "a"},
    }


def file_system(engine: Engine) -> dict[str, Any]:
    """A Lustre file system and a bucket to link it to."""
    bucket = engine.make("aws:s3/bucket:Bucket", bucket=f"linked-{next(_NUMBERS)}")[0]
    system = engine.make("aws:fsx/lustreFileSystem:LustreFileSystem", **_lustre(lustre_network(engine)))
    return {"fileSystemId": system[0], "bucket": bucket}


def efs(engine: Engine) -> dict[str, Any]:
    return {"fileSystemId": engine.make("aws:efs/fileSystem:FileSystem", encrypted=True)[0]}


def mounted(engine: Engine) -> dict[str, Any]:
    return {**groups(engine), **efs(engine)}


def repository(engine: Engine) -> dict[str, Any]:
    return {"repository": engine.make("aws:ecr/repository:Repository", name=f"images-{next(_NUMBERS)}")[0]}


def _keep(images: int) -> str:
    selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": images}
    rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
    return json.dumps({"rules": [rule]})


def _open(*actions: str) -> str:
    principal = {"AWS": f"arn:aws:iam::{MAIN}:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": list(actions)}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


API_TEMPLATE: Final = (
    "https://us-east-1-aws-parallelcluster.s3.us-east-1.amazonaws.com"
    "/parallelcluster/3.16.1/api/parallelcluster-api.yaml"
)

STORAGE_EXAMPLES: Final[Mapping[str, Example]] = {
    "aws:fsx/lustreFileSystem:LustreFileSystem": Example(
        needs=lustre_network,
        inputs=_lustre,
        changes=lambda _: {
            "storageCapacity": 2400,
            "perUnitStorageThroughput": 500,
            "metadataConfiguration": {"mode": "USER_PROVISIONED", "iops": 6000},
            "weeklyMaintenanceStartTime": "1:04:00",
            "tags": {"Name": "b"},
        },
        replaced={"subnetIds": "subnet-1"},
    ),
    "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation": Example(
        needs=file_system,
        inputs=lambda given: {
            "fileSystemId": given["fileSystemId"],
            "fileSystemPath": "/datasets",
            "dataRepositoryPath": f"s3://{given['bucket']}/datasets/",
            "batchImportMetaDataOnCreate": True,
            "s3": {"autoImportPolicy": {"events": ["NEW", "CHANGED"]}},
            "tags": {"Name": "a"},
        },
        changes=lambda _: {
            "s3": {"autoImportPolicy": {"events": ["NEW"]}},
            "importedFileChunkSize": 2048,
            "tags": {"Name": "b"},
        },
        replaced={"dataRepositoryPath": "s3://other/"},
    ),
    "aws:efs/fileSystem:FileSystem": Example(
        needs=keys,
        inputs=lambda given: {
            "encrypted": True,
            "kmsKeyId": f"arn:aws:kms:us-east-1:{MAIN}:key/{given['keyIds'][0]}",
            "throughputMode": "elastic",
            "tags": {"Name": "a"},
        },
        changes=lambda _: {
            "throughputMode": "provisioned",
            "provisionedThroughputInMibps": 64,
            "tags": {"Owner": "b"},
        },
        replaced={"performanceMode": "maxIO"},
    ),
    "aws:efs/mountTarget:MountTarget": Example(
        needs=mounted,
        inputs=lambda given: {
            "fileSystemId": given["fileSystemId"],
            "subnetId": given["subnetIds"][0],
            "securityGroups": given["groupIds"][:1],
        },
        changes=lambda given: {"securityGroups": given["groupIds"]},
        replaced={"subnetId": "subnet-1"},
    ),
    "aws:efs/accessPoint:AccessPoint": Example(
        needs=efs,
        inputs=lambda given: {
            "fileSystemId": given["fileSystemId"],
            "posixUser": {"uid": 10001, "gid": 10001},
            "rootDirectory": {
                "path": "/teams/vision",
                "creationInfo": {"ownerUid": 10001, "ownerGid": 10001, "permissions": "2770"},
            },
            "tags": {"Name": "a"},
        },
        changes=lambda _: {"tags": {"Owner": "b"}},
        replaced={"posixUser": {"uid": 10002, "gid": 10002}},
    ),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": Example(
        needs=efs,
        inputs=lambda given: {
            "fileSystemId": given["fileSystemId"],
            "policy": _open("elasticfilesystem:ClientMount"),
        },
        changes=lambda _: {"policy": _open("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")},
        replaced={"fileSystemId": "fs-1"},
    ),
    "aws:efs/backupPolicy:BackupPolicy": Example(
        needs=efs,
        inputs=lambda given: {
            "fileSystemId": given["fileSystemId"],
            "backupPolicy": {"status": "ENABLED"},
        },
        replaced={"fileSystemId": "fs-1"},
    ),
    "aws:cloudformation/stack:Stack": Example(
        inputs=lambda _: {
            "name": "pcluster-api-us-east-1",
            "templateUrl": API_TEMPLATE,
            "parameters": {"Region": "us-east-1", "EnableIamAdminAccess": "true"},
            "capabilities": ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            "tags": {"Name": "a"},
        },
        changes=lambda _: {
            "parameters": {"Region": "us-east-1", "EnableIamAdminAccess": "false"},
            "tags": {"Owner": "b"},
        },
        replaced={"name": "other"},
    ),
    "aws:ecr/repository:Repository": Example(
        needs=keys,
        inputs=lambda given: {
            "name": "ml-clusters/training",
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
            "encryptionConfigurations": [
                {
                    "encryptionType": "KMS",
                    "kmsKey": f"arn:aws:kms:us-east-1:{MAIN}:key/{given['keyIds'][0]}",
                }
            ],
            "tags": {"Name": "a"},
        },
        changes=lambda _: {
            "imageTagMutability": "MUTABLE",
            "imageScanningConfiguration": {"scanOnPush": False},
            "forceDelete": True,
            "tags": {"Owner": "b"},
        },
        replaced={"name": "other"},
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Example(
        needs=repository,
        inputs=lambda given: {"repository": given["repository"], "policy": _keep(30)},
        changes=lambda _: {"policy": _keep(10)},
        replaced={"repository": "other"},
    ),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": Example(
        needs=repository,
        inputs=lambda given: {"repository": given["repository"], "policy": _open("ecr:BatchGetImage")},
        changes=lambda _: {"policy": _open("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")},
        replaced={"repository": "other"},
    ),
}
