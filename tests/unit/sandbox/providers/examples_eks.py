"""Examples of EKS clusters, what belongs to them, launch templates and queues."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import count
from typing import Any, Final

from tests.unit.sandbox.providers.engine import Engine
from tests.unit.sandbox.providers.example import Example, Given
from tests.unit.sandbox.providers.needed import groups, role, subnets

_NUMBERS: Final = count(1)
_POLICY: Final = "arn:aws:eks::aws:cluster-access-policy"


def _trust(service: str, *actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def network(engine: Engine) -> dict[str, Any]:
    """Subnets of two zones, and the role of a control plane."""
    return {**subnets(engine), **role(engine, "eks.amazonaws.com"), "name": f"cluster-{next(_NUMBERS)}"}


def _cluster(given: Given) -> dict[str, Any]:
    return {
        "name": given["name"],
        "roleArn": given["roleArn"],
        "version": "1.33",
        "vpcConfig": {
            "subnetIds": given["subnetIds"],
            "endpointPrivateAccess": True,
            "endpointPublicAccess": False,
        },
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4"},
        "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"},
        "enabledClusterLogTypes": ["api", "audit"],
        "upgradePolicy": {"supportType": "STANDARD"},
        "deletionProtection": False,
        "tags": {"Name": "a"},
    }


def cluster(engine: Engine) -> dict[str, Any]:
    """A cluster, and a role of nodes."""
    given = network(engine)
    engine.make("aws:eks/cluster:Cluster", **_cluster(given))
    return {**given, "nodeRole": role(engine, "ec2.amazonaws.com")["roleArn"]}


def pods(engine: Engine) -> dict[str, Any]:
    """A cluster, and two roles for its pods."""
    made = [
        engine.make(
            "aws:iam/role:Role",
            name=f"pods-{next(_NUMBERS)}",
            assumeRolePolicy=_trust("pods.eks.amazonaws.com", "sts:AssumeRole", "sts:TagSession"),
        )[1]["arn"]
        for _ in range(2)
    ]
    return {**cluster(engine), "podRoles": made}


def template(engine: Engine) -> dict[str, Any]:
    """A cluster and a launch template of two versions."""
    given = cluster(engine)
    made = engine.make("aws:ec2/launchTemplate:LaunchTemplate", blockDeviceMappings=_disk(20))
    return {**given, "template": made[0]}


def entry(engine: Engine) -> dict[str, Any]:
    """A cluster that lets a role in."""
    given = cluster(engine)
    principal = role(engine, "ec2.amazonaws.com")["roleArn"]
    engine.make("aws:eks/accessEntry:AccessEntry", clusterName=given["name"], principalArn=principal)
    return {**given, "principal": principal}


def queue(engine: Engine) -> dict[str, Any]:
    """A queue."""
    return {"queue": engine.make("aws:sqs/queue:Queue", name=f"queue-{next(_NUMBERS)}")[0]}


def _disk(size: int) -> list[dict[str, Any]]:
    ebs = {"volumeSize": size, "volumeType": "gp3", "encrypted": "true", "deleteOnTermination": "true"}
    return [{"deviceName": "/dev/xvda", "ebs": ebs}]


def _send(service: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


EKS_EXAMPLES: Final[Mapping[str, Example]] = {
    "aws:eks/cluster:Cluster": Example(
        needs=network,
        inputs=_cluster,
        changes=lambda given: {
            "version": "1.34",
            "vpcConfig": {
                "subnetIds": given["subnetIds"],
                "endpointPrivateAccess": True,
                "endpointPublicAccess": True,
                "publicAccessCidrs": ["52.0.0.0/24"],
            },
            "accessConfig": {"authenticationMode": "API"},
            "enabledClusterLogTypes": ["audit", "scheduler"],
            "upgradePolicy": {"supportType": "EXTENDED"},
            "tags": {"Owner": "b"},
        },
        replaced={"roleArn": "arn:aws:iam::483026362307:role/other"},
    ),
    "aws:eks/nodeGroup:NodeGroup": Example(
        needs=template,
        inputs=lambda given: {
            "clusterName": given["name"],
            "nodeGroupName": "system",
            "nodeRoleArn": given["nodeRole"],
            "subnetIds": given["subnetIds"],
            "instanceTypes": ["m5.xlarge"],
            "amiType": "AL2023_x86_64_STANDARD",
            "version": "1.33",
            "scalingConfig": {"minSize": 2, "desiredSize": 2, "maxSize": 4},
            "updateConfig": {"maxUnavailable": 1},
            "labels": {"a": "b", "c": "d"},
            "taints": [{"key": "CriticalAddonsOnly", "value": "true", "effect": "NO_SCHEDULE"}],
            "launchTemplate": {"id": given["template"], "version": "1"},
            "tags": {"Name": "a"},
        },
        changes=lambda _: {
            "scalingConfig": {"minSize": 2, "desiredSize": 3, "maxSize": 5},
            "labels": {"a": "c"},
            "taints": [{"key": "other", "value": "x", "effect": "NO_EXECUTE"}],
            "tags": {"Owner": "b"},
        },
        replaced={"instanceTypes": ["m6i.xlarge"]},
    ),
    "aws:eks/addon:Addon": Example(
        needs=cluster,
        inputs=lambda given: {
            "clusterName": given["name"],
            "addonName": "vpc-cni",
            "addonVersion": "v1.20.4-eksbuild.2",
            "configurationValues": json.dumps({"enableNetworkPolicy": "true"}),
            "resolveConflictsOnCreate": "OVERWRITE",
            "resolveConflictsOnUpdate": "OVERWRITE",
            "tags": {"Name": "a"},
        },
        changes=lambda _: {
            "addonVersion": "v1.21.1-eksbuild.1",
            "configurationValues": json.dumps({"enableNetworkPolicy": "false"}),
            "tags": {"Owner": "b"},
        },
        replaced={"addonName": "kube-proxy"},
    ),
    "aws:eks/accessEntry:AccessEntry": Example(
        needs=cluster,
        inputs=lambda given: {
            "clusterName": given["name"],
            "principalArn": given["nodeRole"],
            "kubernetesGroups": ["team"],
            "tags": {"Name": "a"},
        },
        changes=lambda _: {"kubernetesGroups": ["team", "other"], "tags": {"Owner": "b"}},
        replaced={"principalArn": "arn:aws:iam::483026362307:role/other"},
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": Example(
        needs=entry,
        inputs=lambda given: {
            "clusterName": given["name"],
            "principalArn": given["principal"],
            "policyArn": f"{_POLICY}/AmazonEKSViewPolicy",
            "accessScope": {"type": "cluster"},
        },
        replaced={"policyArn": f"{_POLICY}/AmazonEKSEditPolicy"},
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Example(
        needs=pods,
        inputs=lambda given: {
            "clusterName": given["name"],
            "namespace": "kube-system",
            "serviceAccount": "aws-node",
            "roleArn": given["podRoles"][0],
            "tags": {"Name": "a"},
        },
        changes=lambda given: {"roleArn": given["podRoles"][1], "tags": {"Owner": "b"}},
        replaced={"serviceAccount": "other"},
        import_id=lambda given: f"{given['name']},{{id}}",
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": Example(
        needs=groups,
        inputs=lambda given: {
            "name": f"launched-{given['network']}",
            "blockDeviceMappings": _disk(50),
            "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
            "vpcSecurityGroupIds": given["groupIds"][:1],
            "tagSpecifications": [{"resourceType": "instance", "tags": {"a": "b"}}],
            "tags": {"Name": "a"},
        },
        changes=lambda given: {
            "blockDeviceMappings": _disk(100),
            "vpcSecurityGroupIds": given["groupIds"],
            "tags": {"Owner": "b"},
        },
        replaced={"name": "other"},
    ),
    "aws:ec2/tag:Tag": Example(
        needs=groups,
        inputs=lambda given: {"resourceId": given["groupIds"][0], "key": "discovery", "value": "a"},
        changes=lambda _: {"value": "b"},
        replaced={"key": "other"},
    ),
    "aws:sqs/queue:Queue": Example(
        inputs=lambda _: {
            "name": "interruptions",
            "messageRetentionSeconds": 300,
            "sqsManagedSseEnabled": True,
            "tags": {"Name": "a"},
        },
        changes=lambda _: {"messageRetentionSeconds": 600, "tags": {"Owner": "b"}},
        replaced={"name": "other"},
    ),
    "aws:sqs/queuePolicy:QueuePolicy": Example(
        needs=queue,
        inputs=lambda given: {"queueUrl": given["queue"], "policy": _send("events.amazonaws.com")},
        changes=lambda _: {"policy": _send("sqs.amazonaws.com")},
        replaced={"queueUrl": "http://127.0.0.1/1/other"},
    ),
}
