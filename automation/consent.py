"""Agreement to a change: a question where there is a terminal, `--yes` where there is none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from automation.errors import Refused


def is_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> bool:
    """Ask on the terminal; anything but a yes is a no."""
    from rich.console import Console
    from rich.prompt import Confirm

    return Confirm.ask(question, default=False, console=Console(stderr=True))


def type_in(question: str) -> str:
    """A line that is typed on the terminal."""
    from rich.console import Console
    from rich.prompt import Prompt

    return Prompt.ask(question, default="", show_default=False, console=Console(stderr=True))


def require_names(
    names: Sequence[str],
    *,
    terminal: Callable[[], bool] = is_terminal,
    answer: Callable[[str], str] = type_in,
) -> None:
    """Return when each name was typed: what it names is lost for good, so agreeing beforehand is not enough.

    Raises Refused when one was not, or nobody can be asked.
    """
    if names and not terminal():
        raise Refused(
            "nothing was changed: there is no terminal to ask on",
            remedy="data is given up by a person, who types its name",
        )
    for name in names:
        if answer(f"What is in {name} will be lost. Type its name").strip() != name:
            raise Refused(f"nothing was changed: {name} was not typed")


def require(
    question: str,
    *,
    yes: bool,
    terminal: Callable[[], bool] = is_terminal,
    answer: Callable[[str], bool] = ask,
) -> None:
    """Return when the change is agreed to. Raises Refused when it is not, or nobody can be asked."""
    if yes:
        return
    if not terminal():
        raise Refused(
            "nothing was changed: there is no terminal to ask on", remedy="say --yes to agree beforehand"
        )
    if not answer(question):
        raise Refused("nothing was changed")
