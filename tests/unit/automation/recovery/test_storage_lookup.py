"""File systems and repositories whose creation was interrupted are found, and their namesakes are not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from automation.checkpoint import Pending
from automation.clients import from_environment
from automation.recovery.lookup import Found, Lookup
from plan.tags import fleet_urn
from tests.unit.automation.recovery.test_lookup import checkpoint, pending
from tests.unit.sandbox.aws.cloud import MAIN, Cloud, trust


@pytest.fixture(scope="module")
def lookup(cloud: Cloud) -> Iterator[Lookup]:
    """A base identity that may enter the account through the role of the state's provider."""
    iam = cloud.client("iam")
    iam.create_role(RoleName="Deployer", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{MAIN}:root"))
    yield Lookup(from_environment(cloud.sandbox.environment()))
    iam.delete_role(RoleName="Deployer")


@pytest.fixture
def efs(cloud: Cloud) -> Any:
    return cloud.client("efs")


def tags(what: Pending) -> list[dict[str, str]]:
    return [{"Key": "fleet:urn", "Value": fleet_urn(what.urn)}]


def test_an_efs_file_system_and_what_stands_on_it(cloud: Cloud, lookup: Lookup, efs: Any) -> None:
    mine, other = (pending("aws:efs/fileSystem:FileSystem", name) for name in ("mine", "other"))
    made = [efs.create_file_system(Tags=tags(item))["FileSystemId"] for item in (mine, other)]
    assert lookup.find(mine, checkpoint()) == Found(
        ids=(made[0],), is_certain=True, how="searched by describe_file_systems"
    )
    point = pending("aws:efs/accessPoint:AccessPoint", "p", fileSystemId=made[0])
    assert lookup.find(point, checkpoint()).ids == ()
    found = efs.create_access_point(FileSystemId=made[0], Tags=tags(point))["AccessPointId"]
    assert lookup.find(point, checkpoint()).ids == (found,)
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.97.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.97.0.0/24")["Subnet"]["SubnetId"]
    target = pending("aws:efs/mountTarget:MountTarget", "t", fileSystemId=made[0], subnetId=subnet)
    assert lookup.find(target, checkpoint()).ids == ()
    mounted = efs.create_mount_target(FileSystemId=made[0], SubnetId=subnet)["MountTargetId"]
    assert lookup.find(target, checkpoint()).ids == (mounted,)


def test_lustre_and_its_association(cloud: Cloud, lookup: Lookup) -> None:
    ec2, fsx = cloud.client("ec2"), cloud.client("fsx")
    vpc = ec2.create_vpc(CidrBlock="10.96.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.96.0.0/24")["Subnet"]["SubnetId"]
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    system = pending("aws:fsx/lustreFileSystem:LustreFileSystem", "l")
    assert lookup.find(system, checkpoint()).ids == ()
    made = fsx.create_file_system(
        FileSystemType="LUSTRE",
        StorageCapacity=1200,
        SubnetIds=[subnet],
        SecurityGroupIds=[groups[0]["GroupId"]],
        LustreConfiguration={"DeploymentType": "PERSISTENT_2", "PerUnitStorageThroughput": 125},
        Tags=tags(system),
    )["FileSystem"]["FileSystemId"]
    assert lookup.find(system, checkpoint()).ids == (made,)
    cloud.client("s3").create_bucket(Bucket="looked-up")
    link = pending("aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation", "d")
    linked = fsx.create_data_repository_association(
        FileSystemId=made, FileSystemPath="/d", DataRepositoryPath="s3://looked-up/d/", Tags=tags(link)
    )["Association"]["AssociationId"]
    assert lookup.find(link, checkpoint()).ids == (linked,)


def test_a_repository_by_its_name_and_its_tag(cloud: Cloud, lookup: Lookup) -> None:
    ecr = cloud.client("ecr")
    repository = pending("aws:ecr/repository:Repository", "r", name="ml/training")
    assert lookup.find(repository, checkpoint()).ids == ()
    ecr.create_repository(repositoryName="ml/training")
    assert not lookup.find(repository, checkpoint()).is_certain
    ecr.delete_repository(repositoryName="ml/training")
    ecr.create_repository(repositoryName="ml/training", tags=tags(repository))
    assert lookup.find(repository, checkpoint()) == Found(
        ids=("ml/training",),
        is_certain=True,
        has_state_ids=False,
        how="searched by describe_repositories",
    )
