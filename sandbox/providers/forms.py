"""How the value of one property is written in requests, read from answers, and compared.

Most properties are PLAIN. The others are those that AWS writes in another shape than the provider does, or
returns in another order or spelling than it was given.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final


def _itself(value: Any) -> Any:
    return value


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """Three views of a property's value.

    `to_api` gives the request's value, `to_property` the property's from an answer's, and `canonical` what
    two values that mean the same have in common.
    """

    to_api: Callable[[Any], Any] = _itself
    to_property: Callable[[Any], Any] = _itself
    canonical: Callable[[Any], Any] = _itself

    def same(self, left: Any, right: Any) -> bool:
        """Whether two values of the property mean the same."""
        return bool(self.canonical(left) == self.canonical(right))


def _sorted(values: Any) -> Any:
    return sorted(values, key=json.dumps) if isinstance(values, list) else values


def _json_text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


def _canonical_json(text: Any) -> Any:
    try:
        return _canonical_document(json.loads(text))
    except (TypeError, ValueError):
        return text


def _canonical_document(value: Any) -> Any:
    """IAM reads a list of one as its element and gives lists no order."""
    if isinstance(value, dict):
        return {key: _canonical_document(item) for key, item in value.items()}
    if isinstance(value, list):
        items = _sorted([_canonical_document(item) for item in value])
        return items[0] if len(items) == 1 else items
    return value


def _to_pairs(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def _from_pairs(pairs: list[dict[str, str]]) -> dict[str, str]:
    return {pair["Name"]: pair["Value"] for pair in pairs}


def _named(value: Any, names: Mapping[str, str]) -> Any:
    """An answer's value under the provider's names: those given, else the same in camelCase."""
    if isinstance(value, Mapping):
        items = (
            (names.get(key, key[:1].lower() + key[1:]), _named(item, names)) for key, item in value.items()
        )
        return {key: item for key, item in items if item is not None}
    if isinstance(value, list):
        return [_named(item, names) for item in value]
    return value


def renamed(**names: str) -> Form:
    """A structure in which the provider spells some members in its own way: AWS's name to the provider's."""
    return Form(to_property=lambda value: _named(value, names))


def _content_hash(archive: Any) -> Any:
    return archive.get("hash", archive) if isinstance(archive, dict) else archive


def _flag_text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


PLAIN: Final = Form()
NUMBER_TEXT: Final = Form(to_api=str, to_property=int)
FLAG_TEXT: Final = Form(to_api=_flag_text, to_property=lambda text: text == "true")
UNORDERED: Final = Form(canonical=_sorted)
JSON: Final = Form(to_property=_json_text, canonical=_canonical_json)
NAME_VALUE: Final = Form(to_api=_to_pairs, to_property=_from_pairs)
ARCHIVE: Final = Form(canonical=_content_hash)
