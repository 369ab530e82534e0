"""What AWS answered becomes a resource's outputs, and on a refresh its inputs.

Pure. A value that means the same as the one in the state keeps the state's spelling, so that only real drift
shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import jmespath

from sandbox.providers.check import DEFAULTS_KEY
from sandbox.providers.diff import blank, without_told
from sandbox.providers.forms import PLAIN
from sandbox.providers.resource_type import NEVER_RETURNED, NOT_SET, Property, ResourceType, When
from sandbox.providers.shapes import to_property_names
from sandbox.providers.templates import text
from sandbox.providers.wire import UNKNOWN, Properties

_SYSTEM_TAG_PREFIX: Final = "aws:"


def outputs(kind: ResourceType, answer: Mapping[str, Any], old: Mapping[str, Any]) -> Properties:
    """Every property of a resource: read from `answer`, or kept from `old` where AWS does not tell it."""
    found: Properties = {name: _value(name, item, answer, old) for name, item in kind.properties.items()}
    found |= {name: at(path, answer) for name, path in kind.outputs.items()}
    if kind.regional:
        found["region"] = old.get("region")
    if kind.tags:
        found["tagsAll"] = _tags(at(kind.tags.at, answer))
    found = {name: value for name, value in found.items() if value is not None}
    return found | {name: text(template, {**old, **found}) for name, template in kind.computed.items()}


def own_tags(
    all_tags: Mapping[str, str], old: Mapping[str, str], default_tags: Mapping[str, str]
) -> dict[str, str]:
    """The tags that are not the provider's: those that it does not give, or that the program gave as well."""
    return {
        key: value for key, value in all_tags.items() if key in old or default_tags.get(key, NOT_SET) != value
    }


def refreshed_inputs(kind: ResourceType, inputs: Mapping[str, Any], found: Mapping[str, Any]) -> Properties:
    """The inputs that the resource as it is now would have come from; all that it knows when there were none."""
    importing = not inputs
    names = [*kind.properties, "region", "tags", "tagsAll"]
    kept = {
        name: without_told(_told(kind, name), found[name], inputs.get(name))
        for name in names
        if name in found and (name in inputs or importing or name in {"tags", "tagsAll"})
    }
    without_blanks = {name: value for name, value in kept.items() if name in inputs or not blank(value)}
    return {**without_blanks, DEFAULTS_KEY: inputs.get(DEFAULTS_KEY, [])}


def _told(kind: ResourceType, name: str) -> tuple[str, ...]:
    return kind.properties[name].told if name in kind.properties else ()


def expected_outputs(kind: ResourceType, inputs: Mapping[str, Any]) -> Properties:
    """The outputs of a resource before it is made: its inputs, and unknown what AWS will say."""
    read = [name for name, item in kind.properties.items() if item.answer is not NEVER_RETURNED]
    names = [*read, *kind.outputs, *kind.computed]
    given = {
        name: {**dict.fromkeys(kind.properties[name].told, UNKNOWN), **value}
        if name in kind.properties and isinstance(value, Mapping)
        else value
        for name, value in inputs.items()
    }
    return {**dict.fromkeys(names, UNKNOWN), **given}


def assumed(kind: ResourceType) -> Properties:
    """What an imported resource is taken to have of the properties that AWS does not tell."""
    return {
        name: item.default
        for name, item in kind.properties.items()
        if item.answer is NEVER_RETURNED and item.default is not NOT_SET
    }


def holds(state: When | None, answer: Mapping[str, Any]) -> bool:
    """Whether what was read is in this state."""
    return state is not None and at(state.path, answer) in state.values


def at(path: str, answer: Any) -> Any:
    """The value at a JMESPath."""
    return jmespath.search(path, answer)


def _value(name: str, item: Property, answer: Mapping[str, Any], old: Mapping[str, Any]) -> Any:
    before = old.get(name)
    if item.answer is NEVER_RETURNED:
        return before
    raw = at(item.answer, answer) if item.answer else _by_name(name, answer)
    named = to_property_names(raw) if item.form is PLAIN and not item.answer else raw
    value = None if named is None else item.form.to_property(named)
    if (blank(value) and blank(before)) or (value is not None and item.form.same(value, before)):
        return before
    if (
        item.told
        and isinstance(before, Mapping)
        and item.form.same(without_told(item.told, value, before), before)
    ):
        return {**(value or {}), **before}
    return value


def _by_name(name: str, answer: Mapping[str, Any]) -> Any:
    return next((value for key, value in answer.items() if key.lower() == name.lower()), None)


def _tags(raw: Any) -> dict[str, str]:
    pairs = raw.items() if isinstance(raw, Mapping) else [(tag["Key"], tag["Value"]) for tag in raw or ()]
    return {key: value for key, value in pairs if not key.startswith(_SYSTEM_TAG_PREFIX)}
