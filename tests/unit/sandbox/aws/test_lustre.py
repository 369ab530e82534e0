"""FSx for Lustre and its data repository associations: what is refused, and their life."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import ELSEWHERE, MAIN, Cloud, message, refusal

LUSTRE = {
    "DeploymentType": "PERSISTENT_2",
    "PerUnitStorageThroughput": 500,
    "DataCompressionType": "LZ4",
    "WeeklyMaintenanceStartTime": "7:03:00",
    "MetadataConfiguration": {"Mode": "AUTOMATIC"},
}
BUCKET, FAR_BUCKET = "lustre-near", "lustre-far"
IN = {"AutoImportPolicy": {"Events": ["NEW", "CHANGED"]}}


@pytest.fixture(scope="module")
def network(cloud: Cloud) -> Iterator[dict[str, str]]:
    """A subnet, a group whose members reach each other on Lustre's port, one whose do not, and one elsewhere."""
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    made = {"subnet": ec2.create_subnet(VpcId=vpc, CidrBlock="10.77.0.0/24")["Subnet"]["SubnetId"]}
    for name in ("open", "closed"):
        made[name] = ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)["GroupId"]
    itself = [{"GroupId": made["open"]}]
    permission = {"IpProtocol": "tcp", "FromPort": 988, "ToPort": 988, "UserIdGroupPairs": itself}
    ec2.authorize_security_group_ingress(GroupId=made["open"], IpPermissions=[permission])
    yield made
    ec2.revoke_security_group_ingress(GroupId=made["open"], IpPermissions=[permission])
    ec2.delete_subnet(SubnetId=made["subnet"])
    for name in ("open", "closed"):
        ec2.delete_security_group(GroupId=made[name])
    ec2.delete_vpc(VpcId=vpc)


@pytest.fixture(scope="module")
def buckets(cloud: Cloud) -> Iterator[None]:
    near, far = cloud.client("s3"), cloud.client("s3", region="us-west-2")
    near.create_bucket(Bucket=BUCKET)
    far.create_bucket(Bucket=FAR_BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    yield
    near.delete_bucket(Bucket=BUCKET)
    far.delete_bucket(Bucket=FAR_BUCKET)


@pytest.fixture
def fsx(cloud: Cloud) -> Any:
    return cloud.client("fsx")


@pytest.fixture
def make(fsx: Any, network: Mapping[str, str]) -> Iterator[Callable[..., Any]]:
    """Makes file systems, and removes them."""
    made: list[str] = []

    def create(lustre: Mapping[str, Any] = LUSTRE, **changes: Any) -> Any:
        asked = {
            "FileSystemType": "LUSTRE",
            "StorageCapacity": 1200,
            "StorageType": "SSD",
            "SubnetIds": [network["subnet"]],
            "SecurityGroupIds": [network["open"]],
            "LustreConfiguration": lustre,
        }
        system = fsx.create_file_system(**asked | changes)["FileSystem"]
        made.append(system["FileSystemId"])
        return system

    yield create
    for file_system_id in made:
        fsx.delete_file_system(FileSystemId=file_system_id)


@pytest.fixture
def link(fsx: Any, make: Callable[..., Any], buckets: None) -> Callable[..., Any]:
    """Links directories of one file system to prefixes of a bucket."""
    file_system_id = make()["FileSystemId"]

    def create(path: str, prefix: str, bucket: str = BUCKET, **more: Any) -> Any:
        return fsx.create_data_repository_association(
            FileSystemId=file_system_id,
            FileSystemPath=path,
            DataRepositoryPath=f"s3://{bucket}/{prefix}",
            **more,
        )["Association"]

    return create


def described(fsx: Any, file_system_id: str) -> Any:
    (system,) = fsx.describe_file_systems(FileSystemIds=[file_system_id])["FileSystems"]
    return system


def test_a_file_system_has_what_aws_tells_of_it(
    cloud: Cloud, fsx: Any, make: Callable[..., Any], network: Mapping[str, str]
) -> None:
    made = make(Tags=[{"Key": "Name", "Value": "a"}])
    assert made["Lifecycle"] == "CREATING"
    system = described(fsx, made["FileSystemId"])
    assert re.fullmatch(r"fs-[0-9a-f]{17}", system["FileSystemId"])
    assert system["Lifecycle"] == "AVAILABLE"
    assert system["DNSName"] == f"{system['FileSystemId']}.fsx.us-east-1.amazonaws.com"
    assert system["ResourceARN"] == f"arn:aws:fsx:us-east-1:{MAIN}:file-system/{system['FileSystemId']}"
    assert re.fullmatch("[a-z]{8}", system["LustreConfiguration"]["MountName"])
    assert system["LustreConfiguration"]["DataCompressionType"] == "LZ4"
    assert system["Tags"] == [{"Key": "Name", "Value": "a"}]
    (interface,) = cloud.client("ec2").describe_network_interfaces(
        NetworkInterfaceIds=system["NetworkInterfaceIds"]
    )["NetworkInterfaces"]
    assert (interface["SubnetId"], interface["VpcId"]) == (network["subnet"], system["VpcId"])
    assert [group["GroupId"] for group in interface["Groups"]] == [network["open"]]
    for account, region in ELSEWHERE:
        look = partial(described, cloud.client("fsx", account, region), made["FileSystemId"])
        assert refusal(look) == "FileSystemNotFound"


def test_its_subnet_and_group_stay_as_long_as_it_does(
    cloud: Cloud, make: Callable[..., Any], network: Mapping[str, str]
) -> None:
    make()
    ec2 = cloud.client("ec2")
    assert refusal(lambda: ec2.delete_subnet(SubnetId=network["subnet"])) == "DependencyViolation"
    assert refusal(lambda: ec2.delete_security_group(GroupId=network["open"])) == "DependencyViolation"


def test_a_request_sent_again_makes_nothing_new(
    fsx: Any, make: Callable[..., Any], network: Mapping[str, str]
) -> None:
    first = make(ClientRequestToken="once")
    again = fsx.create_file_system(
        FileSystemType="LUSTRE",
        StorageCapacity=1200,
        SubnetIds=first["SubnetIds"],
        LustreConfiguration=LUSTRE,
        SecurityGroupIds=[network["open"]],
        ClientRequestToken="once",
    )
    assert again["FileSystem"]["FileSystemId"] == first["FileSystemId"]


def test_an_association_sent_again_makes_nothing_new(fsx: Any, link: Callable[..., Any]) -> None:
    first, again = (link("/datasets", "datasets/", ClientRequestToken="once") for _ in range(2))
    assert again["AssociationId"] == first["AssociationId"]
    assert len(fsx.describe_data_repository_associations()["Associations"]) == 1


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "size between two": ({"StorageCapacity": 3600}, {}, "BadRequest"),
    "size too small": ({"StorageCapacity": 600}, {}, "BadRequest"),
    "throughput of an older kind": ({}, {"PerUnitStorageThroughput": 200}, "InvalidPerUnitStorageThroughput"),
    "no throughput": ({}, {"PerUnitStorageThroughput": None}, "InvalidPerUnitStorageThroughput"),
    "metadata IOPS by themselves": (
        {},
        {"MetadataConfiguration": {"Mode": "AUTOMATIC", "Iops": 1500}},
        "BadRequest",
    ),
    "metadata IOPS not sold": (
        {},
        {"MetadataConfiguration": {"Mode": "USER_PROVISIONED", "Iops": 9000}},
        "BadRequest",
    ),
    "no such subnet": ({"SubnetIds": ["subnet-0123456789abcdef0"]}, {}, "InvalidNetworkSettings"),
    "no such group": ({"SecurityGroupIds": ["sg-0123456789abcdef0"]}, {}, "InvalidNetworkSettings"),
    "no such key": ({"KmsKeyId": "alias/nothing"}, {}, "BadRequest"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_sold_or_not_there_is_refused(make: Callable[..., Any], name: str) -> None:
    changes, lustre, code = REFUSED[name]
    asked = {key: value for key, value in {**LUSTRE, **lustre}.items() if value is not None}
    assert refusal(lambda: make(asked, **changes)) == code


def test_servers_that_cannot_reach_each_other_are_refused(
    make: Callable[..., Any], network: Mapping[str, str]
) -> None:
    closed = partial(make, SecurityGroupIds=[network["closed"]])
    assert refusal(closed) == "InvalidNetworkSettings"
    assert "port 988" in message(closed)


def test_a_disabled_key_is_refused(cloud: Cloud, make: Callable[..., Any]) -> None:
    kms = cloud.client("kms")
    key = kms.create_key()["KeyMetadata"]
    kms.disable_key(KeyId=key["KeyId"])
    assert refusal(lambda: make(KmsKeyId=key["Arn"])) == "BadRequest"
    kms.enable_key(KeyId=key["KeyId"])
    assert make(KmsKeyId=key["Arn"])["KmsKeyId"] == key["Arn"]


def test_capacity_and_metadata_grow_and_never_shrink(fsx: Any, make: Callable[..., Any]) -> None:
    file_system_id = make()["FileSystemId"]

    def update(**changes: Any) -> Any:
        return fsx.update_file_system(FileSystemId=file_system_id, **changes)["FileSystem"]

    provisioned = {"MetadataConfiguration": {"Mode": "USER_PROVISIONED", "Iops": 3000}}
    assert update(StorageCapacity=4800)["Lifecycle"] == "UPDATING"
    update(LustreConfiguration={"PerUnitStorageThroughput": 250, **provisioned})
    system = described(fsx, file_system_id)
    assert (system["StorageCapacity"], system["Lifecycle"]) == (4800, "AVAILABLE")
    assert system["LustreConfiguration"]["PerUnitStorageThroughput"] == 250
    assert refusal(lambda: update(StorageCapacity=2400)) == "BadRequest"
    assert refusal(lambda: update(StorageCapacity=5000)) == "BadRequest"
    fewer = {"MetadataConfiguration": {"Mode": "USER_PROVISIONED", "Iops": 1500}}
    assert refusal(lambda: update(LustreConfiguration=fewer)) == "BadRequest"


def test_an_association_lives_as_in_aws(fsx: Any, link: Callable[..., Any]) -> None:
    made = link("/datasets", "datasets/", S3=IN, Tags=[{"Key": "Name", "Value": "a"}])
    assert re.fullmatch(r"dra-[0-9a-f]{17}", made["AssociationId"])
    assert made["Lifecycle"] == "CREATING"
    ids = [made["AssociationId"]]
    (seen,) = fsx.describe_data_repository_associations(AssociationIds=ids)["Associations"]
    assert (seen["Lifecycle"], seen["S3"], seen["Tags"]) == (
        "AVAILABLE",
        IN,
        [{"Key": "Name", "Value": "a"}],
    )
    out = {"AutoExportPolicy": {"Events": ["NEW"]}}
    changed = fsx.update_data_repository_association(AssociationId=ids[0], S3=out)["Association"]
    assert (changed["Lifecycle"], changed["S3"]) == ("UPDATING", {**IN, **out})
    answer = fsx.delete_data_repository_association(AssociationId=ids[0])
    assert (answer["Lifecycle"], answer["DeleteDataInFileSystem"]) == ("DELETING", False)
    gone = partial(fsx.describe_data_repository_associations, AssociationIds=ids)
    assert refusal(gone) == "DataRepositoryAssociationNotFound"


@pytest.mark.parametrize(
    ("path", "prefix", "code"),
    [
        ("/datasets", "other/", "BadRequest"),
        ("/datasets/images", "other/", "BadRequest"),
        ("/", "other/", "BadRequest"),
        ("/other", "datasets/", "BadRequest"),
        ("/other", "datasets/images/", "BadRequest"),
        ("other", "other/", "BadRequest"),
        ("/datasets2", "datasets2/", "accepted"),
    ],
)
def test_paths_do_not_overlap(link: Callable[..., Any], path: str, prefix: str, code: str) -> None:
    link("/datasets", "datasets/")
    assert refusal(lambda: link(path, prefix)).partition(":")[0] == code


def test_a_bucket_elsewhere_or_nowhere_is_refused(link: Callable[..., Any]) -> None:
    for bucket, said in ((FAR_BUCKET, "is in us-west-2"), ("lustre-nowhere", "does not exist")):
        linked = partial(link, "/datasets", "datasets/", bucket)
        assert refusal(linked) == "BadRequest"
        assert said in message(linked)


def test_eight_associations_are_the_most(link: Callable[..., Any]) -> None:
    for number in range(8):
        link(f"/d{number}", f"d{number}/")
    assert refusal(lambda: link("/d8", "d8/")) == "ServiceLimitExceeded"


def test_an_association_whose_bucket_is_gone_is_misconfigured(
    cloud: Cloud, fsx: Any, link: Callable[..., Any]
) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="lustre-brief")
    made = link("/datasets", "datasets/", "lustre-brief")
    s3.delete_bucket(Bucket="lustre-brief")
    ids = [made["AssociationId"]]
    (seen,) = fsx.describe_data_repository_associations(AssociationIds=ids)["Associations"]
    assert seen["Lifecycle"] == "MISCONFIGURED"
    assert "lustre-brief does not exist" in seen["FailureDetails"]["Message"]


def test_a_linked_file_system_has_no_backups(fsx: Any, link: Callable[..., Any]) -> None:
    file_system_id = link("/datasets", "datasets/")["FileSystemId"]
    backups = {"AutomaticBackupRetentionDays": 7}
    update = partial(fsx.update_file_system, FileSystemId=file_system_id, LustreConfiguration=backups)
    assert refusal(update) == "BadRequest"
    last = {"SkipFinalBackup": False}
    delete = partial(fsx.delete_file_system, FileSystemId=file_system_id, LustreConfiguration=last)
    assert refusal(delete) == "BadRequest"


def test_associations_go_with_their_file_system(
    fsx: Any, make: Callable[..., Any], network: Mapping[str, str], buckets: None
) -> None:
    file_system_id = fsx.create_file_system(
        FileSystemType="LUSTRE",
        StorageCapacity=1200,
        SubnetIds=[network["subnet"]],
        SecurityGroupIds=[network["open"]],
        LustreConfiguration=LUSTRE,
    )["FileSystem"]["FileSystemId"]
    fsx.create_data_repository_association(
        FileSystemId=file_system_id, FileSystemPath="/a", DataRepositoryPath=f"s3://{BUCKET}/a/"
    )
    fsx.delete_file_system(FileSystemId=file_system_id)
    assert fsx.describe_data_repository_associations()["Associations"] == []
    assert refusal(lambda: described(fsx, file_system_id)) == "FileSystemNotFound"
