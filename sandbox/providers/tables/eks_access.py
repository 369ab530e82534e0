"""EKS: who is let into a cluster, and which roles its pods get."""

from __future__ import annotations

from typing import Final

from sandbox.providers.forms import UNORDERED
from sandbox.providers.resource_type import Read, ResourceType, Tagging, call, fixed, updated

_GONE: Final = ("ResourceNotFoundException",)

_ENTRY_ID: Final = {"clusterName": "$clusterName", "principalArn": "$principalArn"}
_UPDATE_ENTRY: Final = call(
    "UpdateAccessEntry", **_ENTRY_ID, kubernetesGroups="$kubernetesGroups", username="$userName"
)

_ACCESS_ENTRY: Final = ResourceType(
    type="aws:eks/accessEntry:AccessEntry",
    service="eks",
    noun="EKS Access Entry",
    cloudformation="AWS::EKS::AccessEntry",
    properties={
        "clusterName": fixed(),
        "principalArn": fixed(),
        "type": fixed(chosen=True),
        "kubernetesGroups": updated(_UPDATE_ENTRY, form=UNORDERED, chosen=True),
        "userName": updated(_UPDATE_ENTRY, answer="username", chosen=True),
    },
    create=call(
        "CreateAccessEntry",
        **_ENTRY_ID,
        type="$type",
        kubernetesGroups="$kubernetesGroups",
        username="$userName",
    ),
    id="${clusterName}:${principalArn}",
    reads=(Read(call("DescribeAccessEntry", **_ENTRY_ID), "accessEntry"),),
    delete=(call("DeleteAccessEntry", **_ENTRY_ID),),
    gone_codes=_GONE,
    outputs={
        "accessEntryArn": "accessEntryArn",
        "createdAt": "createdAt",
        "modifiedAt": "modifiedAt",
    },
    renewed=("modifiedAt",),
    tags=Tagging(
        create_params={"tags": "$tags.map"},
        put=call("TagResource", resourceArn="$accessEntryArn", tags="$tags.map"),
        remove=call("UntagResource", resourceArn="$accessEntryArn", tagKeys="$tags.keys"),
        at="tags",
    ),
)

_POLICY_ASSOCIATION: Final = ResourceType(
    type="aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    service="eks",
    noun="EKS Access Policy Association",
    replaces_source="aws_eks_access_policy_association: ForceNew of all its arguments",
    properties={
        "clusterName": fixed(answer=None),
        "principalArn": fixed(answer=None),
        "policyArn": fixed(),
        "accessScope": fixed(told=("namespaces",)),
    },
    create=call("AssociateAccessPolicy", **_ENTRY_ID, policyArn="$policyArn", accessScope="$accessScope"),
    id="${clusterName}#${principalArn}#${policyArn}",
    reads=(
        Read(
            call("ListAssociatedAccessPolicies", **_ENTRY_ID),
            "associatedAccessPolicies[?policyArn=='${policyArn}'] | [0]",
        ),
    ),
    delete=(call("DisassociateAccessPolicy", **_ENTRY_ID, policyArn="$policyArn"),),
    gone_codes=_GONE,
    outputs={"associatedAt": "associatedAt", "modifiedAt": "modifiedAt"},
)

_UPDATE_IDENTITY: Final = call(
    "UpdatePodIdentityAssociation",
    clusterName="$clusterName",
    associationId="$id",
    roleArn="$roleArn",
    disableSessionTags="$disableSessionTags",
)

_POD_IDENTITY: Final = ResourceType(
    type="aws:eks/podIdentityAssociation:PodIdentityAssociation",
    service="eks",
    noun="EKS Pod Identity Association",
    cloudformation="AWS::EKS::PodIdentityAssociation",
    properties={
        "clusterName": fixed(),
        "namespace": fixed(),
        "serviceAccount": fixed(),
        "roleArn": updated(_UPDATE_IDENTITY),
        "disableSessionTags": updated(_UPDATE_IDENTITY, chosen=True),
    },
    create=call(
        "CreatePodIdentityAssociation",
        clusterName="$clusterName",
        namespace="$namespace",
        serviceAccount="$serviceAccount",
        roleArn="$roleArn",
        disableSessionTags="$disableSessionTags",
    ),
    id="association.associationId",
    import_id="${clusterName},${id}",
    reads=(
        Read(
            call("DescribePodIdentityAssociation", clusterName="$clusterName", associationId="$id"),
            "association",
        ),
    ),
    delete=(call("DeletePodIdentityAssociation", clusterName="$clusterName", associationId="$id"),),
    gone_codes=_GONE,
    outputs={"associationArn": "associationArn", "associationId": "associationId"},
    tags=Tagging(
        create_params={"tags": "$tags.map"},
        put=call("TagResource", resourceArn="$associationArn", tags="$tags.map"),
        remove=call("UntagResource", resourceArn="$associationArn", tagKeys="$tags.keys"),
        at="tags",
    ),
)

TYPES: Final = (_ACCESS_ENTRY, _POLICY_ASSOCIATION, _POD_IDENTITY)
