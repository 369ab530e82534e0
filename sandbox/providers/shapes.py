"""Requests and answers in botocore's own shapes: names differ from the provider's only by their case.

Botocore's models say what each operation takes, so the tables name a parameter only where the provider calls
it something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sandbox.providers.archives import zip_bytes


def member_named(shape: Shape | None, name: str) -> str | None:
    """The member of a structure that `name` means, whatever its case."""
    if not isinstance(shape, StructureShape):
        return None
    return next((member for member in shape.members if member.lower() == name.lower()), None)


def to_shape(value: Any, shape: Shape) -> Any:
    """`value` with the names and types that `shape` has; an unknown name stays for botocore to refuse.

    An archive becomes a zip file here, where it is sent: the engine's state keeps no more of it than a hash.
    """
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        named = {member_named(shape, key) or key: item for key, item in value.items()}
        return {
            key: to_shape(item, shape.members[key]) if key in shape.members else item
            for key, item in named.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list | tuple):
        return [to_shape(item, shape.member) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {key: to_shape(item, shape.value) for key, item in value.items()}
    if shape.type_name == "blob" and isinstance(value, Mapping):
        return zip_bytes(value)
    return _scalar(value, shape.type_name)


def to_property_names(value: Any) -> Any:
    """An answer's value with the provider's names: structure members in camelCase."""
    if isinstance(value, Mapping):
        return {key[:1].lower() + key[1:]: to_property_names(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_property_names(item) for item in value]
    return value


def _scalar(value: Any, type_name: str) -> Any:
    if type_name in {"float", "double"} and isinstance(value, int | str):
        return float(value)
    if type_name in {"integer", "long"} and isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    if type_name == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value
