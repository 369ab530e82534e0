"""Request parameters and texts of the tables, filled in from a resource's values.

`"$vpcId"` alone stands for the value itself, of any type; inside a longer text (`"${role}:${name}"`) for its
text. A value that is absent takes its key or list item with it; written `"$cidrIpv4!"` it takes the whole
enclosing object, for parameters that make no sense without it. `"$requester.enabled"` is a part of a value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Template
from typing import Any, Final


class _Text(Template):
    """`${name}` and `${name.part}` in texts."""

    idpattern = r"[a-zA-Z][\w.]*"


_WHOLE: Final = re.compile(r"\$(?P<name>[a-zA-Z][\w.]*)(?P<needed>!?)")


class _Absent(Exception):
    """A value that the enclosing object cannot do without is not there."""


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """`template` with its `$names` replaced from `values`; None when nothing of it is left."""
    try:
        return _fill(template, values)
    except _Absent:
        return None


def text(template: str, values: Mapping[str, Any]) -> str:
    """`template` as text; raises KeyError naming the value that is not there."""
    return _Text(template).substitute(values)


def parse(template: str, filled: str) -> dict[str, str] | None:
    """The values that make `template` into `filled` (an import id taken apart), None when none do."""
    literal = re.split(r"\$\{(\w+)\}", template)
    pattern = "".join(
        f"(?P<{part}>.+?)" if index % 2 else re.escape(part) for index, part in enumerate(literal)
    )
    match = re.fullmatch(pattern, filled)
    return match.groupdict() if match else None


def _fill(template: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(template, str):
        return _fill_text(template, values)
    if isinstance(template, Mapping):
        return _fill_object(template, values)
    if isinstance(template, list | tuple):
        items = [fill(item, values) for item in template]
        return [item for item in items if item is not None] or None
    return template


def _fill_text(template: str, values: Mapping[str, Any]) -> Any:
    whole = _WHOLE.fullmatch(template)
    if whole is None:
        return text(template, values) if "$" in template else template
    value = _look_up(whole["name"], values)
    if value is None and whole["needed"]:
        raise _Absent
    return value


def _look_up(name: str, values: Mapping[str, Any]) -> Any:
    """The value `name`, or the part of one that its dots lead to."""
    if name in values:
        return values[name]
    whole, dot, part = name.rpartition(".")
    outer = _look_up(whole, values) if dot else None
    return outer.get(part) if isinstance(outer, Mapping) else None


def _fill_object(template: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any] | None:
    filled = {key: _fill(item, values) for key, item in template.items()}
    return {key: item for key, item in filled.items() if item is not None} or None
