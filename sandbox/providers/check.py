"""Check: what a program wrote becomes the inputs that the engine keeps, or the reasons why it cannot.

Pure. The provider's defaults, the region, the name of a resource that was given none and the provider's tags
are filled in here, so that a preview shows them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from sandbox.providers.resource_type import NOT_SET, ResourceType
from sandbox.providers.wire import UNKNOWN, Properties, has_unknown

DEFAULTS_KEY: Final = "__defaults"
"""Names of the inputs that the provider filled in; the engine shows no property that begins so."""

_NAME_SUFFIX_DIGITS: Final = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """One input that cannot be: which, and why."""

    property: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a resource is checked with: its logical name, the program's inputs, the inputs of the last time,
    the engine's seed for names, and the region and tags of its provider.
    """

    name: str
    news: Mapping[str, Any]
    olds: Mapping[str, Any]
    seed: bytes
    region: str | None
    default_tags: Mapping[str, str]


def check(kind: ResourceType, request: Request) -> tuple[Properties, tuple[Failure, ...]]:
    """The complete inputs and every reason against them."""
    given = {key: value for key, value in request.news.items() if key != DEFAULTS_KEY and value is not None}
    filled = _filled(kind, request, given)
    failures = tuple(
        failure for key, value in {**given, **filled}.items() if (failure := _failure(kind, key, value))
    )
    inputs = {**given, **filled, **_all_tags(kind, request, given)}
    return {**inputs, DEFAULTS_KEY: sorted(filled)}, failures


def known_inputs(kind: ResourceType) -> tuple[str, ...]:
    """Every property that a program may set."""
    tags = ("tags", "tagsAll") if kind.tags else ()
    region = ("region",) if kind.regional else ()
    prefix = (f"{kind.autoname}Prefix",) if kind.autoname else ()
    return (*kind.properties, *prefix, *tags, *region)


def _failure(kind: ResourceType, key: str, value: Any) -> Failure | None:
    known = known_inputs(kind)
    if key not in known:
        close = get_close_matches(key, known, n=1)
        hint = f'did you mean "{close[0]}"?' if close else f"it knows {', '.join(sorted(known))}"
        return Failure(
            property=key, reason=f"the sandbox's table of {kind.type} has no property {key!r}; {hint}"
        )
    allowed = kind.properties[key].allowed if key in kind.properties else ()
    if allowed and value not in allowed and not has_unknown(value):
        options = " or ".join(repr(item) for item in allowed)
        return Failure(
            property=key, reason=f"the sandbox models {kind.type} with {key} = {options} only, not {value!r}"
        )
    return None


def _filled(kind: ResourceType, request: Request, given: Mapping[str, Any]) -> Properties:
    defaults = {
        key: item.default
        for key, item in kind.properties.items()
        if item.default is not NOT_SET and key not in given
    }
    region = {"region": request.region} if kind.regional and request.region and "region" not in given else {}
    named = kind.autoname and kind.autoname not in given
    return {**defaults, **region, **({kind.autoname: _name(kind, request, given)} if named else {})}


def _name(kind: ResourceType, request: Request, given: Mapping[str, Any]) -> Any:
    prefix = given.get(f"{kind.autoname}Prefix", f"{request.name}-")
    if prefix is UNKNOWN:
        return UNKNOWN
    old = request.olds.get(kind.autoname)
    if (
        isinstance(old, str)
        and kind.autoname in request.olds.get(DEFAULTS_KEY, ())
        and old.startswith(prefix)
    ):
        return old
    return prefix + hashlib.sha256(request.seed).hexdigest()[:_NAME_SUFFIX_DIGITS]


def _all_tags(kind: ResourceType, request: Request, given: Mapping[str, Any]) -> Properties:
    tags = given.get("tags", {})
    if kind.tags is None:
        return {}
    if tags is UNKNOWN:
        return {"tagsAll": UNKNOWN}
    return {"tagsAll": {**request.default_tags, **tags}}
