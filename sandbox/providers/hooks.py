"""Steps that no request template can express."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.providers.resource_type import Ask


def revoke_all_rules(ask: Ask, values: Mapping[str, Any]) -> None:
    """Close a security group: what its rules are is only known by asking."""
    group = ask("DescribeSecurityGroups", {"GroupIds": [values["id"]]})["SecurityGroups"][0]
    if group.get("IpPermissions"):
        ask("RevokeSecurityGroupIngress", {"GroupId": values["id"], "IpPermissions": group["IpPermissions"]})
    if group.get("IpPermissionsEgress"):
        ask(
            "RevokeSecurityGroupEgress",
            {"GroupId": values["id"], "IpPermissions": group["IpPermissionsEgress"]},
        )


def stop_access_logs(ask: Ask, values: Mapping[str, Any]) -> None:
    """Access logs are ended by an empty status, which a template would leave out."""
    ask("PutBucketLogging", {"Bucket": values["bucket"], "BucketLoggingStatus": {}})


def empty_bucket(ask: Ask, values: Mapping[str, Any]) -> None:
    """With `forceDestroy`, delete every version and marker in a bucket: S3 deletes none that is not empty."""
    if not values.get("forceDestroy"):
        return
    while True:
        page = ask("ListObjectVersions", {"Bucket": values["id"]})
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        if not found:
            return
        objects = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
        ask("DeleteObjects", {"Bucket": values["id"], "Delete": {"Objects": objects, "Quiet": True}})


def delete_every_version(ask: Ask, values: Mapping[str, Any]) -> None:
    """Delete an object with all that a versioned bucket keeps of it (aws_s3_object, deleteAllObjectVersions)."""
    key = values["key"]
    page = ask("ListObjectVersions", {"Bucket": values["bucket"], "Prefix": key})
    for item in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
        if item["Key"] == key:
            ask("DeleteObject", {"Bucket": values["bucket"], "Key": key, "VersionId": item["VersionId"]})


def change_node_group(ask: Ask, values: Mapping[str, Any]) -> None:
    """Labels and taints are told as what comes and what goes; sizes and ways of updating as they are to be."""
    labels, old_labels = values.get("labels") or {}, values.get("old.labels") or {}
    taints, old_taints = values.get("taints") or [], values.get("old.taints") or []
    changes = {
        "labels": _present(
            addOrUpdateLabels={key: item for key, item in labels.items() if old_labels.get(key) != item},
            removeLabels=[key for key in old_labels if key not in labels],
        ),
        "taints": _present(
            addOrUpdateTaints=[taint for taint in taints if taint not in old_taints],
            removeTaints=[taint for taint in old_taints if not _replaced(taint, taints)],
        ),
        **{
            name: values[name]
            for name in ("scalingConfig", "updateConfig", "nodeRepairConfig")
            if values.get(name) and values[name] != values.get(f"old.{name}")
        },
    }
    group = {"clusterName": values["clusterName"], "nodegroupName": values["nodeGroupName"]}
    ask("UpdateNodegroupConfig", {**group, **_present(**changes)})


def _present(**members: Any) -> dict[str, Any]:
    return {name: member for name, member in members.items() if member}


def _replaced(taint: Mapping[str, Any], taints: list[Mapping[str, Any]]) -> bool:
    """Whether a taint stays or gets another value: a taint is its key and its effect."""
    return any(item["key"] == taint["key"] and item["effect"] == taint["effect"] for item in taints)
