"""Diff: which properties of a resource change, and whether that replaces it.

Pure. The state's outputs are compared with the program's inputs, so that drift which a refresh brought in is
seen as well as a changed program; a property that the program never set may have any value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sandbox.providers.check import DEFAULTS_KEY
from sandbox.providers.forms import PLAIN
from sandbox.providers.resource_type import ResourceType
from sandbox.providers.wire import SIGNATURE_KEY, Properties, has_unknown

_PLAIN_KEY: Final = re.compile(r"[a-zA-Z_$][\w$]*")


class Change(StrEnum):
    """What happens to a value, in the engine's words."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """The changed paths (`tags.Owner`), the properties that they are in, and those that replace."""

    paths: Mapping[str, Change]
    properties: tuple[str, ...]
    replaces: tuple[str, ...]
    delete_before_replace: bool

    def replacing(self, path: str) -> bool:
        """Whether the changed `path` is (in) a property that replaces the resource."""
        return any(path == name or path.startswith((f"{name}.", f"{name}[")) for name in self.replaces)


def difference(
    kind: ResourceType,
    *,
    outputs: Mapping[str, Any],
    old_inputs: Mapping[str, Any],
    news: Mapping[str, Any],
    ignore: Sequence[str] = (),
) -> Difference:
    """What changes when a resource with these `outputs`, made of `old_inputs`, gets the inputs `news`."""
    paths: dict[str, Change] = {}
    changed: list[str] = []
    for name in _compared(kind, old_inputs, news):
        found = {
            path: change
            for path, change in _property_changes(kind, name, outputs.get(name), news.get(name))
            if not _ignored(path, ignore)
        }
        if found:
            paths |= found
            changed.append(name)
    replaces = tuple(name for name in changed if _replaces(kind, name))
    return Difference(
        paths=paths,
        properties=tuple(changed),
        replaces=replaces,
        delete_before_replace=bool(replaces) and _keeps_its_name(kind, outputs, news),
    )


def blank(value: object) -> bool:
    """Whether AWS does not tell `value` from one that was never set."""
    return value is None or value in ("", [], {})


def _compared(kind: ResourceType, old_inputs: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[str]:
    prefix = f"{kind.autoname}Prefix"
    chosen = {name for name, item in kind.properties.items() if item.chosen and name not in news}
    names = dict.fromkeys((*news, *old_inputs))
    return (name for name in names if name not in {DEFAULTS_KEY, prefix, *chosen})


def _replaces(kind: ResourceType, name: str) -> bool:
    return name == "region" or (name in kind.properties and kind.properties[name].replaces)


def _keeps_its_name(kind: ResourceType, outputs: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """A name that the program fixed can belong to one resource at a time."""
    name = kind.autoname
    automatic = name in news.get(DEFAULTS_KEY, ())
    return bool(name) and not automatic and news.get(name) == outputs.get(name)


def _property_changes(kind: ResourceType, name: str, old: Any, new: Any) -> Iterator[tuple[str, Change]]:
    item = kind.properties.get(name)
    form = item.form if item else PLAIN
    old = without_told(item.told if item else (), old, new)
    if (blank(old) and blank(new)) or (not has_unknown(new) and form.same(old, new)):
        return iter(())
    return _changes(name, old, new)


def _changes(path: str, old: Any, new: Any) -> Iterator[tuple[str, Change]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping) and SIGNATURE_KEY not in new:
        for key in dict.fromkeys((*old, *new)):
            yield from _changes(join(path, key), old.get(key), new.get(key))
    elif old is None and new is not None:
        yield path, Change.ADD
    elif new is None and old is not None:
        yield path, Change.DELETE
    elif old != new:
        yield path, Change.UPDATE


def join(path: str, key: str) -> str:
    """The engine's path of a member of what `path` names."""
    return f"{path}.{key}" if _PLAIN_KEY.fullmatch(key) else f'{path}["{key}"]'


def _ignored(path: str, ignore: Sequence[str]) -> bool:
    return any(path == item or path.startswith((f"{item}.", f"{item}[")) for item in ignore)


def after(
    kind: ResourceType, outputs: Mapping[str, Any], old_inputs: Mapping[str, Any], news: Mapping[str, Any]
) -> Properties:
    """The outputs that an update is expected to leave: what the program no longer sets is gone."""
    dropped = {name for name in old_inputs if name not in news}
    kept = {name: value for name, value in outputs.items() if name not in dropped}
    given = {name: value for name, value in news.items() if name != DEFAULTS_KEY}
    for name, item in kind.properties.items():
        if item.told and isinstance(given.get(name), Mapping) and isinstance(outputs.get(name), Mapping):
            told = {key: outputs[name][key] for key in item.told if key in outputs[name]}
            given[name] = {**told, **given[name]}
    return {**kept, **given}


def without_told(told: Sequence[str], value: Any, given: Any) -> Any:
    """A structure without the members that AWS added to those that are given."""
    if not told or not isinstance(value, Mapping) or not isinstance(given, Mapping):
        return value
    return {key: item for key, item in value.items() if key in given or key not in told}
