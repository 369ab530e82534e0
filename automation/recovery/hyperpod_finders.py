"""How a HyperPod cluster is found whose creation was interrupted; `finders.py` says how a table is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from automation.recovery.finder import Call, Finder
from plan.tags import URN_TAG

HYPERPOD_FINDERS: Final[Mapping[str, Finder]] = {
    "aws-native:sagemaker:Cluster": Finder(
        service="sagemaker",
        find=Call(operation="describe_cluster", params={"ClusterName": "$clusterName"}, at="[ClusterArn]"),
        absent=("ResourceNotFound",),
        tag=Call(
            operation="list_tags",
            params={"ResourceArn": "$found"},
            at=f"Tags[?Key=='{URN_TAG}'].Value",
        ),
    ),
}
