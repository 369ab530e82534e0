"""`fleet schema`."""

from __future__ import annotations

from pathlib import Path

import typer

from automation import project, report_file, workdir
from plan import cluster_page
from spec import schema


def run(root: Path | None, *, write: bool) -> int:
    """Print each generated file under its path, or write them: the schemas, and the page of GitOps facts."""
    for name, text in {**schema.schemas(), **report_file.schemas(), **cluster_page.pages()}.items():
        if write:
            path = project.find(root or Path.cwd()).root / name
            path.parent.mkdir(exist_ok=True)
            workdir.write_if_changed(path, text)
            typer.echo(f"wrote {name}", err=True)
        else:
            typer.echo(f"{name}:", err=True)
            typer.echo(text, nl=False)
    return 0
