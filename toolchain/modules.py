"""Folders of Go modules that ship more than code: CRDs and charts of other projects, read where they lie."""

from __future__ import annotations

import json
import re
from pathlib import Path

from toolchain.find import RECIPES
from toolchain.machine import Machine, ToolchainError

RECIPE = RECIPES / "manifests"


def module_folder(module: str, machine: Machine) -> Path:
    """Where Go keeps that module of the recipe `manifests`; fetched the first time, checked against its go.sum.

    Raises ToolchainError when the recipe does not pin it, when there is no Go, or when Go cannot get it.
    """
    pinned = re.search(rf"^\t{re.escape(module)} (v\S+)$", (RECIPE / "go.mod").read_text(), re.MULTILINE)
    if pinned is None:
        raise ToolchainError(f"{RECIPE}/go.mod pins no {module}; add it there")
    go = machine.program("go")
    if go is None:
        raise ToolchainError(f"there is no Go to get {module} with; install Go 1.25 or newer")
    told = machine.output([go, "mod", "download", "-json", f"{module}@{pinned[1]}"], cwd=RECIPE)
    if told is None:
        raise ToolchainError(
            f"Go cannot get {module} {pinned[1]}; run `go mod download {module}` in {RECIPE}"
        )
    return Path(json.loads(told)["Dir"])
