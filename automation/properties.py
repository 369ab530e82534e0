"""Properties of a resource by path, as the engine names them (`tags.Name`, `ingress[0].cidrBlocks`), secrets masked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

MASK = "[secret]"
"""What stands for a secret, in the engine's events and here."""

_PART = re.compile(r'\.?([^.\[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')
_SECRET_NAME = re.compile(r"passw|secret|token|credential|private_?key|api_?key", re.IGNORECASE)
_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key of an engine's value that is more than plain data: an encrypted secret among others."""

ALL_TAGS, TAGS = "tagsAll", "tags"


def parse(path: str) -> tuple[str | int, ...]:
    """The names and indices that a path consists of."""
    return tuple(
        int(match[2]) if match[2] else match[1] or re.sub(r"\\(.)", r"\1", match[3])
        for match in _PART.finditer(path)
    )


def at(path: str, *places: Mapping[str, Any]) -> Any:
    """The value at a path in the first of the places that has its first name; None where there is none. Masked."""
    parts = parse(path)
    value: Any = next((place for place in places if parts and parts[0] in place), {})
    for part in parts:
        value = _step(value, part)
    names = [str(part) for part in parts]
    return MASK if value is not None and any(map(_is_secret, names)) else mask(value)


def mask(value: Any) -> Any:
    """The value without what is secret by its name or by the engine's mark."""
    if isinstance(value, Mapping):
        if _SIGNATURE in value:
            return MASK
        return {name: MASK if _is_secret(name) else mask(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [mask(item) for item in value]
    return value


def in_words(paths: Sequence[str]) -> tuple[str, ...]:
    """Each changed path once, sorted; a tag is called `tags.<key>`, though the provider has it in two properties."""
    return tuple(sorted({shown(path) for path in paths}))


def shown(path: str) -> str:
    """How people know this path: all tags of a resource, the provider's own included, are its tags."""
    return TAGS + path.removeprefix(ALL_TAGS) if parse(path)[:1] == (ALL_TAGS,) else path


def _step(value: Any, part: str | int) -> Any:
    if isinstance(value, Mapping):
        return value.get(str(part))
    if isinstance(value, Sequence) and not isinstance(value, str) and isinstance(part, int):
        return value[part] if part < len(value) else None
    return None


def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None
