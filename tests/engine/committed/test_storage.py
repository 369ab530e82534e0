"""File systems, their links and the image registry, read back with boto3 and compared with rows S1 to S3 and K3."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.engine.committed.conftest import Standing
from tests.engine.committed.test_network import (
    SITES,
    Site,
    ec2,
    every_site,
    groups_of_the_network,
    name_of,
    vpc_of,
)
from tests.engine.fleets import ACCOUNTS

SOLD = {"main-use1": (9600, 500), "main-usw2": (2400, 250), "secondary-usw2": (9600, 500)}
"""Site -> GiB and MB/s a TiB: 500 for training, 250 for inference."""
TEAMS = {
    "main-use1": {"pretraining": 10001, "evaluation": 10002},
    "main-usw2": {"serving": 10003},
    "secondary-usw2": {"pretraining": 10001, "evaluation": 10002},
}
PULL = {"ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", "ecr:BatchCheckLayerAvailability"}


def client(standing: Standing, site: Site, service: str) -> Any:
    return standing.fleet.aws(service, account=site.account, region=site.region)


def key_arn(standing: Standing, site: Site) -> str:
    arn: str = standing.outputs(site.name)["keys"]["key_arn"]
    return arn


def lustre_of(standing: Standing, site: Site) -> dict[str, Any]:
    systems = client(standing, site, "fsx").describe_file_systems()["FileSystems"]
    (found,) = [system for system in systems if system["VpcId"] == vpc_of(standing, site)["VpcId"]]
    return dict(found)


def efs_of(standing: Standing, site: Site) -> dict[str, Any]:
    systems = client(standing, site, "efs").describe_file_systems()["FileSystems"]
    (found,) = [system for system in systems if system["Name"] == f"{site.name}-storage-efs"]
    return dict(found)


def group_named(standing: Standing, site: Site, key: str) -> str:
    groups = groups_of_the_network(standing, site)
    (found,) = [group["GroupId"] for group in groups if name_of(group) == f"{site.name}-network-{key}"]
    return str(found)


@every_site
def test_s1_lustre(standing: Standing, site: Site) -> None:
    system = lustre_of(standing, site)
    lustre = system["LustreConfiguration"]
    assert (system["Lifecycle"], system["StorageType"]) == ("AVAILABLE", "SSD")
    assert (system["StorageCapacity"], lustre["PerUnitStorageThroughput"]) == SOLD[site.name]
    assert (lustre["DeploymentType"], lustre["DataCompressionType"]) == ("PERSISTENT_2", "LZ4")
    assert lustre["MetadataConfiguration"]["Mode"] == "AUTOMATIC"
    assert lustre["AutomaticBackupRetentionDays"] == 0
    assert system["KmsKeyId"] == key_arn(standing, site)
    (subnet,) = ec2(standing, site).describe_subnets(SubnetIds=system["SubnetIds"])["Subnets"]
    assert (subnet["CidrBlock"], subnet["AvailabilityZoneId"]) == (
        f"10.{site.octet}.0.0/18",
        site.zones[0],
    )
    (interface,) = ec2(standing, site).describe_network_interfaces(
        NetworkInterfaceIds=system["NetworkInterfaceIds"]
    )["NetworkInterfaces"]
    assert [group["GroupId"] for group in interface["Groups"]] == [group_named(standing, site, "lustre")]


@every_site
def test_s2_lustre_is_linked_to_the_sites_own_bucket(standing: Standing, site: Site) -> None:
    system = lustre_of(standing, site)
    filters = [{"Name": "file-system-id", "Values": [system["FileSystemId"]]}]
    found = client(standing, site, "fsx").describe_data_repository_associations(Filters=filters)
    rows = {
        (item["FileSystemPath"], item["DataRepositoryPath"]): item["S3"] for item in found["Associations"]
    }
    bucket = f"s3://ml-data-{site.account}-{site.region}"
    come, go = ({f"Auto{way}Policy": {"Events": ["NEW", "CHANGED"]}} for way in ("Import", "Export"))
    assert rows == {
        **{
            (f"/{prefix}", f"{bucket}/{prefix}/"): come
            for prefix in ("datasets", "checkpoints", "models", "code")
        },
        (f"/sites/{site.name}", f"{bucket}/sites/{site.name}/"): go,
    }
    assert {item["Lifecycle"] for item in found["Associations"]} == {"AVAILABLE"}
    assert all(item["BatchImportMetaDataOnCreate"] for item in found["Associations"])


@every_site
def test_s3_efs_and_a_mount_target_in_each_private_subnet(standing: Standing, site: Site) -> None:
    system = efs_of(standing, site)
    efs = client(standing, site, "efs")
    assert (system["PerformanceMode"], system["ThroughputMode"]) == ("generalPurpose", "elastic")
    assert (system["Encrypted"], system["KmsKeyId"]) == (True, key_arn(standing, site))
    targets = efs.describe_mount_targets(FileSystemId=system["FileSystemId"])["MountTargets"]
    subnets = ec2(standing, site).describe_subnets(SubnetIds=[target["SubnetId"] for target in targets])
    assert {subnet["CidrBlock"] for subnet in subnets["Subnets"]} == {
        f"10.{site.octet}.0.0/18",
        f"10.{site.octet}.64.0/18",
    }
    for target in targets:
        groups = efs.describe_mount_target_security_groups(MountTargetId=target["MountTargetId"])
        assert groups["SecurityGroups"] == [group_named(standing, site, "efs")]
    policy = efs.describe_backup_policy(FileSystemId=system["FileSystemId"])["BackupPolicy"]
    assert policy == {"Status": "ENABLED"}


@every_site
def test_s3_an_access_point_a_team_and_one_of_many_users(standing: Standing, site: Site) -> None:
    system = efs_of(standing, site)
    points = client(standing, site, "efs").describe_access_points(FileSystemId=system["FileSystemId"])
    rows = {
        point["RootDirectory"]["Path"]: (
            point.get("PosixUser"),
            point["RootDirectory"]["CreationInfo"],
        )
        for point in points["AccessPoints"]
    }
    expected: dict[str, Any] = {
        f"/teams/{team}": (
            {"Uid": uid, "Gid": uid},
            {"OwnerUid": uid, "OwnerGid": uid, "Permissions": "2770"},
        )
        for team, uid in TEAMS[site.name].items()
    }
    homes = (None, {"OwnerUid": 0, "OwnerGid": 0, "Permissions": "0755"})
    assert rows == {**expected, "/home": homes}


@every_site
def test_s3_only_tls_through_access_points_by_this_account(standing: Standing, site: Site) -> None:
    system = efs_of(standing, site)
    answer = client(standing, site, "efs").describe_file_system_policy(FileSystemId=system["FileSystemId"])
    plain, whole, account = json.loads(answer["Policy"])["Statement"]
    assert (plain["Effect"], plain["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    null = {"Null": {"elasticfilesystem:AccessPointArn": "true"}}
    assert (whole["Effect"], whole["Condition"]) == ("Deny", null)
    assert account["Condition"]["StringEquals"] == {"aws:PrincipalAccount": ACCOUNTS[site.account]}


@every_site
def test_alarms_of_file_systems_tell_the_sites_topic(standing: Standing, site: Site) -> None:
    alarms = client(standing, site, "cloudwatch").describe_alarms(AlarmNamePrefix=f"{site.name}-storage-")
    lustre, efs = lustre_of(standing, site)["FileSystemId"], efs_of(standing, site)["FileSystemId"]
    rows = {
        (
            alarm["MetricName"],
            *sorted(dimension["Value"] for dimension in alarm["Dimensions"]),
        )
        for alarm in alarms["MetricAlarms"]
    }
    assert rows == {
        ("FreeDataStorageCapacity", lustre),
        ("AgeOfOldestQueuedMessage", "AutoImport", lustre),
        ("AgeOfOldestQueuedMessage", "AutoExport", lustre),
        ("PercentIOLimit", efs),
    }
    topic = f"arn:aws:sns:{site.region}:{ACCOUNTS[site.account]}:ml-clusters-{site.name}-alerts"
    assert {tuple(alarm["AlarmActions"]) for alarm in alarms["MetricAlarms"]} == {(topic,)}


@every_site
def test_the_contract_holds_the_real_ids(standing: Standing, site: Site) -> None:
    promised = standing.outputs(site.name)["storage"]
    lustre, efs = lustre_of(standing, site), efs_of(standing, site)
    assert promised["file_system_ids"] == {"lustre": lustre["FileSystemId"], "efs": efs["FileSystemId"]}
    assert promised["mount_names"] == {"lustre": lustre["LustreConfiguration"]["MountName"]}
    assert promised["dns_names"]["lustre"] == lustre["DNSName"]
    assert set(promised["access_point_ids"]) == {"homes", *TEAMS[site.name]}


def test_s1_one_lustre_a_place(standing: Standing) -> None:
    counts = [len(client(standing, site, "fsx").describe_file_systems()["FileSystems"]) for site in SITES]
    assert counts == [1, 1, 1]


@pytest.mark.parametrize("name", ["ml-clusters/training", "ml-clusters/inference"])
def test_k3_registry(standing: Standing, name: str) -> None:
    ecr = standing.fleet.aws("ecr")
    (repository,) = ecr.describe_repositories(repositoryNames=[name])["repositories"]
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    key = {"encryptionType": "KMS", "kmsKey": key_arn(standing, SITES[0])}
    assert repository["encryptionConfiguration"] == key
    lifecycle = json.loads(ecr.get_lifecycle_policy(repositoryName=name)["lifecyclePolicyText"])
    assert [rule["selection"]["countNumber"] for rule in lifecycle["rules"]] == [30]
    policy = json.loads(ecr.get_repository_policy(repositoryName=name)["policyText"])
    (statement,) = policy["Statement"]
    assert set(statement["Action"]) == PULL
    assert statement["Principal"] == {"AWS": [f"arn:aws:iam::{ACCOUNTS['secondary']}:root"]}


def test_k3_there_is_one_registry(standing: Standing) -> None:
    for account, region in (("main", "us-west-2"), ("secondary", "us-east-1"), ("secondary", "us-west-2")):
        ecr = standing.fleet.aws("ecr", account=account, region=region)
        assert ecr.describe_repositories()["repositories"] == []
