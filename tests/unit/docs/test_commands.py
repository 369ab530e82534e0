"""Every `fleet` command that a document tells somebody to type is one that `fleet` takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from automation.cli import app

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
_CODE = re.compile(r"^```\w*\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?:^|(?<=\$\())(?:\.venv/bin/)?fleet (?P<rest>[^\n#)]*)", re.MULTILINE)
_LOCK_MESSAGE = re.compile(r"fleet lock ")
"""What `fleet unlock` prints begins like a command."""


def commands(text: str) -> Iterator[str]:
    """What is typed after `fleet`, in blocks and in inline code."""
    for block, inline in _CODE.findall(text):
        for found in _COMMAND.finditer(block or inline):
            if not _LOCK_MESSAGE.match(found.group()):
                yield found["rest"].strip()


CASES = sorted(
    {(path.relative_to(ROOT).as_posix(), typed) for path in DOCUMENTS for typed in commands(path.read_text())}
)


def refusal(typed: str) -> str:
    """Why `fleet` would not take this; empty when it would. Placeholders such as SITE count as values."""
    words = [word.strip("[],") for word in shlex.split(typed)]
    command: Any = typer.main.get_command(app)
    context: Any = None
    while hasattr(command, "get_command") and words and not words[0].startswith("-"):
        name, *words = words
        group, command = command, command.get_command(context, name)
        if command is None:
            return f"{group.name} has no {name}"
    try:
        command.make_context(command.name, words)
    except Exception as error:  # noqa: BLE001 - typer keeps its click, and so the names of its errors, private
        return str(getattr(error, "message", "") or repr(error))
    return ""


def test_documents_name_commands() -> None:
    assert len(CASES) > 20


@pytest.mark.parametrize(("document", "typed"), CASES)
def test_a_command_in_a_document_is_one_that_fleet_takes(document: str, typed: str) -> None:
    assert refusal(typed) == "", document


@pytest.mark.parametrize("typed", ["upp", "up --onlyy one", "sandbox fault added hang ec2.CreateVpc"])
def test_a_wrong_command_is_found(typed: str) -> None:
    assert refusal(typed) != ""
