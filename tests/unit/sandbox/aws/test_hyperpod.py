"""SageMaker HyperPod: what is refused, the life of a cluster and its nodes, and what can be made to fail."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from sandbox.faults import Fault
from tests.unit.sandbox.aws.cloud import ELSEWHERE, MAIN, Cloud, message, policy, refusal

BUCKET, SCRIPTS = "hyperpod-scripts", "hyperpod/slurm/0123"
ROLE, NO_READER, NOBODY_S = (f"arn:aws:iam::{MAIN}:role/hp-{name}" for name in ("nodes", "blind", "nobody"))
SAGEMAKER = {"Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
LAMBDA = {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
READS = {"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/hyperpod/*"}


@pytest.fixture(scope="module")
def network(cloud: Cloud) -> Iterator[dict[str, str]]:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.78.0.0/16")["Vpc"]["VpcId"]
    made = {"subnet": ec2.create_subnet(VpcId=vpc, CidrBlock="10.78.0.0/24")["Subnet"]["SubnetId"]}
    made["group"] = ec2.create_security_group(GroupName="hp", Description="d", VpcId=vpc)["GroupId"]
    yield made
    ec2.delete_subnet(SubnetId=made["subnet"])
    ec2.delete_security_group(GroupId=made["group"])
    ec2.delete_vpc(VpcId=vpc)


@pytest.fixture(scope="module")
def roles(cloud: Cloud) -> Iterator[None]:
    iam, s3 = cloud.client("iam"), cloud.client("s3")
    for arn, trusted in ((ROLE, SAGEMAKER), (NO_READER, SAGEMAKER), (NOBODY_S, LAMBDA)):
        iam.create_role(RoleName=arn.rpartition("/")[2], AssumeRolePolicyDocument=policy(trusted))
    iam.put_role_policy(RoleName="hp-nodes", PolicyName="reads", PolicyDocument=policy(READS))
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=f"{SCRIPTS}/on_create.sh", Body=b"#!/bin/bash\n")
    yield
    s3.delete_object(Bucket=BUCKET, Key=f"{SCRIPTS}/on_create.sh")
    s3.delete_bucket(Bucket=BUCKET)
    iam.delete_role_policy(RoleName="hp-nodes", PolicyName="reads")
    for arn in (ROLE, NO_READER, NOBODY_S):
        iam.delete_role(RoleName=arn.rpartition("/")[2])


def group(name: str, count: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "InstanceGroupName": name,
        "InstanceType": "ml.m5.xlarge",
        "InstanceCount": count,
        "ExecutionRole": ROLE,
        "LifeCycleConfig": {"SourceS3Uri": f"s3://{BUCKET}/{SCRIPTS}/", "OnCreate": "on_create.sh"},
        **more,
    }


CONTROLLER = group("controller", SlurmConfig={"NodeType": "Controller"})
GPU = group(
    "gpu",
    2,
    InstanceType="ml.p5.48xlarge",
    OnStartDeepHealthChecks=["InstanceStress"],
    SlurmConfig={"NodeType": "Compute", "PartitionNames": ["gpu"]},
)


@pytest.fixture
def asked(network: dict[str, str], roles: None) -> dict[str, Any]:
    return {
        "ClusterName": "one--slurm",
        "InstanceGroups": [CONTROLLER, GPU],
        "VpcConfig": {"Subnets": [network["subnet"]], "SecurityGroupIds": [network["group"]]},
        "Orchestrator": {"Slurm": {"SlurmConfigStrategy": "Managed"}},
        "Tags": [{"Key": "fleet", "Value": "ml-clusters"}],
    }


@pytest.fixture
def sagemaker(cloud: Cloud) -> Any:
    return cloud.client("sagemaker")


@pytest.fixture
def cluster(sagemaker: Any, asked: dict[str, Any]) -> Iterator[str]:
    sagemaker.create_cluster(**asked)
    yield asked["ClusterName"]
    sagemaker.delete_cluster(ClusterName=asked["ClusterName"])


def nodes(sagemaker: Any, name: str) -> list[tuple[str, str]]:
    found = sagemaker.list_cluster_nodes(ClusterName=name)["ClusterNodeSummaries"]
    return sorted((node["InstanceGroupName"], node["InstanceStatus"]["Status"]) for node in found)


def ids(sagemaker: Any, name: str, of: str) -> list[str]:
    found = sagemaker.list_cluster_nodes(ClusterName=name, InstanceGroupNameContains=of)
    return [node["InstanceId"] for node in found["ClusterNodeSummaries"]]


def test_a_cluster_lives(cloud: Cloud, sagemaker: Any, cluster: str, network: dict[str, str]) -> None:
    found = sagemaker.describe_cluster(ClusterName=cluster)
    assert found["ClusterStatus"] == "InService"
    assert found["ClusterArn"].startswith(f"arn:aws:sagemaker:us-east-1:{MAIN}:cluster/")
    assert sagemaker.describe_cluster(ClusterName=found["ClusterArn"])["ClusterName"] == cluster
    assert [(item["InstanceGroupName"], item["CurrentCount"]) for item in found["InstanceGroups"]] == [
        ("controller", 1),
        ("gpu", 2),
    ]
    assert nodes(sagemaker, cluster) == [("controller", "Running"), ("gpu", "Running"), ("gpu", "Running")]
    (first, _) = ids(sagemaker, cluster, "gpu")
    details = sagemaker.describe_cluster_node(ClusterName=cluster, NodeId=first)["NodeDetails"]
    assert details["PrivatePrimaryIp"].startswith("10.78.0.")
    assert details["Placement"]["AvailabilityZoneId"].startswith("use1-az")
    interfaces = cloud.client("ec2").describe_network_interfaces(
        Filters=[{"Name": "subnet-id", "Values": [network["subnet"]]}]
    )
    assert len(interfaces["NetworkInterfaces"]) == 3
    assert sagemaker.list_tags(ResourceArn=found["ClusterArn"])["Tags"] == [
        {"Key": "fleet", "Value": "ml-clusters"}
    ]
    assert [item["ClusterName"] for item in sagemaker.list_clusters()["ClusterSummaries"]] == [cluster]
    assert "only supported" in message(lambda: sagemaker.list_cluster_events(ClusterName=cluster))


def test_a_cluster_is_where_it_was_made(cloud: Cloud, cluster: str) -> None:
    for account, region in ELSEWHERE:
        other = cloud.client("sagemaker", account, region)
        assert refusal(partial(other.describe_cluster, ClusterName=cluster)) == "ResourceNotFound"
        assert other.list_clusters()["ClusterSummaries"] == []


def test_groups_come_and_go_and_scale(sagemaker: Any, cluster: str) -> None:
    login = group("login", SlurmConfig={"NodeType": "Login"})
    sagemaker.update_cluster(ClusterName=cluster, InstanceGroups=[login, {**GPU, "InstanceCount": 3}])
    assert [name for name, _ in nodes(sagemaker, cluster)] == ["controller", *["gpu"] * 3, "login"]
    sagemaker.update_cluster(ClusterName=cluster, InstanceGroupsToDelete=["login"])
    sagemaker.update_cluster(ClusterName=cluster, InstanceGroups=[GPU])
    assert [name for name, _ in nodes(sagemaker, cluster)] == ["controller", "gpu", "gpu"]


def test_nodes_are_replaced_rebooted_and_deleted(sagemaker: Any, cluster: str) -> None:
    before = ids(sagemaker, cluster, "gpu")
    answer = sagemaker.batch_replace_cluster_nodes(ClusterName=cluster, NodeIds=[before[0], "i-" + "0" * 17])
    assert answer["Successful"] == [before[0]]
    assert [item["ErrorCode"] for item in answer["Failed"]] == ["InstanceIdNotFound"]
    after = ids(sagemaker, cluster, "gpu")
    assert len(after) == 2
    assert set(after) & set(before) == {before[1]}
    assert sagemaker.batch_reboot_cluster_nodes(ClusterName=cluster, NodeIds=after)["Successful"] == after
    assert sagemaker.batch_delete_cluster_nodes(ClusterName=cluster, NodeIds=[after[0]])["Failed"] == []
    groups = {
        item["InstanceGroupName"]: item
        for item in sagemaker.describe_cluster(ClusterName=cluster)["InstanceGroups"]
    }
    assert (groups["gpu"]["CurrentCount"], groups["gpu"]["TargetCount"]) == (1, 1)
    controller = ids(sagemaker, cluster, "controller")
    assert refusal(lambda: sagemaker.batch_delete_cluster_nodes(ClusterName=cluster, NodeIds=controller)) == (
        "ValidationException"
    )


def test_a_node_that_fails_its_checks_is_replaced_where_nodes_recover(
    cloud: Cloud, sagemaker: Any, asked: dict[str, Any]
) -> None:
    fault = cloud.sandbox.faults.add(Fault("error", "sagemaker", "RunDeepHealthCheck"))
    sagemaker.create_cluster(**{**asked, "NodeProvisioningMode": "Continuous"})
    assert nodes(sagemaker, asked["ClusterName"])[1:] == [("gpu", "Running"), ("gpu", "Running")]
    events = sagemaker.list_cluster_events(ClusterName=asked["ClusterName"])["Events"]
    (failed,) = [event for event in events if event["EventLevel"] == "Error"]
    told = sagemaker.describe_cluster_event(ClusterName=asked["ClusterName"], EventId=failed["EventId"])
    assert "DCGM" in told["EventDetails"]["EventDetails"]["EventMetadata"]["Instance"]["FailureMessage"]
    assert next(item.hits for item in cloud.sandbox.faults.list() if item.id == fault) == 1
    sagemaker.delete_cluster(ClusterName=asked["ClusterName"])


def test_without_recovery_it_stays_failed(cloud: Cloud, sagemaker: Any, asked: dict[str, Any]) -> None:
    cloud.sandbox.faults.clear()
    cloud.sandbox.faults.add(Fault("error", "sagemaker", "RunDeepHealthCheck"))
    sagemaker.create_cluster(**asked, NodeRecovery="None")
    assert nodes(sagemaker, asked["ClusterName"])[1:] == [("gpu", "Failure"), ("gpu", "Running")]
    found = sagemaker.describe_cluster(ClusterName=asked["ClusterName"])["InstanceGroups"]
    assert [item["Status"] for item in found] == ["InService", "Degraded"]
    sagemaker.delete_cluster(ClusterName=asked["ClusterName"])


def test_a_create_that_rolls_back_says_why(cloud: Cloud, sagemaker: Any, asked: dict[str, Any]) -> None:
    cloud.sandbox.faults.add(Fault("error", "sagemaker", "ProvisionCluster"))
    sagemaker.create_cluster(**asked)
    found = sagemaker.describe_cluster(ClusterName=asked["ClusterName"])
    assert found["ClusterStatus"] == "Failed"
    assert found["FailureMessage"] == (
        "Failed to provision the cluster: not enough capacity for instance group gpu of ml.p5.48xlarge."
    )
    assert nodes(sagemaker, asked["ClusterName"]) == []
    sagemaker.delete_cluster(ClusterName=asked["ClusterName"])
    assert sagemaker.list_clusters()["ClusterSummaries"] == []


EKS = {"Eks": {"ClusterArn": f"arn:aws:eks:us-east-1:{MAIN}:cluster/none"}}
CHANGES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("an instance type that is not sold", {"InstanceType": "ml.m5.3xlarge"}, "at 'instanceType' failed"),
    ("no instance type", {"InstanceType": None}, "Specify either InstanceType or InstanceRequirements."),
    (
        "a role for somebody else",
        {"ExecutionRole": NOBODY_S},
        "cannot be assumed by sagemaker.amazonaws.com.",
    ),
    ("a role that cannot read", {"ExecutionRole": NO_READER}, "is not authorized to perform s3:GetObject"),
    (
        "a script that is not there",
        {"LifeCycleConfig": {"SourceS3Uri": f"s3://{BUCKET}/none/", "OnCreate": "on_create.sh"}},
        f"Lifecycle script s3://{BUCKET}/none/on_create.sh does not exist or cannot be read.",
    ),
    (
        "a subnet that does not exist",
        {"OverrideVpcConfig": {"Subnets": ["subnet-0"], "SecurityGroupIds": ["sg-0"]}},
        "The subnet ID 'subnet-0' does not exist.",
    ),
    (
        "spot without continuous provisioning",
        {"CapacityRequirements": {"Spot": {}}},
        "requires NodeProvisioningMode",
    ),
    ("a minimum without continuous provisioning", {"MinInstanceCount": 1}, "requires NodeProvisioningMode"),
    (
        "a key without continuous provisioning",
        {"InstanceStorageConfigs": [{"EbsVolumeConfig": {"VolumeKmsKeyId": "k", "RootVolume": True}}]},
        "VolumeKmsKeyId requires NodeProvisioningMode Continuous.",
    ),
    (
        "another account's training plan",
        {"TrainingPlanArn": "arn:aws:sagemaker:us-east-1:111111111111:training-plan/p5-june"},
        "does not exist.",
    ),
    (
        "labels of Kubernetes on Slurm",
        {"KubernetesConfig": {"Labels": {"a": "b"}}},
        "KubernetesConfig is only",
    ),
)


@pytest.mark.parametrize(("changed", "says"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_a_group_that_sagemaker_refuses(
    sagemaker: Any, asked: dict[str, Any], changed: dict[str, Any], says: str
) -> None:
    wrong = {key: value for key, value in {**GPU, **changed}.items() if value is not None}
    call = partial(sagemaker.create_cluster, **{**asked, "InstanceGroups": [CONTROLLER, wrong]})
    assert says in message(call)


def test_a_cluster_that_sagemaker_refuses(sagemaker: Any, asked: dict[str, Any], cluster: str) -> None:
    def said(**changed: Any) -> str:
        new = {key: value for key, value in {**asked, "ClusterName": "new", **changed}.items() if value}
        return message(lambda: sagemaker.create_cluster(**new))

    assert refusal(lambda: sagemaker.create_cluster(**asked)) == "ResourceInUse"
    assert said(Orchestrator=EKS).endswith("cluster/none does not exist.")
    assert said(Orchestrator=EKS, VpcConfig=None).startswith("VpcConfig is required")
    assert said(AutoScaling={"Mode": "Enable"}).startswith("AutoScaling is only supported")
    assert "NodeType Controller" in said(InstanceGroups=[GPU])


def test_what_a_group_is_made_of_stays(sagemaker: Any, cluster: str) -> None:
    def said(**asked: Any) -> str:
        return message(lambda: sagemaker.update_cluster(ClusterName=cluster, **asked))

    assert said(InstanceGroups=[{**GPU, "InstanceType": "ml.p5e.48xlarge"}]).startswith("InstanceType of")
    assert said(InstanceGroupsToDelete=["controller"]).endswith(
        "is the controller group, which cannot be deleted."
    )
    assert said(InstanceGroupsToDelete=["none"]).startswith("Instance group none does not exist")
    assert said(InstanceGroups=[{**CONTROLLER, "InstanceCount": 0}]).endswith("cannot be scaled down.")
