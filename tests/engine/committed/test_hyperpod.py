"""HyperPod clusters of the committed fleet, read back with boto3 and compared with rows A3, H1 to H5 and S4."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.committed.conftest import Standing
from tests.engine.fleets import ACCOUNTS

SITE, ACCOUNT, REGION = "secondary-usw2", "secondary", "us-west-2"
ID = ACCOUNTS[ACCOUNT]


@pytest.fixture(scope="module")
def clusters(standing: Standing) -> dict[str, dict[str, Any]]:
    sagemaker = standing.fleet.aws("sagemaker", account=ACCOUNT, region=REGION)
    names = [item["ClusterName"] for item in sagemaker.list_clusters()["ClusterSummaries"]]
    return {name: sagemaker.describe_cluster(ClusterName=name) for name in names}


def groups(cluster: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["InstanceGroupName"]: item for item in cluster["InstanceGroups"]}


def test_a3_two_clusters_at_one_site_and_no_more(
    standing: Standing, clusters: dict[str, dict[str, Any]]
) -> None:
    found = {
        (account, region): sorted(
            item["ClusterName"]
            for item in standing.fleet.aws("sagemaker", account=account, region=region).list_clusters()[
                "ClusterSummaries"
            ]
        )
        for account in ACCOUNTS
        for region in ("us-east-1", "us-west-2")
    }
    assert {place: names for place, names in found.items() if names} == {
        (ACCOUNT, REGION): [f"{SITE}--eks", f"{SITE}--slurm"]
    }
    assert {item["ClusterStatus"] for item in clusters.values()} == {"InService"}


def test_h1_orchestrators_and_recovery(clusters: dict[str, dict[str, Any]]) -> None:
    assert {name: (item["Orchestrator"], item["NodeRecovery"]) for name, item in clusters.items()} == {
        f"{SITE}--slurm": ({"Slurm": {"SlurmConfigStrategy": "Managed"}}, "Automatic"),
        f"{SITE}--eks": (
            {"Eks": {"ClusterArn": f"arn:aws:eks:{REGION}:{ID}:cluster/{SITE}--training"}},
            "Automatic",
        ),
    }


def test_nodes_live_in_the_private_subnet_of_their_zone(
    standing: Standing, clusters: dict[str, dict[str, Any]]
) -> None:
    ec2 = standing.fleet.aws("ec2", account=ACCOUNT, region=REGION)
    promised = standing.outputs(SITE)
    network, eks = promised["network"], promised["eks"]
    own = [network["security_group_ids"][key] for key in ("efa", "base")]
    for name, more in (("slurm", []), ("eks", [eks["cluster_security_group_ids"]["training"]])):
        vpc = clusters[f"{SITE}--{name}"]["VpcConfig"]
        assert vpc == {
            "Subnets": [network["private_subnet_ids"]["usw2-az1"]],
            "SecurityGroupIds": [*own, *more],
        }
        (subnet,) = ec2.describe_subnets(SubnetIds=vpc["Subnets"])["Subnets"]
        assert (subnet["CidrBlock"], subnet["MapPublicIpOnLaunch"]) == ("10.3.0.0/18", False)


def test_h2_scripts_lie_in_the_site_s_bucket_by_their_content(
    standing: Standing, clusters: dict[str, dict[str, Any]]
) -> None:
    s3 = standing.fleet.aws("s3", account=ACCOUNT, region=REGION)
    for name, cluster in clusters.items():
        (config,) = {tuple(item["LifeCycleConfig"].items()) for item in cluster["InstanceGroups"]}
        source = dict(config)["SourceS3Uri"]
        assert source.startswith(f"s3://ml-data-secondary-us-west-2/hyperpod/{name}/")
        bucket, _, prefix = source.removeprefix("s3://").partition("/")
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]
        assert f"{prefix}{dict(config)['OnCreate']}" in {item["Key"] for item in listed}


def test_h5_gpus_are_checked_before_they_work(clusters: dict[str, dict[str, Any]]) -> None:
    for cluster in clusters.values():
        checked = {
            name: item["OnStartDeepHealthChecks"]
            for name, item in groups(cluster).items()
            if "OnStartDeepHealthChecks" in item
        }
        assert checked == {"gpu": ["InstanceConnectivity", "InstanceStress"]}


def test_s4_lustre_is_mounted_by_the_api_on_slurm_alone(
    standing: Standing, clusters: dict[str, dict[str, Any]]
) -> None:
    storage = standing.outputs(SITE)["storage"]
    lustre = {
        "DnsName": storage["dns_names"]["lustre"],
        "MountName": storage["mount_names"]["lustre"],
        "MountPath": "/fsx",
    }
    for group in groups(clusters[f"{SITE}--slurm"]).values():
        assert group["InstanceStorageConfigs"] == [{"FsxLustreConfig": lustre}]
    key = standing.outputs(SITE)["keys"]["key_arn"]
    assert groups(clusters[f"{SITE}--eks"])["gpu"]["InstanceStorageConfigs"] == [
        {"EbsVolumeConfig": {"RootVolume": True, "VolumeKmsKeyId": key}}
    ]


def test_no_plan_was_bought_so_none_is_named(clusters: dict[str, dict[str, Any]]) -> None:
    assert [
        item
        for cluster in clusters.values()
        for item in cluster["InstanceGroups"]
        if "TrainingPlanArn" in item
    ] == []


def test_h4_the_cluster_on_eks_came_after_all_that_it_stands_on(standing: Standing) -> None:
    resources = standing.resources(SITE)
    cluster = next(item for item in resources if item["urn"].endswith("Cluster::secondary-usw2-hyperpod-eks"))
    below = {urn.rpartition("::")[2] for urn in cluster["dependencies"]}
    assert {
        "secondary-usw2-hyperpod-eks-dependencies",
        "secondary-usw2-eks-training-vpc-cni",
        "secondary-usw2-eks-training-eks-pod-identity-agent",
        "secondary-usw2-eks-training-coredns",
        "secondary-usw2-eks-training-system",
    } <= below
    (release,) = [item for item in resources if item["type"] == "kubernetes:helm.sh/v3:Release"]
    assert (release["inputs"]["name"], release["inputs"]["namespace"]) == (
        "hyperpod-dependencies",
        "kube-system",
    )


def test_what_the_site_promises(standing: Standing, clusters: dict[str, dict[str, Any]]) -> None:
    assert standing.outputs(SITE)["hyperpod"] == {
        "version": 1,
        "cluster_names": {"slurm": f"{SITE}--slurm", "eks": f"{SITE}--eks"},
        "cluster_arns": {short: clusters[f"{SITE}--{short}"]["ClusterArn"] for short in ("slurm", "eks")},
        "eks_clusters": {"eks": "training"},
    }
