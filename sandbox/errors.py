"""What a client of the sandbox is told when something does not work."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

_SHOWN_MAX = 10


class SandboxError(Exception):
    """The sandbox does not run, or cannot do what was asked; the message says what to do."""


def unknown(what: str, word: str, known: Collection[str]) -> SandboxError:
    """The error for a word that is not one of `known`, with the nearest of them."""
    near = get_close_matches(word, known, n=1)
    if near:
        return SandboxError(f"there is no {what} {word!r}; did you mean {near[0]}?")
    shown = ", ".join(sorted(known)) if len(known) <= _SHOWN_MAX else f"{len(known)} names"
    return SandboxError(f"there is no {what} {word!r}; known: {shown}")
