"""What EKS refuses of a cluster's network, names and options, and how its control plane shows in EC2."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.sandbox.aws.cloud import Cloud, message, refusal
from tests.unit.sandbox.aws.eks_cloud import Place, place


@pytest.fixture(scope="module")
def network(cloud: Cloud) -> Iterator[Place]:
    with place(cloud) as made:
        yield made


@pytest.fixture
def here(network: Place) -> Iterator[Place]:
    yield network
    network.clear()


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"endpointPrivateAccess": False}, "Private and public endpoint access cannot be false"),
        (
            {"endpointPublicAccess": True, "publicAccessCidrs": ["10.1.0.0/16", "203.0.113.0/24"]},
            "The following CIDRs are not allowed in publicAccessCidrs: [10.1.0.0/16]",
        ),
        ({"publicAccessCidrs": ["203.0.113.7/24"]}, "The CIDR 203.0.113.7/24 is invalid"),
        ({"securityGroupIds": [f"sg-{n}" for n in range(6)]}, "A cluster takes 5 security groups at most"),
        ({"securityGroupIds": ["sg-0"]}, "Security group(s) [sg-0] are not in the same VPC as the subnets."),
    ],
)
def test_networks_that_are_refused(here: Place, config: dict[str, Any], says: str) -> None:
    assert message(lambda: here.create(resourcesVpcConfig=here.network(**config))).startswith(says)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (
            {"accessConfig": {"authenticationMode": "NONE"}},
            (
                "1 validation error detected: Value 'NONE' at 'accessConfig.authenticationMode' failed to satisfy "
                "constraint: Member must satisfy enum value set: [API, API_AND_CONFIG_MAP, CONFIG_MAP]"
            ),
        ),
        (
            {"upgradePolicy": {"supportType": "LIFELONG"}},
            (
                "1 validation error detected: Value 'LIFELONG' at 'upgradePolicy.supportType' failed to satisfy "
                "constraint: Member must satisfy enum value set: [STANDARD, EXTENDED]"
            ),
        ),
        (
            {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "10.79.0.0/20"}},
            "The specified service CIDR 10.79.0.0/20 overlaps with the CIDR of the VPC vpc-",
        ),
        (
            {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "10.0.0.0/8"}},
            "The specified service CIDR 10.0.0.0/8 is not a private block between /24 and /12",
        ),
        (
            {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "198.51.100.0/24"}},
            "The specified service CIDR 198.51.100.0/24 is not a private block between /24 and /12",
        ),
        ({"computeConfig": {"enabled": True}}, "The sandbox has no clusters with computeConfig"),
        (
            {"kubernetesNetworkConfig": {"ipFamily": "ipv6"}},
            "The sandbox has no clusters with ipFamily ipv6",
        ),
    ],
)
def test_options_that_are_refused(here: Place, more: dict[str, Any], says: str) -> None:
    assert message(lambda: here.create(**more)).startswith(says)


def test_secrets_alone_are_encrypted_with_a_key(cloud: Cloud, here: Place) -> None:
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    config = [{"resources": ["volumes"], "provider": {"keyArn": key}}]
    assert message(lambda: here.create(encryptionConfig=config)) == (
        'encryptionConfig takes one entry, whose resources are ["secrets"]'
    )


def test_a_name_has_letters_digits_dashes_and_underscores(here: Place) -> None:
    assert message(lambda: here.create("training.one")).endswith(
        "Member must satisfy regular expression pattern: ^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$"
    )


def test_an_endpoint_stays_open_one_way_or_the_other(here: Place) -> None:
    here.create()
    shut = {"endpointPrivateAccess": False}
    update = here.eks.update_cluster_config
    assert message(lambda: update(name="training", resourcesVpcConfig=shut)) == (
        "Private and public endpoint access cannot be false"
    )
    network = {"endpointPublicAccess": True, "publicAccessCidrs": ["203.0.113.0/24"]}
    update(name="training", resourcesVpcConfig={**shut, **network})
    assert here.shown()["resourcesVpcConfig"]["publicAccessCidrs"] == ["203.0.113.0/24"]


def test_a_zone_without_control_planes_is_refused(here: Place) -> None:
    zones = here.ec2.describe_availability_zones()["AvailabilityZones"]
    (zone,) = [zone["ZoneName"] for zone in zones if zone["ZoneId"] == "use1-az3"]
    made = here.ec2.create_subnet(VpcId=here.vpc, CidrBlock="10.79.9.0/24", AvailabilityZone=zone)
    subnet = made["Subnet"]["SubnetId"]
    network = here.network(subnetIds=[*here.subnets, subnet])
    assert refusal(lambda: here.create(resourcesVpcConfig=network)) == "UnsupportedAvailabilityZoneException"
    here.ec2.delete_subnet(SubnetId=subnet)


def test_a_control_plane_has_interfaces_in_two_subnets_which_go_with_it(here: Place) -> None:
    here.create()
    filters = [{"Name": "description", "Values": ["Amazon EKS training"]}]

    def interfaces() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = here.ec2.describe_network_interfaces(Filters=filters)[
            "NetworkInterfaces"
        ]
        return found

    group = here.shown()["resourcesVpcConfig"]["clusterSecurityGroupId"]
    assert {item["SubnetId"] for item in interfaces()} == set(here.subnets)
    assert [[one["GroupId"] for one in item["Groups"]] for item in interfaces()] == [[group], [group]]
    assert refusal(lambda: here.ec2.delete_subnet(SubnetId=here.subnets[0])) == "DependencyViolation"
    assert refusal(lambda: here.ec2.delete_security_group(GroupId=group)) == "DependencyViolation"
    here.eks.delete_cluster(name="training")
    assert interfaces() == []


def test_the_endpoint_and_the_authority_are_shown_when_the_cluster_is_active(here: Place) -> None:
    assert "endpoint" not in here.create()
    shown = here.shown()
    assert shown["endpoint"].startswith("https://")
    assert shown["certificateAuthority"]["data"].startswith("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t")
