"""What is wrong with the files that operators write: always file, line, path, cause and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

SHOWN_MAX = 10
"""Known names that a message lists before it says how many more there are."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A problem before it has a place: a rule knows which value is wrong, not where it is written.

    `site` names the stack file a rule means; None is fleet.yaml, or whatever file is being read. A rule's
    `path` starts at the site object, any other at the file's root. `line` is set for what is found in text.
    """

    path: Path
    cause: str
    remedy: str
    site: str | None = None
    line: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing to fix, in one file. Its text is one line, `file:line: path: cause; remedy`."""

    file: str
    line: int | None
    path: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(filter(None, (place, self.path, f"{self.cause}; {self.remedy}")))


class SpecError(Exception):
    """All problems of all files at once, sorted by file and line; its text is one line a problem."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def path_text(path: Path) -> str:
    """`("network", "private_subnets", 1)` as people write it: `network.private_subnets[1]`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """The remedy for a word that is not one of `known`: the nearest of them, else all of them."""
    names = list(known)
    near = nearest(str(word), names)
    if near:
        return f"did you mean {' or '.join(near)}?"
    more = f" and {len(names) - SHOWN_MAX} more" if len(names) > SHOWN_MAX else ""
    return f"known: {', '.join(names[:SHOWN_MAX])}{more}" if names else "none is defined"


def nearest(word: str, known: Sequence[str]) -> list[str]:
    """The known names most like a word: several when they are equally like it, none when no one is."""
    near = get_close_matches(word, known, n=3, cutoff=0.7)
    ratios = [SequenceMatcher(None, name, word).ratio() for name in near]
    return [name for name, ratio in zip(near, ratios, strict=True) if ratio == ratios[0]]
