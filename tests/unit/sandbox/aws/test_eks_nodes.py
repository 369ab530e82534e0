"""EKS node groups, add-ons and pod identities."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.aws.eks_nodes import capacity
from tests.unit.sandbox.aws.cloud import MAIN, Cloud, message, refusal
from tests.unit.sandbox.aws.eks_cloud import CONTROL_PLANE, PODS, Place, place

SYSTEM_TAINT = {"key": "CriticalAddonsOnly", "value": "true", "effect": "NO_SCHEDULE"}
TOLERATIONS = [{"key": "CriticalAddonsOnly", "operator": "Exists"}]


@pytest.fixture(scope="module")
def network(cloud: Cloud) -> Iterator[Place]:
    with place(cloud) as made:
        yield made


@pytest.fixture
def here(network: Place) -> Iterator[Place]:
    network.create()
    yield network
    network.clear()


def sizes(low: int, desired: int, high: int) -> dict[str, int]:
    return {"minSize": low, "desiredSize": desired, "maxSize": high}


def test_a_node_group_has_instances_that_come_and_go_with_its_size(here: Place) -> None:
    assert here.create_group(scalingConfig=sizes(2, 3, 4))["status"] == "CREATING"
    running = here.running()
    assert sorted(instance["SubnetId"] for instance in running) == sorted([*here.subnets, here.subnets[0]])
    tags = {tag["Key"]: tag["Value"] for tag in running[0]["Tags"]}
    assert tags == {
        "eks:cluster-name": "training",
        "eks:nodegroup-name": "system",
        "kubernetes.io/cluster/training": "owned",
    }
    group = {"clusterName": "training", "nodegroupName": "system"}
    made = here.eks.update_nodegroup_config(**group, scalingConfig={"desiredSize": 2})["update"]
    assert [instance["InstanceId"] for instance in here.running()] == [
        instance["InstanceId"] for instance in running[:2]
    ]
    assert here.eks.list_updates(name="training", nodegroupName="system")["updateIds"] == [made["id"]]
    here.eks.update_nodegroup_config(
        **group,
        labels={"addOrUpdateLabels": {"a": "b"}},
        taints={"addOrUpdateTaints": [SYSTEM_TAINT]},
        updateConfig={"maxUnavailable": 2},
    )
    shown = here.eks.describe_nodegroup(**group)["nodegroup"]
    assert (shown["labels"], shown["taints"]) == ({"a": "b"}, [SYSTEM_TAINT])
    assert (shown["updateConfig"], shown["scalingConfig"]) == ({"maxUnavailable": 2}, sizes(2, 2, 4))
    here.eks.delete_nodegroup(**group)
    assert here.running() == []


def test_a_new_version_replaces_every_instance(here: Place) -> None:
    here.create_group()
    before = {instance["InstanceId"] for instance in here.running()}
    here.eks.update_cluster_version(name="training", version="1.34")
    group = {"clusterName": "training", "nodegroupName": "system"}
    assert here.eks.describe_nodegroup(**group)["nodegroup"]["version"] == "1.33"
    here.eks.update_nodegroup_version(**group)
    assert here.eks.describe_nodegroup(**group)["nodegroup"]["version"] == "1.34"
    after = {instance["InstanceId"] for instance in here.running()}
    assert (len(after), after & before) == (2, set())


def test_a_launch_template_says_groups_disks_and_metadata(here: Place) -> None:
    group_id = here.shown()["resourcesVpcConfig"]["clusterSecurityGroupId"]
    template = here.ec2.create_launch_template(
        LaunchTemplateName="system",
        LaunchTemplateData={
            "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
            "SecurityGroupIds": [group_id],
            "BlockDeviceMappings": [
                {
                    "DeviceName": "/dev/xvda",
                    "Ebs": {"Encrypted": True, "VolumeSize": 100, "VolumeType": "gp3"},
                }
            ],
        },
    )["LaunchTemplate"]
    asked = {"id": template["LaunchTemplateId"], "version": "1"}
    assert message(lambda: here.create_group(launchTemplate=asked, diskSize=20)) == (
        "Disk size must be specified within the launch template."
    )
    shown = here.create_group(launchTemplate=asked, scalingConfig=sizes(1, 1, 1))
    assert shown["launchTemplate"] == {**asked, "name": "system"}
    (instance,) = here.running()
    assert [group["GroupId"] for group in instance["SecurityGroups"]] == [group_id]
    volume_id = instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    (volume,) = here.ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"]
    assert (volume["Encrypted"], volume["Size"], volume["VolumeType"]) == (True, 100, "gp3")
    here.eks.delete_nodegroup(clusterName="training", nodegroupName="system")
    here.ec2.delete_launch_template(LaunchTemplateId=template["LaunchTemplateId"])
    assert message(lambda: here.create_group(launchTemplate=asked)) == "The launch template does not exist."


def test_what_aws_refuses_of_a_node_group(here: Place) -> None:
    assert message(lambda: here.create_group(nodeRole=CONTROL_PLANE)) == (
        f"The role with arn {CONTROL_PLANE} could not be assumed by EC2"
    )
    assert message(lambda: here.create_group(scalingConfig=sizes(2, 1, 4))) == (
        "Minimum capacity 2 can't be greater than desired size 1"
    )
    assert message(lambda: here.create_group(scalingConfig=sizes(2, 5, 4))) == (
        "desired capacity 5 can't be greater than max size 4"
    )
    assert message(lambda: here.create_group(instanceTypes=["m5.huge"])) == (
        "[m5.huge] is not a valid instance type"
    )
    assert message(lambda: here.create_group(version="1.34")) == (
        "Nodegroup Kubernetes version 1.34 and cluster Kubernetes version 1.33 are not supported together"
    )
    assert message(lambda: here.create_group(subnets=["subnet-0"])) == (
        f"The subnet subnet-0 does not exist in the VPC {here.vpc} of the cluster"
    )
    assert message(lambda: here.create_group("n" * 64)) == "nodegroupName can't be longer than 63 characters!"
    here.create_group()
    assert refusal(here.create_group) == "ResourceInUseException"


def test_capacity_is_that_of_the_instance_type() -> None:
    assert capacity("m5.xlarge") == {"cpu": "4", "memory": "16777216Ki", "pods": "58"}
    p5 = capacity("p5.48xlarge")
    assert (p5["nvidia.com/gpu"], p5["vpc.amazonaws.com/efa"]) == ("8", "32")


def addon(name: str, **more: Any) -> dict[str, Any]:
    return {"clusterName": "training", "addonName": name, **more}


def status(here: Place, name: str) -> str:
    return str(here.eks.describe_addon(**addon(name))["addon"]["status"])


def test_a_deployment_waits_for_nodes_that_it_tolerates_and_a_daemon_set_does_not(here: Place) -> None:
    here.eks.create_addon(**addon("vpc-cni", configurationValues='{"enableNetworkPolicy": "true"}'))
    here.eks.create_addon(**addon("coredns", configurationValues=json.dumps({"tolerations": []})))
    assert (status(here, "vpc-cni"), status(here, "coredns")) == ("ACTIVE", "DEGRADED")
    here.create_group(taints=[SYSTEM_TAINT])
    assert status(here, "coredns") == "DEGRADED"
    settings = json.dumps({"tolerations": TOLERATIONS})
    made = here.eks.update_addon(**addon("coredns", configurationValues=settings))["update"]
    assert status(here, "coredns") == "ACTIVE"
    assert here.eks.list_updates(name="training", addonName="coredns")["updateIds"] == [made["id"]]
    assert here.eks.list_addons(clusterName="training")["addons"] == ["vpc-cni", "coredns"]
    here.eks.delete_addon(**addon("coredns"))
    assert refusal(lambda: here.eks.describe_addon(**addon("coredns"))) == "ResourceNotFoundException"


def test_versions_and_settings_of_add_ons_are_checked(here: Place) -> None:
    create = here.eks.create_addon
    assert message(lambda: create(**addon("my-addon"))) == "Addon my-addon specified is not supported"
    assert message(lambda: create(**addon("kube-proxy", addonVersion="v1.35.0-eksbuild.2"))) == (
        "Addon version specified is not supported"
    )
    wrong = '{"enableNetworkPolicy": true, "networkPolicy": {}}'
    refused = message(lambda: create(**addon("vpc-cni", configurationValues=wrong)))
    assert "True is not of type 'string'" in refused
    assert "'networkPolicy' was unexpected" in refused
    assert "not in valid JSON" in message(lambda: create(**addon("vpc-cni", configurationValues="{")))
    create(**addon("kube-proxy"))
    assert here.eks.describe_addon(**addon("kube-proxy"))["addon"]["addonVersion"] == "v1.33.7-eksbuild.2"
    assert refusal(lambda: create(**addon("kube-proxy"))) == "ResourceInUseException"


def test_what_is_offered_can_be_asked(here: Place) -> None:
    (offered,) = here.eks.describe_addon_versions(addonName="kube-proxy", kubernetesVersion="1.35")["addons"]
    versions = [item["addonVersion"] for item in offered["addonVersions"]]
    assert versions[0] == "v1.35.0-eksbuild.2"
    asked = {"addonName": "aws-ebs-csi-driver", "addonVersion": "v1.54.0-eksbuild.1"}
    configuration = here.eks.describe_addon_configuration(**asked)
    assert json.loads(configuration["configurationSchema"])["additionalProperties"] is False
    assert configuration["podIdentityConfiguration"][0]["serviceAccount"] == "ebs-csi-controller-sa"


def test_a_service_account_has_one_role_that_lets_pods_in(here: Place) -> None:
    pods = {"clusterName": "training", "namespace": "kube-system", "serviceAccount": "aws-node"}
    create = here.eks.create_pod_identity_association
    assert message(lambda: create(**pods, roleArn=CONTROL_PLANE)) == (
        "Trust policy of role is missing required actions or principal"
    )
    nobody = f"arn:aws:iam::{MAIN}:role/nobody"
    assert message(lambda: create(**pods, roleArn=nobody)) == (
        f"Role provided in the request does not exist: {nobody}"
    )
    made = create(**pods, roleArn=PODS, tags={"a": "b"})["association"]
    assert message(lambda: create(**pods, roleArn=PODS)) == (
        f"Association already exists: {made['associationId']}"
    )
    (listed,) = here.eks.list_pod_identity_associations(clusterName="training", namespace="kube-system")[
        "associations"
    ]
    asked = {"clusterName": "training", "associationId": listed["associationId"]}
    here.eks.update_pod_identity_association(**asked, disableSessionTags=True)
    found = here.eks.describe_pod_identity_association(**asked)["association"]
    assert (found["roleArn"], found["disableSessionTags"], found["tags"]) == (PODS, True, {"a": "b"})
    here.eks.delete_pod_identity_association(**asked)
    assert refusal(lambda: here.eks.describe_pod_identity_association(**asked)) == "ResourceNotFoundException"
