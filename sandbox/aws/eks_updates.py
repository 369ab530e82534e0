"""Changes of an EKS cluster: one kind in a call, one minor version at a time, and some ways are one-way.

Source: EKS API Reference, UpdateClusterConfig and UpdateClusterVersion; EKS User Guide, "Update existing cluster to
new Kubernetes version" and "Change authentication mode to use access entries".
"""

from __future__ import annotations

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.eks_clusters import logging_of
from sandbox.aws.eks_state import Shown, cluster_is_active, cluster_of, updated
from sandbox.aws.eks_versions import KUBELET_SKEW, VERSIONS, minor
from sandbox.aws.errors import Refused

KINDS = {
    "resourcesVpcConfig": "EndpointAccessUpdate",
    "logging": "LoggingUpdate",
    "accessConfig": "AccessConfigUpdate",
    "upgradePolicy": "UpgradePolicyUpdate",
    "deletionProtection": "DeletionProtectionUpdate",
}
"""Parameter of UpdateClusterConfig -> the type of the update."""

MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
"""Authentication modes, each reached from the one before it only."""


def is_one_kind(call: Call) -> None:
    """InvalidParameterException: a call changes one thing."""
    asked = [name for name in KINDS if name in call.params]
    if len(asked) != 1:
        raise Refused(
            "InvalidParameterException",
            "Only one type of update can be performed at a time" if asked else "No changes needed",
        )


def mode_goes_forward(call: Call) -> None:
    """InvalidParameterException: access entries, once on, stay on."""
    asked = call.params.get("accessConfig", {}).get("authenticationMode")
    has = cluster_of(call).shown["accessConfig"]["authenticationMode"]
    if asked and asked != has and MODES.index(asked) != MODES.index(has) + 1:
        raise Refused(
            "InvalidParameterException", f"Unsupported authentication mode update from {has} to {asked}"
        )


def update_config(call: Call) -> Shown:
    """Change one part of the configuration."""
    cluster = cluster_of(call)
    (name,) = [name for name in KINDS if name in call.params]
    value = call.params[name]
    if name == "logging":
        value = logging_of(
            {"clusterLogging": [*cluster.shown["logging"]["clusterLogging"], *value["clusterLogging"]]}
        )
    elif name != "deletionProtection":
        value = {**cluster.shown[name], **value}
    if name == "resourcesVpcConfig" and not value["endpointPublicAccess"]:
        value["publicAccessCidrs"] = []
    cluster.shown[name] = value
    return updated(cluster, KINDS[name], {})


def version_is_the_next(call: Call) -> None:
    """InvalidParameterException: one minor at a time upwards, to a version that EKS offers."""
    asked, has = call.params["version"], cluster_of(call).version
    if asked == has:
        raise Refused("InvalidParameterException", f"Cluster is already at version {has}")
    if asked not in VERSIONS or minor(asked) != minor(has) + 1:
        raise Refused(
            "InvalidParameterException",
            f"Unsupported Kubernetes minor version update from {has} to {asked}",
        )


def nodes_keep_up(call: Call) -> None:
    """InvalidParameterException: kubelets may be three minors behind, so that nodes go first."""
    asked = call.params["version"]
    for group in cluster_of(call).nodegroups.values():
        if minor(asked) - minor(group["version"]) > KUBELET_SKEW:
            raise Refused(
                "InvalidParameterException",
                f"Nodegroup {group['nodegroupName']} with version {group['version']} must be updated to be within "
                f"the supported version skew of {asked}",
            )


def update_version(call: Call) -> Shown:
    """The control plane one minor up; its nodes and add-ons stay as they are."""
    cluster = cluster_of(call)
    cluster.shown["version"] = call.params["version"]
    return updated(cluster, "VersionUpdate", {"Version": call.params["version"], "PlatformVersion": "eks.1"})


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("eks", "UpdateClusterConfig"): (cluster_is_active, is_one_kind, mode_goes_forward),
    ("eks", "UpdateClusterVersion"): (cluster_is_active, version_is_the_next, nodes_keep_up),
}
OPERATIONS: dict[Key, Operation] = {
    ("eks", "UpdateClusterConfig"): update_config,
    ("eks", "UpdateClusterVersion"): update_version,
}
