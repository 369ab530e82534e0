"""The official images that ParallelCluster looks for: one of each system and architecture, by AWS's name for it."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from moto.ec2.models.amis import Ami

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import backend_of

OWNER_ID = "247102896272"
"""ParallelCluster's account, whose alias is amazon."""
BUILT = "202510311217"
_ASKED = re.compile(
    r"(?P<name>aws-parallelcluster-(?P<version>[0-9.]+)-(?:amzn2-hvm|amzn2023-hvm|ubuntu-2204-lts-hvm|"
    r"ubuntu-2404-lts-hvm|rhel8-hvm|rocky8-hvm|rhel9-hvm|rocky9-hvm)-(?P<architecture>x86_64|arm64))\*"
)


def describe_images(call: Call) -> Any:
    """Moto's images, to which the official one is added when it is asked for."""
    for item in call.params.get("Filters", []):
        for value in item.get("Values", []) if item["Name"] == "name" else ():
            match = _ASKED.fullmatch(value)
            if match:
                _add(call, match)
    return call.moto()


def _add(call: Call, match: re.Match[str]) -> None:
    name = f"{match['name']}-{BUILT}"
    digest = hashlib.sha256(f"{call.region}{name}".encode()).hexdigest()
    backend, image_id = backend_of(call), f"ami-{digest[:17]}"
    if image_id not in backend.amis:
        backend.amis[image_id] = Ami(
            backend,
            image_id,
            name=name,
            owner_id=OWNER_ID,
            owner_alias="amazon",
            public=True,
            virtualization_type="hvm",
            architecture=match["architecture"],
            root_device_type="ebs",
            region_name=f"{call.region}a",
        )


REFUSALS: dict[Key, tuple[Refusal, ...]] = {}
OPERATIONS: dict[Key, Operation] = {("ec2", "DescribeImages"): describe_images}
