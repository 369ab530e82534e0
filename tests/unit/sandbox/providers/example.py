"""What the life of a resource type is tried with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.unit.sandbox.providers.engine import Engine

Given = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """`inputs` gets what `needs` made. `changes` updates (None removes), `replaced` is a new value of one
    property that replaces the resource. `import_id` is written by users, with `{id}` for the id; without it the id
    is.
    """

    inputs: Callable[[Given], dict[str, Any]]
    needs: Callable[[Engine], Given] = lambda _: {}
    changes: Callable[[Given], dict[str, Any]] = lambda _: {}
    replaced: Mapping[str, Any] = field(default_factory=dict)
    import_id: Callable[[Given], str] | None = None
