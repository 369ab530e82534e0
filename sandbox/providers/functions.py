"""The provider's functions (invokes) that programs use to learn where they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.providers.configuration import Instance
from sandbox.providers.errors import ProviderError
from sandbox.providers.wire import Properties


def _caller_identity(instance: Instance, _args: Mapping[str, Any]) -> Properties:
    return {
        "accountId": instance.account,
        "arn": instance.caller_arn,
        "id": instance.account,
        "userId": instance.caller_id,
    }


def _region(instance: Instance, args: Mapping[str, Any]) -> Properties:
    region = args.get("region") or instance.configuration.region
    return {"id": region, "name": region, "region": region, "endpoint": f"ec2.{region}.amazonaws.com"}


def _partition(_instance: Instance, _args: Mapping[str, Any]) -> Properties:
    return {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


_FUNCTIONS: Final[Mapping[str, Callable[[Instance, Mapping[str, Any]], Properties]]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
}


def invoke(token: str, instance: Instance, args: Mapping[str, Any]) -> Properties:
    """The function's result; raises ProviderError for one that the sandbox does not have."""
    function = _FUNCTIONS.get(token)
    if function is None:
        raise ProviderError(f"the sandbox has no function {token}; it has {', '.join(sorted(_FUNCTIONS))}")
    return function(instance, args)
