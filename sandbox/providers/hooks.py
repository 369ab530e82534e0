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
