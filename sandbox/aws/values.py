"""Values that AWS's own models list: boto3 leaves them to the service, and moto takes anything."""

from __future__ import annotations

from collections.abc import Iterable

from moto.core.utils import get_service_model

from sandbox.aws.dispatch import Call, Refusal
from sandbox.aws.errors import Refused


def listed(code: str, *parameters: str) -> Refusal:
    """Refuse, with the service's error `code`, a value that the model of the operation does not list."""

    def refuse(call: Call) -> None:
        members = get_service_model(call.service).operation_model(call.operation).input_shape.members
        for parameter in parameters:
            value = call.params.get(parameter)
            if value is not None and value not in members[parameter].enum:
                raise Refused(code, constraint(parameter, value, one_of(members[parameter].enum)))

    return refuse


def one_of(values: Iterable[object]) -> str:
    """What a value that AWS lists must be."""
    return f"satisfy enum value set: [{', '.join(map(str, values))}]"


def constraint(parameter: str, value: object, must: str) -> str:
    """The words of AWS about a value that does not fit."""
    name = f"{parameter[0].lower()}{parameter[1:]}"
    return (
        f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: "
        f"Member must {must}"
    )
