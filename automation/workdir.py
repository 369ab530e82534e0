"""The generated folder of a stack: the engine writes there, never into the checkout.

It holds a Pulumi.yaml whose `main` is the checkout, and the stack's file with its key lines: two engines never
share a file, and a run leaves `git status` clean.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from automation.errors import FleetError
from automation.project import Project, stack_file_name

KEY_LINES = ("secretsprovider", "encryptedkey")
"""Top-level keys of a stack file that belong to the engine; with both it leaves the file alone."""


def generate(project: Project, stack: str, *, is_sandbox: bool) -> Path:
    """Write the folder anew and return it. Raises FleetError when the stack has no key lines yet."""
    folder = project.work(stack)
    folder.mkdir(parents=True, exist_ok=True)
    write_if_changed(folder / "Pulumi.yaml", project_file(project.root))
    keys = read_key_lines(project.sandbox_key_lines(stack) if is_sandbox else project.stack_file(stack))
    if set(keys) != set(KEY_LINES):
        flag = " --sandbox" if is_sandbox else ""
        raise FleetError(f"stack {stack} has no encryption key yet", remedy=f"run fleet bootstrap{flag}")
    write_if_changed(folder / stack_file_name(stack), stack_file(project.stack_file(stack), keys))
    return folder


def project_file(root: Path) -> str:
    """The checkout's Pulumi.yaml for a folder elsewhere; its virtualenv is the one that runs this program."""
    yaml = YAML()
    document = yaml.load((root / "Pulumi.yaml").read_text(encoding="utf-8"))
    document["main"] = str(root)
    options = document["runtime"].get("options", {}) if isinstance(document["runtime"], dict) else {}
    if "virtualenv" in options:
        options["virtualenv"] = sys.prefix
    return _dump(yaml, document)


def stack_file(committed: Path, keys: dict[str, str]) -> str:
    """A stack's committed content with these key lines; a stack without a file of its own has only them."""
    yaml = round_trip()
    document = yaml.load(committed.read_text(encoding="utf-8")) if committed.is_file() else {}
    return _dump(yaml, {**keys, **{name: value for name, value in document.items() if name not in KEY_LINES}})


def read_key_lines(path: Path) -> dict[str, str]:
    """The key lines that a file has; none when there is no file."""
    if not path.is_file():
        return {}
    document = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}
    return {name: document[name] for name in KEY_LINES if name in document}


def round_trip() -> YAML:
    """A reader and writer that keeps comments, quotes, long lines and indented lists as they are."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 1 << 20
    return yaml


def write_if_changed(path: Path, text: str) -> None:
    """Write a file unless it says this already."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _dump(yaml: YAML, document: Any) -> str:
    buffer = io.StringIO()
    yaml.dump(document, buffer)
    return buffer.getvalue()
