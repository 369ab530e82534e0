"""How EKS's resources, launch templates and queues are found; `finders.py` says how a table is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automation.recovery.finder import Call, Finder
from plan.tags import URN_TAG

_ABSENT: Final = ("ResourceNotFoundException",)


def _named(operation: str, params: Mapping[str, Any], member: str, name: str, *, id: str) -> Finder:  # noqa: A002
    """What EKS describes by its name, and whose tags it shows in the same answer."""
    return Finder(
        service="eks",
        find=Call(operation=operation, params=params, at=f"[{member}.{name}]"),
        id=id,
        absent=_ABSENT,
        tag=Call(operation=operation, params=params, at=f'[{member}.tags."{URN_TAG}"]'),
    )


EKS_FINDERS: Final[Mapping[str, Finder]] = {
    "aws:eks/cluster:Cluster": _named("describe_cluster", {"name": "$name"}, "cluster", "name", id=Finder.ID),
    "aws:eks/nodeGroup:NodeGroup": _named(
        "describe_nodegroup",
        {"clusterName": "$clusterName", "nodegroupName": "$nodeGroupName"},
        "nodegroup",
        "nodegroupName",
        id="${clusterName}:${found}",
    ),
    "aws:eks/addon:Addon": _named(
        "describe_addon",
        {"clusterName": "$clusterName", "addonName": "$addonName"},
        "addon",
        "addonName",
        id="${clusterName}:${found}",
    ),
    "aws:eks/accessEntry:AccessEntry": _named(
        "describe_access_entry",
        {"clusterName": "$clusterName", "principalArn": "$principalArn"},
        "accessEntry",
        "principalArn",
        id="${clusterName}:${found}",
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": Finder(
        service="eks",
        find=Call(
            operation="list_associated_access_policies",
            params={"clusterName": "$clusterName", "principalArn": "$principalArn"},
            at="associatedAccessPolicies[?policyArn=='$policyArn'].policyArn",
        ),
        id="${clusterName}#${principalArn}#${found}",
        absent=_ABSENT,
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Finder(
        service="eks",
        find=Call(
            operation="list_pod_identity_associations",
            params={
                "clusterName": "$clusterName",
                "namespace": "$namespace",
                "serviceAccount": "$serviceAccount",
            },
            at="associations[].associationId",
        ),
        id="${clusterName},${found}",
        absent=_ABSENT,
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": Finder(
        service="ec2",
        find=Call(
            operation="describe_launch_templates",
            params={"Filters": [{"Name": f"tag:{URN_TAG}", "Values": ["$fleet_urn"]}]},
            at="LaunchTemplates[].LaunchTemplateId",
        ),
    ),
    "aws:sqs/queue:Queue": Finder(
        service="sqs",
        find=Call(operation="get_queue_url", params={"QueueName": "$name"}, at="[QueueUrl]"),
        absent=("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
        tag=Call(operation="list_queue_tags", params={"QueueUrl": "$found"}, at=f'[Tags."{URN_TAG}"]'),
    ),
}

REPEATABLE_OF_EKS: Final = frozenset({"aws:ec2/tag:Tag", "aws:sqs/queuePolicy:QueuePolicy"})
"""A tag and a policy are put on what is there: putting them again is harmless."""
