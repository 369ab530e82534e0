"""What a table of finders says about one type: the vocabulary of `finders.py` and its neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One reading request, and where in its answer the wanted values are (JMESPath, a list)."""

    operation: str
    at: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Finder:
    """Finds one type. `absent` are error codes that say that there is none; `after` is what the id follows in
    what was found, an ARN.

    `tag` reads the `fleet:urn` of what was found by a name that somebody else could have taken; `$found` is the name.
    """

    ID: ClassVar[str] = "$found"

    service: str
    find: Call
    id: str = ID
    absent: tuple[str, ...] = ()
    after: str = ""
    tag: Call | None = None
