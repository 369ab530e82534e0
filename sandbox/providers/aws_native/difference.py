"""What changes between the inputs of the last time and those of now. Pure.

The real provider compares inputs, in their order: what AWS adds to a resource is no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.providers.aws_native.schema import Schema
from sandbox.providers.diff import Change

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """The changed paths, and those of them that make the resource anew; all in the provider's names."""

    paths: Mapping[str, Change]
    replacing: frozenset[str]

    @property
    def properties(self) -> tuple[str, ...]:
        """The changed top-level properties."""
        return tuple(dict.fromkeys(_top(path) for path in self.paths))

    @property
    def replaces(self) -> tuple[str, ...]:
        """The top-level properties in which something replaces."""
        return tuple(dict.fromkeys(_top(path) for path in self.paths if path in self.replacing))


def changes(schema: Schema, old: Mapping[str, Any], new: Mapping[str, Any]) -> Changes:
    """What is different. A path replaces when CloudFormation says that its property can only be set at first."""
    found = dict(_changes((), old, new))
    replacing = frozenset(
        _text(path) for path in found if schema.replaces(_cloudformation_steps(schema, path))
    )
    return Changes(paths={_text(path): change for path, change in found.items()}, replacing=replacing)


def _cloudformation_steps(schema: Schema, path: Path) -> tuple[str, ...]:
    """The path in CloudFormation's names, without places in lists."""
    nested: Any = None
    for step in reversed(path):
        nested = [nested] if isinstance(step, int) else {step: nested}
    named: Any = schema.to_cloudformation(nested)
    steps = []
    while named is not None:
        if isinstance(named, list):
            (named,) = named
        else:
            ((name, named),) = named.items()
            steps.append(name)
    return tuple(steps)


def _changes(path: Path, old: Any, new: Any) -> Iterator[tuple[Path, Change]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from _changes((*path, key), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from _changes(
                (*path, index), *(items[index] if index < len(items) else None for items in (old, new))
            )
    elif old is None and new is not None:
        yield path, Change.ADD
    elif new is None and old is not None:
        yield path, Change.DELETE
    elif old != new:
        yield path, Change.UPDATE


def _text(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]
