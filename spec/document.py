"""One file as read, from bytes to plain data, and the way back from a path to its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from spec import text
from spec.problem import Finding, Path, Problem, path_text
from spec.tree import Tree


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What one file holds, and what is wrong with its text.

    `data` is None when it is not a mapping; `is_whole` is False when some of the text is not in it. `root` is
    where people's paths start: at the site object of a stack file, at the top of fleet.yaml.
    """

    file: str
    root: Path = ()
    data: Mapping[str, Any] | None = None
    lines: Mapping[Path, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    is_whole: bool = True

    def at(self, path: Path) -> Any:
        """The value at a path of keys, or None."""
        value: Any = self.data
        for step in path:
            value = value.get(step) if isinstance(value, Mapping) else None
        return value

    def problem(self, finding: Finding) -> Problem:
        """The finding with file and line; what is not in the file has its parent's line."""
        parents = (finding.path[:length] for length in range(len(finding.path), -1, -1))
        line = finding.line or next((self.lines[path] for path in parents if path in self.lines), None)
        depth = len(self.root)
        inside = finding.path[:depth] == self.root and finding.path != self.root
        shown = finding.path[depth:] if inside else finding.path
        return Problem(
            file=self.file,
            line=line,
            path=text.printable(path_text(shown)),
            cause=text.printable(finding.cause),
            remedy=text.printable(finding.remedy),
        )


def read(file: FilePath, *, root: Path = ()) -> Document:
    """Reads a file. Raises nothing: whatever is wrong with it is in the document's findings."""
    document = Document(file=file.name, root=root)
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        missing = Finding(path=(), cause="is missing", remedy="run this in the checkout of a fleet")
        return replace(document, findings=(missing,))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        unreadable = Finding(path=(), cause=f"cannot be read: {reason}", remedy="make it a readable file")
        return replace(document, findings=(unreadable,))
    decoded, findings = text.decode(content)
    return replace(document, findings=findings) if decoded is None else _parsed(document, decoded)


def _parsed(document: Document, content: str) -> Document:
    tabs, secrets = tuple(text.tabs(content)), tuple(text.secrets(content))
    if tabs:
        return replace(document, findings=(*tabs, *secrets))
    tree = Tree(content)
    findings = [*secrets, *tree.findings]
    if not isinstance(tree.data, dict):
        if not tree.findings:
            cause = "the file is empty" if tree.data is None else f"holds {kind_of(tree.data)}, not a mapping"
            remedy = "write fields, `name: value`, one a line"
            findings.append(Finding(path=(), cause=cause, remedy=remedy, line=1))
        return replace(document, findings=tuple(findings))
    return Document(
        file=document.file,
        root=document.root,
        data=tree.data,
        lines=tree.lines,
        findings=tuple(findings),
        is_whole=tree.is_whole,
    )


def kind_of(value: object) -> str:
    """A value as messages name it: `the number 3`, `a list`."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"the number {value}"
    if isinstance(value, str):
        return f'"{value}"'
    return "a mapping" if isinstance(value, dict) else "a list"
