"""How resources with names that the engine made up are found once the state is lost that knew the names.

`finders.py` looks such a resource up by its name, which a killed run had recorded. A lost state had it too, and a new
preview makes another one up: by tag, or as `<logical name>-` and something. How a table is read, `finders.py` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from automation.recovery.finder import Call, Finder
from plan.tags import URN_TAG


def _tagged(kind: str, *, after: str) -> Finder:
    return Finder(
        service="resourcegroupstaggingapi",
        find=Call(
            operation="get_resources",
            params={
                "ResourceTypeFilters": [kind],
                "TagFilters": [{"Key": URN_TAG, "Values": ["$fleet_urn"]}],
            },
            at="ResourceTagMappingList[].ResourceARN",
        ),
        after=after,
    )


LOST_FINDERS: Final[Mapping[str, Finder]] = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": _tagged("cloudwatch:alarm", after=":alarm:"),
    "aws:lambda/function:Function": _tagged("lambda:function", after=":function:"),
    "aws:cloudwatch/eventRule:EventRule": Finder(
        service="events",
        find=Call(operation="list_rules", params={"NamePrefix": "$logical_name-"}, at="Rules[].Name"),
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Finder(
        service="events",
        find=Call(operation="list_targets_by_rule", params={"Rule": "$rule"}, at="Targets[].Id"),
        id="${rule}/${found}",
        absent=("ResourceNotFoundException",),
    ),
    "aws:iam/rolePolicy:RolePolicy": Finder(
        service="iam",
        find=Call(
            operation="list_role_policies",
            params={"RoleName": "$role"},
            at="PolicyNames[?starts_with(@, '$logical_name-')]",
        ),
        id="${role}:${found}",
        absent=("NoSuchEntity",),
    ),
}
