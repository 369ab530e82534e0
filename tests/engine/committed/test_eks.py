"""EKS clusters of the committed fleet, read back with boto3 and compared with rows A3, E1 to E3 and L4."""

from __future__ import annotations

from typing import Any

from tests.engine.committed.conftest import Standing
from tests.engine.committed.test_network import Site, every_site, vpc_of
from tests.engine.fleets import ACCOUNTS

SHORT = {"main-use1": "training", "main-usw2": "inference", "secondary-usw2": "training"}
SYSTEM_NODES = {"main-use1": 3, "main-usw2": 2, "secondary-usw2": 2}
"""Argo CD in high availability needs three nodes on the hub."""
ADDONS = [
    "aws-ebs-csi-driver",
    "aws-efs-csi-driver",
    "aws-fsx-csi-driver",
    "coredns",
    "eks-pod-identity-agent",
    "kube-proxy",
    "vpc-cni",
]
HUB_CIDR = "10.0.0.0/16"


def eks(standing: Standing, site: Site) -> Any:
    return standing.fleet.aws("eks", account=site.account, region=site.region)


def name_of(site: Site) -> str:
    return f"{site.name}--{SHORT[site.name]}"


def cluster_of(standing: Standing, site: Site) -> dict[str, Any]:
    found: dict[str, Any] = eks(standing, site).describe_cluster(name=name_of(site))["cluster"]
    return found


def test_a3_three_clusters_and_no_more(standing: Standing) -> None:
    found = {
        (account, region): standing.fleet.aws("eks", account=account, region=region).list_clusters()[
            "clusters"
        ]
        for account in ACCOUNTS
        for region in ("us-east-1", "us-west-2")
    }
    assert found == {
        ("main", "us-east-1"): ["main-use1--training"],
        ("main", "us-west-2"): ["main-usw2--inference"],
        ("secondary", "us-east-1"): [],
        ("secondary", "us-west-2"): ["secondary-usw2--training"],
    }


@every_site
def test_e1_the_control_plane(standing: Standing, site: Site) -> None:
    cluster = cluster_of(standing, site)
    config = cluster["resourcesVpcConfig"]
    assert (cluster["status"], cluster["version"]) == ("ACTIVE", "1.34")
    assert cluster["accessConfig"]["authenticationMode"] == "API"
    assert cluster["upgradePolicy"] == {"supportType": "STANDARD"}
    assert cluster["deletionProtection"] is True
    assert config["vpcId"] == vpc_of(standing, site)["VpcId"]
    assert (config["endpointPrivateAccess"], config["endpointPublicAccess"]) == (True, False)
    key = standing.outputs(site.name)["keys"]["key_arn"]
    assert [(item["resources"], item["provider"]["keyArn"]) for item in cluster["encryptionConfig"]] == [
        (["secrets"], key)
    ]
    ec2 = standing.fleet.aws("ec2", account=site.account, region=site.region)
    subnets = ec2.describe_subnets(SubnetIds=config["subnetIds"])["Subnets"]
    assert sorted(subnet["CidrBlock"] for subnet in subnets) == [
        f"10.{site.octet}.0.0/18",
        f"10.{site.octet}.64.0/18",
    ]
    (group,) = ec2.describe_security_groups(GroupIds=[config["clusterSecurityGroupId"]])["SecurityGroups"]
    https = [rule for rule in group["IpPermissions"] if rule.get("FromPort") == 443]
    assert [[item["CidrIp"] for item in rule["IpRanges"]] for rule in https] == [[HUB_CIDR]]


@every_site
def test_e2_add_ons(standing: Standing, site: Site) -> None:
    client, of = eks(standing, site), {"clusterName": name_of(site)}
    addons = {
        name: client.describe_addon(**of, addonName=name)["addon"]
        for name in client.list_addons(**of)["addons"]
    }
    assert set(addons) >= set(ADDONS)
    assert {addon["status"] for addon in addons.values()} == {"ACTIVE"}
    cni = addons["vpc-cni"]
    assert cni["configurationValues"] == '{"enableNetworkPolicy": "true"}'
    assert tuple(map(int, cni["addonVersion"][1:].partition("-")[0].split("."))) >= (1, 18, 4), "L4"
    assert [addon for addon in addons.values() if "serviceAccountRoleArn" in addon] == [], "L2: no IRSA"


@every_site
def test_e3_system_nodes_and_no_gpu_among_them(standing: Standing, site: Site) -> None:
    client, of = eks(standing, site), {"clusterName": name_of(site)}
    (name,) = client.list_nodegroups(**of)["nodegroups"]
    group = client.describe_nodegroup(**of, nodegroupName=name)["nodegroup"]
    assert (group["amiType"], group["instanceTypes"]) == ("AL2023_x86_64_STANDARD", ["m5.xlarge"])
    nodes = SYSTEM_NODES[site.name]
    assert group["scalingConfig"] == {"minSize": nodes, "desiredSize": nodes, "maxSize": 4}
    ec2 = standing.fleet.aws("ec2", account=site.account, region=site.region)
    filters = [
        {"Name": "tag:eks:cluster-name", "Values": [name_of(site)]},
        {"Name": "instance-state-name", "Values": ["running"]},
    ]
    pages = ec2.describe_instances(Filters=filters)["Reservations"]
    assert len([instance for page in pages for instance in page["Instances"]]) == nodes


@every_site
def test_what_others_are_promised(standing: Standing, site: Site) -> None:
    promised, cluster = standing.outputs(site.name)["eks"], cluster_of(standing, site)
    assert promised == {
        "version": 1,
        "names": {SHORT[site.name]: cluster["name"]},
        "arns": {SHORT[site.name]: cluster["arn"]},
        "endpoints": {SHORT[site.name]: cluster["endpoint"]},
        "certificate_authorities": {SHORT[site.name]: cluster["certificateAuthority"]["data"]},
        "versions": {SHORT[site.name]: "1.34"},
        "cluster_security_group_ids": {
            SHORT[site.name]: cluster["resourcesVpcConfig"]["clusterSecurityGroupId"]
        },
    }


@every_site
def test_pods_get_their_roles_by_pod_identity(standing: Standing, site: Site) -> None:
    client, of = eks(standing, site), {"clusterName": name_of(site)}
    found = {
        item["serviceAccount"]: client.describe_pod_identity_association(
            **of, associationId=item["associationId"]
        )["association"]["roleArn"].rpartition("/")[2]
        for item in client.list_pod_identity_associations(**of)["associations"]
    }
    assert found == {
        "aws-node": f"VpcCniRole-{site.name}",
        "ebs-csi-controller-sa": f"EbsCsiRole-{site.name}",
        "efs-csi-controller-sa": f"EfsCsiRole-{site.name}",
        "fsx-csi-controller-sa": f"FsxCsiRole-{site.name}",
        "karpenter": f"KarpenterControllerRole-{site.name}",
    }
