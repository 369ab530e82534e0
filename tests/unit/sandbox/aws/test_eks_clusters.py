"""EKS clusters: what AWS asks of one, who is let in, one minor at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import MAIN, Cloud, message, refusal
from tests.unit.sandbox.aws.eks_cloud import NODES, PODS, Place, place

CLUSTER_ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


@pytest.fixture(scope="module")
def network(cloud: Cloud) -> Iterator[Place]:
    with place(cloud) as made:
        yield made


@pytest.fixture
def here(network: Place) -> Iterator[Place]:
    yield network
    network.clear()


def test_a_cluster_is_shown_with_the_group_and_the_defaults_that_eks_gives_it(here: Place) -> None:
    assert here.create()["status"] == "CREATING"
    shown = here.shown()
    assert shown["status"] == "ACTIVE"
    assert shown["version"] == "1.33"
    config = shown["resourcesVpcConfig"]
    (group,) = here.ec2.describe_security_groups(GroupIds=[config["clusterSecurityGroupId"]])[
        "SecurityGroups"
    ]
    assert group["VpcId"] == config["vpcId"] == here.vpc
    (rule,) = group["IpPermissions"]
    assert (rule["IpProtocol"], rule["UserIdGroupPairs"][0]["GroupId"]) == ("-1", group["GroupId"])
    assert (config["endpointPublicAccess"], config["publicAccessCidrs"]) == (False, [])
    assert shown["upgradePolicy"] == {"supportType": "EXTENDED"}
    assert shown["logging"]["clusterLogging"] == [
        {"types": ["api", "audit", "authenticator", "controllerManager", "scheduler"], "enabled": False}
    ]
    here.eks.delete_cluster(name="training")
    assert refusal(here.shown) == "ResourceNotFoundException"
    group_ids = [config["clusterSecurityGroupId"]]
    assert refusal(lambda: here.ec2.describe_security_groups(GroupIds=group_ids)) == "InvalidGroup.NotFound"


def test_what_aws_refuses_of_a_cluster(here: Place) -> None:
    role = f"arn:aws:iam::{MAIN}:role"
    assert message(lambda: here.create(roleArn=NODES)) == (
        f"Role with arn: {NODES}, could not be assumed because it does not exist or the trusted entity is not correct"
    )
    assert message(lambda: here.create(roleArn=f"{role}/nobody")).startswith("Role with arn: ")
    assert message(lambda: here.create(version="1.12")) == "unsupported Kubernetes version 1.12"
    one_zone = {"subnetIds": [here.subnets[0], here.here]}
    assert message(lambda: here.create(resourcesVpcConfig=one_zone)) == (
        "Subnets specified must be in at least two different AZs"
    )
    gone = {"subnetIds": ["subnet-0", here.here]}
    assert message(lambda: here.create(resourcesVpcConfig=gone)) == "The subnet ID 'subnet-0' does not exist"
    key = [{"resources": ["secrets"], "provider": {"keyArn": f"arn:aws:kms:us-east-1:{MAIN}:key/none"}}]
    assert refusal(lambda: here.create(encryptionConfig=key)) == "InvalidParameterException"
    here.create()
    assert refusal(here.create) == "ResourceInUseException"


def test_a_protected_cluster_and_one_with_nodes_are_not_deleted(here: Place) -> None:
    here.create(deletionProtection=True)
    assert refusal(lambda: here.eks.delete_cluster(name="training")) == "InvalidRequestException"
    here.eks.update_cluster_config(name="training", deletionProtection=False)
    here.create_group()
    assert message(lambda: here.eks.delete_cluster(name="training")) == "Cluster has nodegroups attached"


def test_the_control_plane_goes_up_one_minor_at_a_time(here: Place) -> None:
    here.create()

    def update(version: str) -> Any:
        return here.eks.update_cluster_version(name="training", version=version)["update"]

    assert message(lambda: update("1.35")) == "Unsupported Kubernetes minor version update from 1.33 to 1.35"
    assert message(lambda: update("1.32")) == "Unsupported Kubernetes minor version update from 1.33 to 1.32"
    assert message(lambda: update("1.33")) == "Cluster is already at version 1.33"
    made = update("1.34")
    assert (made["type"], made["status"]) == ("VersionUpdate", "InProgress")
    found = here.eks.describe_update(name="training", updateId=made["id"])["update"]
    assert found["status"] == "Successful"
    assert here.eks.list_updates(name="training")["updateIds"] == [made["id"]]
    assert here.shown()["version"] == "1.34"


def test_nodes_that_are_too_far_behind_hold_the_control_plane(here: Place) -> None:
    here.create(version="1.31")
    here.create_group()
    for version in ("1.32", "1.33", "1.34"):
        here.eks.update_cluster_version(name="training", version=version)
    assert message(lambda: here.eks.update_cluster_version(name="training", version="1.35")) == (
        "Nodegroup system with version 1.31 must be updated to be within the supported version skew of 1.35"
    )


def test_one_kind_of_change_in_a_call_and_entries_stay_on(here: Place) -> None:
    here.create()

    def update(**config: Any) -> Any:
        return here.eks.update_cluster_config(name="training", **config)

    assert message(lambda: update(upgradePolicy={"supportType": "STANDARD"}, deletionProtection=True)) == (
        "Only one type of update can be performed at a time"
    )
    assert message(lambda: update(accessConfig={"authenticationMode": "API_AND_CONFIG_MAP"})) == (
        "Unsupported authentication mode update from API to API_AND_CONFIG_MAP"
    )
    update(logging={"clusterLogging": [{"types": ["audit"], "enabled": True}]})
    assert here.shown()["logging"]["clusterLogging"][0] == {"types": ["audit"], "enabled": True}
    update(resourcesVpcConfig={"endpointPublicAccess": True, "publicAccessCidrs": ["52.0.0.0/24"]})
    config = here.shown()["resourcesVpcConfig"]
    assert (config["publicAccessCidrs"], config["subnetIds"]) == (["52.0.0.0/24"], list(here.subnets))


def test_who_makes_a_cluster_is_its_administrator(cloud: Cloud, here: Place) -> None:
    here.create()
    (creator,) = here.eks.list_access_entries(clusterName="training")["accessEntries"]
    assert creator == cloud.client("sts").get_caller_identity()["Arn"]
    (policy,) = here.eks.list_associated_access_policies(clusterName="training", principalArn=creator)[
        "associatedAccessPolicies"
    ]
    assert (policy["policyArn"], policy["accessScope"]["type"]) == (CLUSTER_ADMIN, "cluster")


def test_entries_have_policies_but_for_nodes(here: Place) -> None:
    here.create()
    team = {"clusterName": "training", "principalArn": PODS}
    here.eks.create_access_entry(**team, tags={"team": "vision"})
    assert refusal(lambda: here.eks.create_access_entry(**team)) == "ResourceInUseException"
    scope = {"type": "namespace", "namespaces": ["vision"]}
    here.eks.associate_access_policy(**team, policyArn=VIEW, accessScope=scope)
    (policy,) = here.eks.list_associated_access_policies(**team)["associatedAccessPolicies"]
    assert policy["accessScope"] == scope
    entry = here.eks.describe_access_entry(**team)["accessEntry"]
    here.eks.tag_resource(resourceArn=entry["accessEntryArn"], tags={"a": "b"})
    assert here.eks.list_tags_for_resource(resourceArn=entry["accessEntryArn"])["tags"] == {
        "team": "vision",
        "a": "b",
    }
    here.eks.disassociate_access_policy(**team, policyArn=VIEW)
    here.eks.delete_access_entry(**team)
    assert refusal(lambda: here.eks.describe_access_entry(**team)) == "ResourceNotFoundException"
    nodes = {"clusterName": "training", "principalArn": NODES}
    made = here.eks.create_access_entry(**nodes, type="EC2_LINUX")["accessEntry"]
    assert made["kubernetesGroups"] == ["system:nodes"]
    given = {"policyArn": VIEW, "accessScope": {"type": "cluster"}}
    assert refusal(lambda: here.eks.associate_access_policy(**nodes, **given)) == "InvalidRequestException"
