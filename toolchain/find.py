"""Finding a tool that is already there: on PATH in a supported version, else in the cache."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from toolchain.machine import Machine
from toolchain.tool import GoProgram, GoPrograms, Tool, Version

RECIPES = Path(__file__).parent / "recipes"
KEY_LENGTH = 12


def find(tool: Tool, machine: Machine) -> Path | None:
    """The folder that holds the tool's programs, or None when it has to be installed."""
    return on_path(tool, machine) or cached(tool, machine)


def on_path(tool: Tool, machine: Machine) -> Path | None:
    """The tool's folder that PATH leads to, when its version is supported and its companions lie beside it.

    A link on PATH is followed: package managers link the program alone.
    """
    program = machine.program(tool.name)
    if program is None or not _complete(program.resolve().parent, tool):
        return None
    version = parse_version(machine.output([program, *tool.version_command]) or "")
    return program.resolve().parent if tool.at_least <= version < tool.below else None


def cached(tool: Tool, machine: Machine) -> Path | None:
    """The tool's folder in the cache. It only appears there complete, by a rename."""
    folder = cache_folder(tool, machine)
    return folder if _complete(folder, tool) else None


def cache_folder(tool: Tool, machine: Machine) -> Path:
    """Where this tool, exactly as the table and its recipes say, lives in the cache.

    The key is the pins alone. The version of Go is left out on purpose: finding must not need Go, and a
    newer Go is no reason to build again.
    """
    pins = (tool.version, machine.platform, *tool.downloads, tool.build.parts)
    digest = hashlib.sha256(repr(pins).encode())
    recipes = {part.recipe for part in tool.build.parts if isinstance(part, GoProgram | GoPrograms)}
    for recipe in sorted(recipes):
        for name in ("go.mod", "go.sum"):
            digest.update((RECIPES / recipe / name).read_bytes())
    return machine.cache / f"{tool.name}-{tool.version}-{digest.hexdigest()[:KEY_LENGTH]}"


def parse_version(text: str) -> Version:
    """The first dotted number in a tool's own words: `v3.250.0` is (3, 250, 0), nothing is ()."""
    found = re.search(r"\d+(?:\.\d+)+", text)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def _complete(folder: Path, tool: Tool) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in tool.programs)
