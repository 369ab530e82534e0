"""The product's modules, parsed once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("spec", "plan", "components", "automation", "sandbox", "toolchain", "parallelcluster")


@cache
def modules() -> dict[Path, ast.Module]:
    """Path from the root -> syntax tree, for every package and the program."""
    paths = [ROOT / "__main__.py"] + [path for name in PACKAGES for path in (ROOT / name).rglob("*.py")]
    return {path.relative_to(ROOT): ast.parse(path.read_text(), path.name) for path in sorted(paths)}


def owner(module: Path) -> str:
    """The package of a module; the program is `__main__`."""
    return module.parts[0].removesuffix(".py")


def imports(tree: ast.Module) -> Iterator[str]:
    """Every absolute import as `package.module.name`, wherever it stands.

    A relative import stays in its own package, so it is left out.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
