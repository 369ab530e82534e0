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
