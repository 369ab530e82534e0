"""EKS: clusters, node groups and add-ons."""

from __future__ import annotations

from typing import Final

from sandbox.providers.forms import JSON, UNORDERED
from sandbox.providers.hooks import change_node_group
from sandbox.providers.resource_type import (
    Call,
    Read,
    ResourceType,
    Tagging,
    When,
    call,
    fixed,
    local,
    updated,
)

_GONE: Final = ("ResourceNotFoundException",)
_ACTIVE: Final = When("status", ("ACTIVE",))
_TAGS: Final = Tagging(
    create_params={"tags": "$tags.map"},
    put=call("TagResource", resourceArn="$arn", tags="$tags.map"),
    remove=call("UntagResource", resourceArn="$arn", tagKeys="$tags.keys"),
    at="tags",
)


def _config(name: str, value: object) -> Call:
    """Change one part of a cluster's configuration: EKS takes one in a call."""
    return Call(operation="UpdateClusterConfig", params={"name": "$id", name: value})


_CLUSTER: Final = ResourceType(
    type="aws:eks/cluster:Cluster",
    service="eks",
    noun="EKS Cluster",
    cloudformation="AWS::EKS::Cluster",
    properties={
        "name": fixed(),
        "roleArn": fixed(),
        "version": updated(
            call("UpdateClusterVersion", name="$id", version="$version"),
            chosen=True,
        ),
        "vpcConfig": updated(
            _config(
                "resourcesVpcConfig",
                {
                    "endpointPrivateAccess": "$vpcConfig.endpointPrivateAccess",
                    "endpointPublicAccess": "$vpcConfig.endpointPublicAccess",
                    "publicAccessCidrs": "$vpcConfig.publicAccessCidrs",
                },
            ),
            answer="resourcesVpcConfig",
            told=(
                "clusterSecurityGroupId",
                "vpcId",
                "publicAccessCidrs",
                "securityGroupIds",
                "endpointPublicAccess",
                "endpointPrivateAccess",
            ),
            cloudformation="ResourcesVpcConfig",
        ),
        "kubernetesNetworkConfig": fixed(
            chosen=True,
            told=("ipFamily", "elasticLoadBalancing", "serviceIpv4Cidr"),
            differs="ForceNew of its service_ipv4_cidr and ip_family, which CloudFormation's schema has within it",
        ),
        "enabledClusterLogTypes": updated(
            _config(
                "logging",
                {
                    "clusterLogging": [
                        {"types": "$enabledClusterLogTypes.removed!", "enabled": False},
                        {"types": "$enabledClusterLogTypes!", "enabled": True},
                    ]
                },
            ),
            form=UNORDERED,
            answer="logging.clusterLogging[?enabled].types[]",
            cloudformation="Logging",
        ),
        "encryptionConfig": fixed(answer="encryptionConfig[0]"),
        "accessConfig": updated(
            _config("accessConfig", {"authenticationMode": "$accessConfig.authenticationMode"}),
            chosen=True,
            told=("bootstrapClusterCreatorAdminPermissions",),
        ),
        "bootstrapSelfManagedAddons": fixed(answer=None, default=True),
        "upgradePolicy": updated(_config("upgradePolicy", "$upgradePolicy"), chosen=True),
        "deletionProtection": updated(_config("deletionProtection", "$deletionProtection"), chosen=True),
    },
    autoname="name",
    create=call(
        "CreateCluster",
        name="$name",
        version="$version",
        roleArn="$roleArn",
        resourcesVpcConfig="$vpcConfig",
        kubernetesNetworkConfig="$kubernetesNetworkConfig",
        logging={"clusterLogging": [{"types": "$enabledClusterLogTypes!", "enabled": True}]},
        encryptionConfig=["$encryptionConfig"],
        accessConfig="$accessConfig",
        bootstrapSelfManagedAddons="$bootstrapSelfManagedAddons",
        upgradePolicy="$upgradePolicy",
        deletionProtection="$deletionProtection",
    ),
    id="${name}",
    reads=(Read(call("DescribeCluster", name="$id"), "cluster"),),
    ready=_ACTIVE,
    failed=When("status", ("FAILED",)),
    failure="health.issues[0].message",
    patience_s=300,
    gone=When("status", ("DELETED",)),
    delete=(call("DeleteCluster", name="$id"),),
    gone_codes=_GONE,
    outputs={
        "arn": "arn",
        "endpoint": "endpoint",
        "certificateAuthority": "certificateAuthority",
        "createdAt": "createdAt",
        "platformVersion": "platformVersion",
        "status": "status",
        "identities": "[{oidcs: [{issuer: identity.oidc.issuer}]}]",
    },
    tags=_TAGS,
)

_GROUP: Final = {"clusterName": "$clusterName", "nodegroupName": "$nodeGroupName"}
_UPGRADE: Final = call(
    "UpdateNodegroupVersion",
    **_GROUP,
    version="$version",
    launchTemplate={"id": "$launchTemplate.id!", "version": "$launchTemplate.version"},
    force="$forceUpdateVersion",
)

_NODE_GROUP: Final = ResourceType(
    type="aws:eks/nodeGroup:NodeGroup",
    service="eks",
    noun="EKS Node Group",
    cloudformation="AWS::EKS::Nodegroup",
    properties={
        "clusterName": fixed(),
        "nodeGroupName": fixed(answer="nodegroupName"),
        "nodeRoleArn": fixed(answer="nodeRole", cloudformation="NodeRole"),
        "subnetIds": fixed(form=UNORDERED, answer="subnets", cloudformation="Subnets"),
        "instanceTypes": fixed(chosen=True),
        "amiType": fixed(chosen=True),
        "capacityType": fixed(chosen=True),
        "diskSize": fixed(chosen=True),
        "scalingConfig": updated(change_node_group),
        "labels": updated(change_node_group),
        "taints": updated(change_node_group, form=UNORDERED),
        "updateConfig": updated(change_node_group, chosen=True),
        "nodeRepairConfig": updated(change_node_group, chosen=True),
        "version": updated(_UPGRADE, chosen=True),
        "launchTemplate": updated(
            _UPGRADE,
            told=("name", "id"),
        ),
        "forceUpdateVersion": local(cloudformation="ForceUpdateEnabled"),
    },
    autoname="nodeGroupName",
    create=call(
        "CreateNodegroup",
        **_GROUP,
        nodeRole="$nodeRoleArn",
        subnets="$subnetIds",
        instanceTypes="$instanceTypes",
        amiType="$amiType",
        capacityType="$capacityType",
        diskSize="$diskSize",
        scalingConfig="$scalingConfig",
        labels="$labels",
        taints="$taints",
        updateConfig="$updateConfig",
        nodeRepairConfig="$nodeRepairConfig",
        version="$version",
        launchTemplate="$launchTemplate",
    ),
    id="${clusterName}:${nodeGroupName}",
    reads=(Read(call("DescribeNodegroup", **_GROUP), "nodegroup"),),
    ready=_ACTIVE,
    patience_s=120,
    gone=When("status", ("DELETED",)),
    delete=(call("DeleteNodegroup", **_GROUP),),
    gone_codes=_GONE,
    outputs={
        "arn": "nodegroupArn",
        "status": "status",
        "releaseVersion": "releaseVersion",
        "resources": "[{autoscalingGroups: resources.autoScalingGroups[].{name: name}}]",
    },
    renewed=("releaseVersion",),
    tags=_TAGS,
)

_ADDON_ID: Final = {"clusterName": "$clusterName", "addonName": "$addonName"}
_UPDATE_ADDON: Final = call(
    "UpdateAddon",
    **_ADDON_ID,
    addonVersion="$addonVersion",
    configurationValues="$configurationValues",
    serviceAccountRoleArn="$serviceAccountRoleArn",
    resolveConflicts="$resolveConflictsOnUpdate",
)

_ADDON: Final = ResourceType(
    type="aws:eks/addon:Addon",
    service="eks",
    noun="EKS Add-On",
    cloudformation="AWS::EKS::Addon",
    properties={
        "clusterName": fixed(),
        "addonName": fixed(),
        "addonVersion": updated(_UPDATE_ADDON, chosen=True),
        "configurationValues": updated(_UPDATE_ADDON, form=JSON, chosen=True),
        "serviceAccountRoleArn": updated(_UPDATE_ADDON),
        "preserve": local(cloudformation="PreserveOnDelete"),
        "resolveConflictsOnCreate": local(cloudformation="ResolveConflicts"),
        "resolveConflictsOnUpdate": local(cloudformation="ResolveConflicts"),
    },
    create=call(
        "CreateAddon",
        **_ADDON_ID,
        addonVersion="$addonVersion",
        configurationValues="$configurationValues",
        serviceAccountRoleArn="$serviceAccountRoleArn",
        resolveConflicts="$resolveConflictsOnCreate",
    ),
    id="${clusterName}:${addonName}",
    reads=(Read(call("DescribeAddon", **_ADDON_ID), "addon"),),
    ready=_ACTIVE,
    gone=When("status", ("DELETED",)),
    delete=(call("DeleteAddon", **_ADDON_ID, preserve="$preserve"),),
    gone_codes=_GONE,
    outputs={"arn": "addonArn", "createdAt": "createdAt", "modifiedAt": "modifiedAt"},
    renewed=("modifiedAt",),
    tags=_TAGS,
)

TYPES: Final = (_CLUSTER, _NODE_GROUP, _ADDON)
