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
"""Levels of nesting that are read; the deepest field of any model lies at 8, a training plan's."""

_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,8})")
_ZERO_FIRST = re.compile(r"0[0-9]{1,8}")
_NUMBER_LIKE = re.compile(
    r"[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:e[-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|[-+]?0[xob][0-9a-f_]+"
    r"|[-+]?\.(?:inf|nan)",
    re.IGNORECASE,
)
"""What some YAML reader takes for a number: 1.1 has octal, underscores and base 60, 1.2 has 0x and 0o."""


class Tree:
    """What one text holds. `data` is None for an empty text and for one that is not YAML.

    Sequences are tuples. `lines` has the line of every path, counted from 1. `is_whole` is False when
    something was left out of `data`: an alias, the second of two equal keys, a second document.
    """

    def __init__(self, content: str) -> None:
        self.data: Any = None
        self.lines: dict[Path, int] = {(): 1}
        self.findings: list[Finding] = []
        self.is_whole = True
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

    def _leave_out(self, path: Path, event: Event, cause: str, remedy: str) -> None:
        self.is_whole = False
        self._find(path, event, cause, remedy)

    def _read(self, events: Iterator[Event]) -> None:
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._leave_out((), event, "a second YAML document starts here", "keep one, without ---")
                    return
            elif isinstance(event, NodeEvent):
                self.data = self._node(event, events, ())

    def _node(self, event: NodeEvent, events: Iterator[Event], path: Path) -> Any:
        line = self.lines.setdefault(path, event.start_mark.line + 1)
        if len(path) > DEPTH_MAX:
            raise _TooDeepError(line)
        if isinstance(event, AliasEvent):
            self._leave_out(path, event, f"*{event.anchor} is a YAML alias", "write the value itself")
        elif event.anchor is not None:
            self._find(path, event, f"&{event.anchor} is a YAML anchor", "remove it, and repeat the value")
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
            if key is None:
                self._node(_node_event(next(events)), events, (*path, "?"))
                continue
            first = self.lines.get((*path, key))
            self.lines.setdefault((*path, key), event.start_mark.line + 1)
            value = self._node(_node_event(next(events)), events, (*path, key))
            if first is not None:
                self._leave_out((*path, key), event, f"is written twice, first in line {first}", "keep one")
            mapping.setdefault(key, value)
        return mapping

    def _key(self, event: Event, events: Iterator[Event], path: Path) -> str | None:
        """The key, or None when it is none that a field could have."""
        key = self._node(_node_event(event), events, (*path, "?"))
        self.lines.pop((*path, "?"))
        if key == "<<":
            self._leave_out(path, event, "<< is a YAML merge key", "write the values themselves")
        elif not isinstance(key, str):
            self._leave_out(path, event, "a key is not plain text", "use a name as the key")
        return key if isinstance(key, str) and key != "<<" else None

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
            quantity = f", or {int(value)} for a quantity" if _ZERO_FIRST.fullmatch(value) else ""
            self._find(path, event, cause, f'write "{value}"{quantity}')
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
