"""Values as the engine sends them (protobuf Structs) and as this package works with them (Python values).

The provider accepts no secrets, outputs or resource references, so the engine sends plain values; what is
left are the sentinel strings that stand for values not yet known, and assets and archives, which pass
through as the engine's own dicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from google.protobuf import struct_pb2

SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"
ASSET_SIGNATURE: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE_SIGNATURE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
_SEALED_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"
_OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

_UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWN_SENTINELS: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        _UNKNOWN_STRING,
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)

Properties = dict[str, Any]


class Unknown:
    """A value that only exists after the resource it comes from is created."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


def has_unknown(value: object) -> bool:
    """Whether `value` is, or holds at any depth, a value not yet known."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


def from_struct(struct: struct_pb2.Struct) -> Properties:
    """The Python values of a Struct: integral numbers as int, nulls left out, sentinels as UNKNOWN."""
    return {
        key: _from_value(item)
        for key, item in struct.fields.items()
        if item.WhichOneof("kind") != "null_value"
    }


def to_struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """The Struct of Python values: None left out, UNKNOWN as the engine's sentinel."""
    struct = struct_pb2.Struct()
    struct.update({key: _to_json(item) for key, item in properties.items() if item is not None})
    return struct


def _from_value(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "struct_value":
            return _from_object(from_struct(value.struct_value))
        case "list_value":
            return [_from_value(item) for item in value.list_value.values]
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "string_value":
            return UNKNOWN if value.string_value in _UNKNOWN_SENTINELS else value.string_value
        case "bool_value":
            return value.bool_value
        case _:
            return None


def _from_object(properties: Properties) -> Any:
    signature = properties.get(SIGNATURE_KEY)
    if signature == _SEALED_SIGNATURE:
        return properties.get("value")
    if signature == _OUTPUT_SIGNATURE:
        return properties.get("value", UNKNOWN)
    return properties


def _to_json(value: Any) -> Any:
    if value is UNKNOWN:
        return _UNKNOWN_STRING
    if isinstance(value, Mapping):
        return {key: _to_json(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_to_json(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value
