"""A taste bar: what outgrows it has more than one idea and wants to be split, by concern."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import ROOT, modules

MODULE_LINES = 300
FUNCTION_LINES = 50
PROGRAM_LINES = 40


def lines(module: Path) -> int:
    return len((ROOT / module).read_text().splitlines())


def long_functions(module: Path, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{module}:{node.lineno} {node.name}: {length} lines"


def test_no_module_is_longer_than_300_lines() -> None:
    assert [f"{module}: {lines(module)} lines" for module in modules() if lines(module) > MODULE_LINES] == []


def test_no_function_is_longer_than_50_lines() -> None:
    assert [found for module, tree in modules().items() for found in long_functions(module, tree)] == []


def test_the_program_is_40_lines_at_most() -> None:
    assert lines(Path("__main__.py")) <= PROGRAM_LINES


def test_a_function_of_51_lines_is_found() -> None:
    body = "    pass\n" * FUNCTION_LINES
    assert list(long_functions(Path("long.py"), ast.parse(f"def f():\n{body}"))) == ["long.py:1 f: 51 lines"]
