"""Every resource type that the provider knows, by its token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.providers.resource_type import ResourceType
from sandbox.providers.tables import (
    cloudformation,
    cloudwatch,
    ec2,
    ecr,
    efs,
    eks,
    eks_access,
    events,
    fsx,
    functions,
    iam,
    kms,
    launch_templates,
    peering,
    routing,
    s3,
    s3_objects,
    security_groups,
    sns,
    sqs,
    vpc,
)

_TABLES: Final = (
    cloudformation,
    cloudwatch,
    ec2,
    ecr,
    efs,
    eks,
    eks_access,
    events,
    fsx,
    functions,
    iam,
    kms,
    launch_templates,
    peering,
    routing,
    s3,
    s3_objects,
    security_groups,
    sns,
    sqs,
    vpc,
)

RESOURCE_TYPES: Final[Mapping[str, ResourceType]] = {
    kind.type: kind for table in _TABLES for kind in table.TYPES
}
