"""EFS: its life, its policy and backups, and that nothing goes that something stands on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import ELSEWHERE, MAIN, Cloud, policy, refusal

DENY_PLAIN = {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


@pytest.fixture
def efs(cloud: Cloud) -> Any:
    return cloud.client("efs")


@pytest.fixture
def make(efs: Any) -> Iterator[Callable[..., str]]:
    """Makes file systems, and removes them."""
    made: list[str] = []

    def create(**more: Any) -> str:
        made.append(efs.create_file_system(Encrypted=True, **more)["FileSystemId"])
        return made[-1]

    yield create
    for file_system_id in made:
        efs.delete_file_system(FileSystemId=file_system_id)


@pytest.fixture
def subnet(cloud: Cloud) -> Iterator[dict[str, str]]:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.78.0.0/16")["Vpc"]["VpcId"]
    subnet_id = ec2.create_subnet(VpcId=vpc, CidrBlock="10.78.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="nfs", Description="d", VpcId=vpc)["GroupId"]
    yield {"subnet": subnet_id, "group": group}
    ec2.delete_security_group(GroupId=group)
    ec2.delete_subnet(SubnetId=subnet_id)
    ec2.delete_vpc(VpcId=vpc)


def seen(efs: Any, file_system_id: str) -> Any:
    (system,) = efs.describe_file_systems(FileSystemId=file_system_id)["FileSystems"]
    return system


def test_ids_are_as_long_as_awss_and_tags_come_along(efs: Any, make: Callable[..., str]) -> None:
    made = make(Tags=[{"Key": "Name", "Value": "a"}])
    assert re.fullmatch(r"fs-[0-9a-f]{17}", made)
    system = seen(efs, made)
    assert (system["LifeCycleState"], system["Tags"]) == ("available", [{"Key": "Name", "Value": "a"}])
    assert system["FileSystemArn"] == f"arn:aws:elasticfilesystem:us-east-1:{MAIN}:file-system/{made}"
    point = efs.create_access_point(FileSystemId=made, Tags=[{"Key": "Name", "Value": "b"}])
    assert re.fullmatch(r"fsap-[0-9a-f]{17}", point["AccessPointId"])
    assert point["AccessPointArn"].endswith(f":access-point/{point['AccessPointId']}")
    (read,) = efs.describe_access_points(AccessPointId=point["AccessPointId"])["AccessPoints"]
    assert (read["LifeCycleState"], read["Tags"]) == ("available", [{"Key": "Name", "Value": "b"}])
    efs.delete_access_point(AccessPointId=point["AccessPointId"])
    again = partial(efs.delete_access_point, AccessPointId=point["AccessPointId"])
    assert refusal(again) == "AccessPointNotFound"


def test_throughput_can_be_changed(efs: Any, make: Callable[..., str]) -> None:
    made = make()
    answer = efs.update_file_system(FileSystemId=made, ThroughputMode="elastic")
    assert (answer["ThroughputMode"], answer["LifeCycleState"]) == ("elastic", "updating")
    efs.update_file_system(FileSystemId=made, ThroughputMode="provisioned", ProvisionedThroughputInMibps=64)
    assert seen(efs, made)["ProvisionedThroughputInMibps"] == 64
    efs.update_file_system(FileSystemId=made, ThroughputMode="elastic")
    assert seen(efs, made)["ThroughputMode"] == "elastic"
    assert "ProvisionedThroughputInMibps" not in seen(efs, made)


def test_backups_are_a_policy_of_their_own(efs: Any, make: Callable[..., str]) -> None:
    made = make()
    for status in ("ENABLED", "DISABLED"):
        efs.put_backup_policy(FileSystemId=made, BackupPolicy={"Status": status})
        assert efs.describe_backup_policy(FileSystemId=made)["BackupPolicy"] == {"Status": status}
    wrong = partial(efs.put_backup_policy, FileSystemId=made, BackupPolicy={"Status": "ON"})
    assert refusal(wrong) == "ValidationException"


def test_a_policy_is_kept_and_names_only_who_exists(efs: Any, make: Callable[..., str]) -> None:
    made = make()
    read = partial(efs.describe_file_system_policy, FileSystemId=made)
    assert refusal(read) == "PolicyNotFound"
    efs.put_file_system_policy(FileSystemId=made, Policy=policy(DENY_PLAIN))
    assert json.loads(read()["Policy"])["Statement"] == [DENY_PLAIN]
    nobody = {"Principal": {"AWS": f"arn:aws:iam::{MAIN}:role/Nobody"}, "Action": "*"}
    for wrong in (policy(nobody), "{"):
        put = partial(efs.put_file_system_policy, FileSystemId=made, Policy=wrong)
        assert refusal(put) == "InvalidPolicyException"
    efs.delete_file_system_policy(FileSystemId=made)
    assert refusal(read) == "PolicyNotFound"


def test_a_file_system_with_mount_targets_stays_and_so_does_what_they_stand_on(
    cloud: Cloud, efs: Any, make: Callable[..., str], subnet: dict[str, str]
) -> None:
    made, ec2 = make(), cloud.client("ec2")
    target = efs.create_mount_target(
        FileSystemId=made, SubnetId=subnet["subnet"], SecurityGroups=[subnet["group"]]
    )
    (interface,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[target["NetworkInterfaceId"]])[
        "NetworkInterfaces"
    ]
    assert (interface["InterfaceType"], interface["RequesterManaged"]) == ("efs", True)
    assert interface["PrivateIpAddress"] == target["IpAddress"]
    assert refusal(partial(efs.delete_file_system, FileSystemId=made)) == "FileSystemInUse"
    assert refusal(partial(ec2.delete_subnet, SubnetId=subnet["subnet"])) == "DependencyViolation"
    group = partial(ec2.delete_security_group, GroupId=subnet["group"])
    assert refusal(group) == "DependencyViolation"
    efs.delete_mount_target(MountTargetId=target["MountTargetId"])


def test_one_mount_target_a_zone(efs: Any, make: Callable[..., str], subnet: dict[str, str]) -> None:
    made = make()
    target = efs.create_mount_target(FileSystemId=made, SubnetId=subnet["subnet"])
    again = partial(efs.create_mount_target, FileSystemId=made, SubnetId=subnet["subnet"])
    assert refusal(again) == "MountTargetConflict"
    efs.delete_mount_target(MountTargetId=target["MountTargetId"])


def test_what_is_not_there(cloud: Cloud, efs: Any, make: Callable[..., str]) -> None:
    nothing = {"FileSystemId": "fs-0123456789abcdef0"}
    backup = {"BackupPolicy": {"Status": "ENABLED"}}
    for call in (
        partial(efs.create_access_point, **nothing),
        partial(efs.describe_backup_policy, **nothing),
        partial(efs.put_backup_policy, **nothing, **backup),
        partial(efs.put_file_system_policy, **nothing, Policy=policy(DENY_PLAIN)),
        partial(efs.delete_file_system_policy, **nothing),
        partial(efs.update_file_system, **nothing, ThroughputMode="elastic"),
        partial(efs.delete_file_system, **nothing),
    ):
        assert refusal(call) == "FileSystemNotFound"
    with_key = partial(efs.create_file_system, Encrypted=True, KmsKeyId="alias/nothing")
    assert refusal(with_key) == "BadRequest"
    made = make()
    for account, region in ELSEWHERE:
        look = partial(seen, cloud.client("efs", account, region), made)
        assert refusal(look) == "FileSystemNotFound"
