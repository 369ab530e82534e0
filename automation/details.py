"""Changes and drift in lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from automation.changes import Drift, ResourceChange

SHOWN_MAX = 20
"""Resources of a stack that are listed before it is said how many more there are."""

VALUE_LENGTH = 100
"""Characters of a value on the screen; JSON has all of it."""


def change_lines(stack: str, changes: Sequence[ResourceChange], log: Path) -> list[str]:
    """A stack and its changed resources, with the properties that change, never their values."""
    if not changes:
        return []
    operation = max(len(change.operation) for change in changes)
    lines = [stack]
    for change in changes[:SHOWN_MAX]:
        why = f" ({', '.join(change.properties)})" if change.properties else ""
        lines.append(f"  {change.operation:{operation}}  {change.name}  {change.type}{why}")
    if len(changes) > SHOWN_MAX:
        lines.append(f"  and {len(changes) - SHOWN_MAX} more; see {log}")
    return lines


def drift_lines(stack: str, drift: Sequence[Drift]) -> list[str]:
    """A stack and its resources that are not as the state says, with what was expected and what is there."""
    lines = [stack] if drift else []
    for item in drift:
        lines.append(f"  {item.name}  {item.type}{': gone' if item.is_gone else ''}")
        lines += [
            f"    {found.path}: expected {in_short(found.expected)}, found {in_short(found.actual)}"
            for found in item.differences
        ]
    return lines


def in_short(value: Any) -> str:
    """A value on one line, cut where it is long."""
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) and value else repr(value)
    return text if len(text) <= VALUE_LENGTH else f"{text[: VALUE_LENGTH - 3]}..."
