"""EKS add-ons: versions that suit the cluster, settings that suit their schema, and health that comes from nodes.

Source: EKS API Reference, CreateAddon and its neighbours; EKS User Guide, "Create an Amazon EKS add-on" and "Determine
fields you can customize for Amazon EKS add-ons".
"""

from __future__ import annotations

import json
import uuid
from typing import Any

import jsonschema

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.eks_addon_catalogue import OFFERED, OfferedAddon
from sandbox.aws.eks_state import EksCluster, Shown, cluster_is_active, cluster_of, member_of, now, updated
from sandbox.aws.errors import Refused


def addon_is_offered(call: Call) -> None:
    """InvalidParameterException for an add-on that AWS does not have."""
    _offered(call.params["addonName"])


def _offered(name: str) -> OfferedAddon:
    if name not in OFFERED:
        raise Refused("InvalidParameterException", f"Addon {name} specified is not supported")
    return OFFERED[name]


def addon_is_new(call: Call) -> None:
    """ResourceInUseException: an add-on is there once."""
    if call.params["addonName"] in cluster_of(call).addons:
        raise Refused("ResourceInUseException", "Addon already exists.")


def version_suits_the_cluster(call: Call) -> None:
    """InvalidParameterException for a version that is not for the cluster's Kubernetes version."""
    asked, cluster = call.params.get("addonVersion"), cluster_of(call)
    if asked is None:
        return
    if cluster.version not in _offered(call.params["addonName"]).versions.get(asked, ()):
        raise Refused("InvalidParameterException", "Addon version specified is not supported")


def settings_suit_the_schema(call: Call) -> None:
    """InvalidParameterException: settings are JSON as the add-on's schema says."""
    text = call.params.get("configurationValues")
    if not text:
        return
    try:
        settings = json.loads(text)
    except ValueError as error:
        raise Refused(
            "InvalidParameterException", f"ConfigurationValue is not in valid JSON or YAML: {error}"
        ) from None
    validator = jsonschema.Draft7Validator(_offered(call.params["addonName"]).schema)
    problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(settings)]
    if problems:
        raise Refused(
            "InvalidParameterException",
            "ConfigurationValue provided in request is not supported: Json schema validation failed with error: "
            f"{problems}",
        )


def create(call: Call) -> Shown:
    """The add-on in the version that is asked for, or the newest for the cluster."""
    cluster, name = cluster_of(call), call.params["addonName"]
    addon = {
        "addonName": name,
        "clusterName": cluster.name,
        "addonVersion": call.params.get("addonVersion") or _newest(name, cluster.version),
        "addonArn": f"{cluster.arn.replace(':cluster/', ':addon/')}/{name}/{uuid.uuid4()}",
        "createdAt": now(),
        "modifiedAt": now(),
        "tags": dict(call.params.get("tags", {})),
        "publisher": "eks",
        "owner": "aws",
        "podIdentityAssociations": [],
    }
    for field in ("configurationValues", "serviceAccountRoleArn"):
        if field in call.params:
            addon[field] = call.params[field]
    cluster.addons[name] = addon
    return {"addon": {**addon, "status": "CREATING", "health": {"issues": []}}}


def _newest(name: str, minor: str) -> str:
    versions = _offered(name).versions
    return next(version for version, minors in versions.items() if minor in minors)


def _get(call: Call) -> tuple[EksCluster, Shown]:
    cluster = cluster_of(call)
    return cluster, member_of(cluster.addons, call.params["addonName"], "addon")


def describe(call: Call) -> Shown:
    """The add-on as it is: degraded while its pods have no node to run on."""
    cluster, addon = _get(call)
    missing = not _runs(cluster, addon)
    issue = {
        "code": "InsufficientNumberOfReplicas",
        "message": "The add-on is unhealthy because it doesn't have the desired number of replicas.",
        "resourceIds": [],
    }
    return {
        "addon": {
            **addon,
            "status": "DEGRADED" if missing else "ACTIVE",
            "health": {"issues": [issue] if missing else []},
        }
    }


def _runs(cluster: EksCluster, addon: Shown) -> bool:
    """Whether some node takes its pods: one that has no taint which they do not tolerate."""
    offered = OFFERED[addon["addonName"]]
    if not offered.tolerations:
        return True
    tolerated = _tolerations(offered, addon)
    return any(
        group["scalingConfig"]["desiredSize"] > 0
        and all(_tolerates(tolerated, taint) for taint in group["taints"])
        for group in cluster.nodegroups.values()
    )


def _tolerations(offered: OfferedAddon, addon: Shown) -> list[Shown]:
    value: Any = json.loads(addon.get("configurationValues") or "{}")
    for step in offered.tolerations:
        value = value.get(step) if isinstance(value, dict) else None
    if value is None:
        return [{"key": "CriticalAddonsOnly", "operator": "Exists"}]  # AWS's own default
    found: list[Shown] = value
    return found


def _tolerates(tolerations: list[Shown], taint: Shown) -> bool:
    if taint["effect"] == "PREFER_NO_SCHEDULE":
        return True
    return any(
        item.get("key") in (None, taint["key"])
        and (item.get("operator", "Equal") == "Exists" or item.get("value", "") == taint.get("value", ""))
        for item in tolerations
    )


def list_addons(call: Call) -> Shown:
    """The names of a cluster's add-ons."""
    return {"addons": list(cluster_of(call).addons)}


def change(call: Call) -> Shown:
    """Another version or other settings."""
    cluster, addon = _get(call)
    for field in ("addonVersion", "configurationValues", "serviceAccountRoleArn"):
        if field in call.params:
            addon[field] = call.params[field]
    addon["modifiedAt"] = now()
    return updated(
        cluster, "AddonUpdate", {"AddonVersion": addon["addonVersion"]}, addonName=addon["addonName"]
    )


def delete(call: Call) -> Shown:
    """The add-on; its software may stay, which nobody sees here."""
    cluster, addon = _get(call)
    del cluster.addons[addon["addonName"]]
    return {"addon": {**addon, "status": "DELETING"}}


def describe_versions(call: Call) -> Shown:
    """The versions of all add-ons or of one, for all Kubernetes versions or for one."""
    name, minor = call.params.get("addonName"), call.params.get("kubernetesVersion")
    found = []
    for addon in OFFERED.values():
        if name not in (None, addon.name):
            continue
        versions = [
            {
                "addonVersion": version,
                "architecture": ["amd64", "arm64"],
                "compatibilities": [
                    {
                        "clusterVersion": offered,
                        "platformVersions": ["*"],
                        "defaultVersion": version == _newest(addon.name, offered),
                    }
                    for offered in minors
                ],
                "requiresConfiguration": False,
                "requiresIamPermissions": bool(addon.managed_policy),
            }
            for version, minors in addon.versions.items()
            if minor is None or minor in minors
        ]
        if versions:
            shown = {"addonName": addon.name, "addonVersions": versions, "publisher": "eks", "owner": "aws"}
            found.append(shown)
    return {"addons": found}


def describe_configuration(call: Call) -> Shown:
    """The schema of an add-on's settings, and which role its pods want."""
    addon = _offered(call.params["addonName"])
    pods = {
        "serviceAccount": addon.service_account,
        "recommendedManagedPolicies": [addon.managed_policy],
    }
    return {
        "addonName": addon.name,
        "addonVersion": call.params["addonVersion"],
        "configurationSchema": json.dumps(addon.schema),
        "podIdentityConfiguration": [pods] if addon.service_account else [],
    }


_SUITS = (version_suits_the_cluster, settings_suit_the_schema)
REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("eks", "CreateAddon"): (cluster_is_active, addon_is_offered, addon_is_new, *_SUITS),
    ("eks", "UpdateAddon"): (cluster_is_active, *_SUITS),
}
OPERATIONS: dict[Key, Operation] = {
    ("eks", "CreateAddon"): create,
    ("eks", "DescribeAddon"): describe,
    ("eks", "ListAddons"): list_addons,
    ("eks", "UpdateAddon"): change,
    ("eks", "DeleteAddon"): delete,
    ("eks", "DescribeAddonVersions"): describe_versions,
    ("eks", "DescribeAddonConfiguration"): describe_configuration,
}
