"""Tags end with what they are on: moto keeps those of a deleted resource, so DescribeTags would find it still."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import backend_of

DELETES = {
    "DeleteSecurityGroup": "GroupId",
    "DeleteInternetGateway": "InternetGatewayId",
    "DeleteRouteTable": "RouteTableId",
    "ReleaseAddress": "AllocationId",
    "DeleteFlowLogs": "FlowLogIds",
}
"""Operation -> the parameter that names what it deletes, for operations that moto carries out rightly otherwise."""


def forget(call: Call, resource_ids: Iterable[str]) -> None:
    """Remove the tags of resources that are gone."""
    for resource_id in resource_ids:
        backend_of(call).tags.pop(resource_id, None)


def _deleting(parameter: str) -> Operation:
    def delete(call: Call) -> Any:
        result = call.moto()
        named = call.params.get(parameter, [])
        forget(call, [named] if isinstance(named, str) else named)
        return result

    return delete


def _get_tags(resource: Any) -> list[dict[str, str]]:
    """In the place of moto's, which matches every tag of the account against a pattern."""
    resource_type = EC2_PREFIX_TO_RESOURCE.get(get_prefix(resource.id or ""), "")
    return [
        {"resource_id": resource.id, "key": key, "value": value, "resource_type": resource_type}
        for key, value in resource.ec2_backend.tags.get(resource.id, {}).items()
    ]


TaggedEC2Resource.get_tags = _get_tags

REFUSALS: dict[Key, tuple[Refusal, ...]] = {}
OPERATIONS: dict[Key, Operation] = {
    ("ec2", operation): _deleting(parameter) for operation, parameter in DELETES.items()
}
