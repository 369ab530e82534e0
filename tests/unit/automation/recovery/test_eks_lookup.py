"""EKS clusters with what belongs to them, launch templates and queues whose creation was interrupted are found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from automation.checkpoint import Pending
from automation.clients import from_environment
from automation.recovery.lookup import Lookup
from plan.tags import fleet_urn
from tests.unit.automation.recovery.test_lookup import checkpoint, pending
from tests.unit.sandbox.aws.cloud import MAIN, Cloud, trust
from tests.unit.sandbox.aws.eks_cloud import PODS, Place, place

VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


@pytest.fixture(scope="module")
def lookup(cloud: Cloud) -> Iterator[Lookup]:
    """A base identity that may enter the account through the role of the state's provider."""
    iam = cloud.client("iam")
    iam.create_role(RoleName="Deployer", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{MAIN}:root"))
    yield Lookup(from_environment(cloud.sandbox.environment()))
    iam.delete_role(RoleName="Deployer")


@pytest.fixture(scope="module")
def here(cloud: Cloud) -> Iterator[Place]:
    with place(cloud) as made:
        yield made


def tags(what: Pending) -> dict[str, str]:
    return {"fleet:urn": fleet_urn(what.urn)}


def test_a_cluster_and_what_belongs_to_it(here: Place, lookup: Lookup) -> None:
    def ids(what: Pending) -> tuple[str, ...]:
        return lookup.find(what, checkpoint()).ids

    of: dict[str, Any] = {"clusterName": "training"}
    cluster = pending("aws:eks/cluster:Cluster", "c", name="training")
    other = pending("aws:eks/cluster:Cluster", "d", name="training")
    group = pending("aws:eks/nodeGroup:NodeGroup", "g", **of, nodeGroupName="system")
    addon = pending("aws:eks/addon:Addon", "a", **of, addonName="kube-proxy")
    entry = pending("aws:eks/accessEntry:AccessEntry", "e", **of, principalArn=PODS)
    policy = pending(
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        "p",
        **of,
        principalArn=PODS,
        policyArn=VIEW,
    )
    account = {"namespace": "kube-system", "serviceAccount": "aws-node"}
    identity = pending("aws:eks/podIdentityAssociation:PodIdentityAssociation", "i", **of, **account)
    everything = (cluster, group, addon, entry, policy, identity)
    assert [ids(what) for what in everything] == [()] * 6

    here.create(tags=tags(cluster))
    here.create_group(tags=tags(group))
    here.eks.create_addon(**of, addonName="kube-proxy", tags=tags(addon))
    here.eks.create_access_entry(**of, principalArn=PODS, tags=tags(entry))
    scope = {"type": "cluster"}
    here.eks.associate_access_policy(**of, principalArn=PODS, policyArn=VIEW, accessScope=scope)
    made = here.eks.create_pod_identity_association(**of, **account, roleArn=PODS)["association"]

    assert [ids(what) for what in everything] == [
        ("training",),
        ("training:system",),
        ("training:kube-proxy",),
        (f"training:{PODS}",),
        (f"training#{PODS}#{VIEW}",),
        (f"training,{made['associationId']}",),
    ]
    assert not lookup.find(other, checkpoint()).is_certain, "its name is somebody else's"


def test_a_launch_template_and_a_queue(cloud: Cloud, lookup: Lookup) -> None:
    template, other = (pending("aws:ec2/launchTemplate:LaunchTemplate", name) for name in ("mine", "other"))
    marks = [{"Key": key, "Value": value} for key, value in tags(template).items()]
    made = cloud.client("ec2").create_launch_template(
        LaunchTemplateName="found-again",
        LaunchTemplateData={"InstanceType": "m5.xlarge"},
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": marks}],
    )["LaunchTemplate"]["LaunchTemplateId"]
    assert lookup.find(template, checkpoint()).ids == (made,)
    assert lookup.find(other, checkpoint()).ids == ()
    queue = pending("aws:sqs/queue:Queue", "q", name="found-again")
    assert lookup.find(queue, checkpoint()).ids == ()
    url = cloud.client("sqs").create_queue(QueueName="found-again", tags=tags(queue))["QueueUrl"]
    assert lookup.find(queue, checkpoint()).ids == (url,)
