"""Turns YAML text into plain data, the line of every path, and findings.

Only the part of YAML is accepted that every reader understands alike. The engine reads stack files too, with
another parser: it turns 012345678901 into another number and 1.30 into 1.3. So numbers that are ids or
versions are refused unless they are quoted, and so are anchors, tags, and second documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from spec.problem import Finding, Path

DEPTH_MAX = 16
"""Levels of nesting that are read; the deepest field of any model lies at 5."""

_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,8})")
_NUMBER_LIKE = re.compile(
    r"[-+]?(?:\.?[0-9])[0-9_.:]*(?:[eE][-+]?[0-9]+)?|[-+]?0[xob][0-9a-fA-F_]+|[-+]?\.(?:inf|nan)",
    re.IGNORECASE,
)
"""What some YAML reader takes for a number: 1.1 has octal, underscores and base 60, 1.2 has 0x and 0o."""


class Tree:
    """What one text holds. `data` is None for an empty text and for one that is not YAML.

    Sequences are tuples. `lines` has the line of every path, counted from 1.
    """

    def __init__(self, content: str) -> None:
        self.data: Any = None
        self.lines: dict[Path, int] = {}
        self.findings: list[Finding] = []
        try:
            self._read(iter(YAML(typ="safe", pure=True).parse(content)))
        except _TooDeepError as error:
            cause = f"nested more than {DEPTH_MAX} deep"
            self._find((), error.line, cause, "write it flatter")
        except YAMLError as error:
            self._find(
                (), _line(error, content), f"not YAML: {_reason(error)}", "correct it here or just above"
            )

    def _find(self, path: Path, at: Event | int, cause: str, remedy: str) -> None:
        line = at if isinstance(at, int) else at.start_mark.line + 1
        self.findings.append(Finding(path=path, cause=cause, remedy=remedy, line=line))

    def _read(self, events: Iterator[Event]) -> None:
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._find((), event, "a second YAML document starts here", "keep one, without ---")
                    return
            elif isinstance(event, NodeEvent):
                self.data = self._node(event, events, ())

    def _node(self, event: NodeEvent, events: Iterator[Event], path: Path) -> Any:
        line = self.lines.setdefault(path, event.start_mark.line + 1)
        if len(path) > DEPTH_MAX:
            raise _TooDeepError(line)
        if event.anchor is not None:
            sign = "*" if isinstance(event, AliasEvent) else "&"
            self._find(
                path, event, f"{sign}{event.anchor} is a YAML anchor or alias", "write the value itself"
            )
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            self._find(path, event, f"{event.tag} is a YAML tag", "remove it; quote the value if it is text")
        if isinstance(event, ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, CollectionStartEvent):
            is_mapping = isinstance(event, MappingStartEvent)
            return self._mapping(events, path) if is_mapping else self._sequence(events, path)
        return None

    def _mapping(self, events: Iterator[Event], path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event, events, path)
            first = self.lines.get((*path, key))
            self.lines.setdefault((*path, key), event.start_mark.line + 1)
            value = self._node(_node_event(next(events)), events, (*path, key))
            if first is not None:
                self._find((*path, key), event, f"is written twice, first in line {first}", "keep one")
            mapping.setdefault(key, value)
        return mapping

    def _key(self, event: Event, events: Iterator[Event], path: Path) -> str:
        if not isinstance(event, ScalarEvent):
            self._node(_node_event(event), events, (*path, "?"))
            self._find(path, event, "a key is not plain text", "use a name as the key")
            return "?"
        key = str(event.value)
        if key == "<<" and event.style is None:
            self._find(path, event, "<< is a YAML merge key", "write the values themselves")
        elif event.anchor is not None or not isinstance(self._scalar(event, (*path, key)), str):
            self._find(path, event, f"the key {key} is not plain text", "use a name as the key")
        return key

    def _sequence(self, events: Iterator[Event], path: Path) -> tuple[Any, ...]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._node(_node_event(event), events, (*path, len(items))))
        return tuple(items)

    def _scalar(self, event: ScalarEvent, path: Path) -> Any:
        value = str(event.value)
        if event.style is not None or event.tag is not None:
            return value
        if value.lower() in _WORDS:
            return _WORDS[value.lower()]
        if _WHOLE_NUMBER.fullmatch(value):
            return int(value)
        if _NUMBER_LIKE.fullmatch(value):
            cause = f"{value} is not quoted: the engine reads a number, not these characters"
            self._find(path, event, cause, f'write "{value}"')
        return value


class _TooDeepError(Exception):
    """Nesting beyond DEPTH_MAX; a parser without this limit ends in a RecursionError."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


def _node_event(event: Event) -> NodeEvent:
    if not isinstance(event, NodeEvent):
        raise YAMLError("a value is missing")
    return event


def _reason(error: YAMLError) -> str:
    text = error.problem if isinstance(error, MarkedYAMLError) and error.problem else error
    return str(getattr(error, "reason", text)).splitlines()[0]


def _line(error: YAMLError, content: str) -> int:
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        return int(error.problem_mark.line) + 1
    return content.count("\n", 0, getattr(error, "position", 0)) + 1
