"""An EKS cluster is made in its order, stays as it is, is upgraded by one minor, and goes without a trace."""

from __future__ import annotations

from tests.engine.eks.conftest import CLUSTER, Chapter
from tests.engine.fleets import FleetUnderTest
from tests.engine.inventory import inventory

ACCOUNT = "483026362307"
DAEMON_SETS = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"]
DEPLOYMENTS = ["coredns", "aws-ebs-csi-driver", "aws-efs-csi-driver", "aws-fsx-csi-driver"]


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def test_the_control_plane_is_private_logged_and_encrypted(made: Chapter) -> None:
    cluster = made.aws["cluster"]
    config = cluster["resourcesVpcConfig"]
    assert (cluster["status"], cluster["version"]) == ("ACTIVE", "1.32")
    assert (config["endpointPrivateAccess"], config["endpointPublicAccess"]) == (True, False)
    assert cluster["accessConfig"]["authenticationMode"] == "API"
    assert cluster["upgradePolicy"]["supportType"] == "EXTENDED"
    assert cluster["encryptionConfig"][0]["resources"] == ["secrets"]
    (enabled,) = [setup for setup in cluster["logging"]["clusterLogging"] if setup["enabled"]]
    assert len(enabled["types"]) == 5
    assert cluster["kubernetesNetworkConfig"]["serviceIpv4Cidr"] == "172.20.0.0/16"
    assert cluster["deletionProtection"] is False, "a dev site can be thrown away"
    assert cluster["tags"]["fleet:urn"] == (
        "one::ml-clusters::aws:eks/cluster:Cluster::one-eks-training-eksCluster"
    )


def test_daemon_sets_come_before_the_nodes_and_deployments_after(made: Chapter) -> None:
    (group,) = made.aws["groups"]
    addons = made.aws["addons"]
    assert {addon["status"] for addon in addons.values()} == {"ACTIVE"}
    assert sorted(addons) == sorted([*DAEMON_SETS, *DEPLOYMENTS])
    assert all(addons[name]["createdAt"] < group["createdAt"] for name in DAEMON_SETS)
    assert all(addons[name]["createdAt"] > group["createdAt"] for name in DEPLOYMENTS)


def test_system_nodes_are_tainted_encrypted_and_ask_for_tokens(made: Chapter, fleet: FleetUnderTest) -> None:
    (group,) = made.aws["groups"]
    assert group["scalingConfig"] == {"minSize": 3, "desiredSize": 3, "maxSize": 4}, "site one is the hub"
    assert group["taints"] == [{"key": "CriticalAddonsOnly", "value": "true", "effect": "NO_SCHEDULE"}]
    instances = made.aws["instances"]
    assert len(instances) == 3
    own = made.aws["cluster"]["resourcesVpcConfig"]["clusterSecurityGroupId"]
    assert own in [item["GroupId"] for item in instances[0]["SecurityGroups"]]
    assert {tag["Key"]: tag["Value"] for tag in instances[0]["Tags"]}["fleet:site"] == "one"
    ec2 = fleet.aws("ec2")
    volumes = ec2.describe_volumes(
        VolumeIds=[
            disk["Ebs"]["VolumeId"] for instance in instances for disk in instance["BlockDeviceMappings"]
        ]
    )["Volumes"]
    assert {(volume["Encrypted"], volume["VolumeType"], volume["Size"]) for volume in volumes} == {
        (True, "gp3", 100)
    }
    template = group["launchTemplate"]
    (version,) = ec2.describe_launch_template_versions(
        LaunchTemplateId=template["id"], Versions=[template["version"]]
    )["LaunchTemplateVersions"]
    options = version["LaunchTemplateData"]["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 1)


def test_who_is_let_in(made: Chapter) -> None:
    """The maker, EKS's own nodes, Karpenter's nodes, and who the site's file names."""
    policies = {
        arn: [policy["policyArn"].rpartition("/")[2] for policy in found]
        for arn, found in made.aws["entries"].items()
    }
    assert policies[role("FleetExecutionRole")] == ["AmazonEKSClusterAdminPolicy"]
    assert policies[role("KarpenterNodeRole-one")] == []
    assert policies[role("MlPlatformOperator")] == ["AmazonEKSViewPolicy"]
    (view,) = made.aws["entries"][role("MlPlatformOperator")]
    assert view["accessScope"] == {"type": "namespace", "namespaces": ["default"]}


def test_pods_get_roles_by_pod_identity(made: Chapter) -> None:
    assert {item["serviceAccount"] for item in made.aws["identities"]} == {
        "aws-node",
        "ebs-csi-controller-sa",
        "efs-csi-controller-sa",
        "fsx-csi-controller-sa",
        "karpenter",
    }


def test_what_karpenter_stands_on_is_there(made: Chapter, fleet: FleetUnderTest) -> None:
    sqs, events, ec2 = (fleet.aws(service) for service in ("sqs", "events", "ec2"))
    assert made.aws["cluster"]["name"] == CLUSTER
    url = sqs.get_queue_url(QueueName=CLUSTER)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    targeting = events.list_rule_names_by_target(TargetArn=arn)["RuleNames"]
    assert len(targeting) == 4
    group_id = made.aws["cluster"]["resourcesVpcConfig"]["clusterSecurityGroupId"]
    (group,) = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    assert {"Key": "karpenter.sh/discovery", "Value": CLUSTER} in group["Tags"]
    https = [rule for rule in group["IpPermissions"] if rule.get("FromPort") == 443]
    assert [(rule["ToPort"], [item["CidrIp"] for item in rule["IpRanges"]]) for rule in https] == [
        (443, ["10.0.0.0/20"])
    ]


def test_again_nothing_changes(again: Chapter) -> None:
    assert again.result.code == 0, again.result.out + again.result.err


def test_two_minors_at_once_are_refused_with_the_steps(jump: Chapter) -> None:
    assert jump.result.code == 1
    assert (
        "one: one-eks-training-eksCluster: Kubernetes 1.32 cannot become 1.34 at once, EKS takes one minor at a time; "
        'write version: "1.33" and roll it out, then "1.34"'
    ) in jump.result.err
    assert jump.aws["cluster"]["version"] == "1.32"


def test_one_minor_up_takes_the_nodes_and_the_add_ons_along(made: Chapter, upgraded: Chapter) -> None:
    assert upgraded.aws["cluster"]["version"] == "1.33"
    (group,) = upgraded.aws["groups"]
    assert (group["version"], group["scalingConfig"]["desiredSize"]) == ("1.33", 4)
    ids = [{instance["InstanceId"] for instance in chapter.aws["instances"]} for chapter in (made, upgraded)]
    assert (len(ids[1]), ids[0] & ids[1]) == (4, set()), "every node is a new one"
    versions = {name: addon["addonVersion"] for name, addon in upgraded.aws["addons"].items()}
    assert versions["kube-proxy"] == "v1.33.7-eksbuild.2"
    assert versions["coredns"] == "v1.13.1-eksbuild.1"
    assert upgraded.result.json["stacks"][0]["operations"]["update"] == 4


def test_an_access_entry_is_replaced_with_its_role(upgraded: Chapter, role_anew: Chapter) -> None:
    """An entry is for a role's unique id: the role that is made again under the name would not be let in."""
    nodes = role("KarpenterNodeRole-one")
    before, after = (chapter.aws["made_at"] for chapter in (upgraded, role_anew))
    assert after[nodes] > before[nodes]
    assert {arn for arn in before if after[arn] != before[arn]} == {nodes}


def test_a_destroy_leaves_nothing(
    destroyed: Chapter, before: set[tuple[str, ...]], fleet: FleetUnderTest
) -> None:
    assert destroyed.result.code == 0, destroyed.result.err
    assert inventory(fleet) - before == set()
    assert fleet.aws("eks").list_clusters()["clusters"] == []
    assert "QueueUrls" not in fleet.aws("sqs").list_queues()
