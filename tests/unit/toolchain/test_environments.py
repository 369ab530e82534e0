from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.toolchain.bench import Bench
from toolchain.environments import (
    PARALLELCLUSTER,
    UV_LOCK,
    Environment,
    environment_folder,
    find_environment,
    install_environment,
)
from toolchain.machine import ToolchainError

# A `uv` that makes an environment of one script, and notes what it was asked.
UV = """#!/bin/sh
echo "$UV_CACHE_DIR $*" >> "{calls}"
[ "$1" = venv ] && for folder; do :; done && mkdir -p "$folder/bin" && echo > "$folder/bin/python"
{then}
"""


def uv(bench: Bench, then: str = "exit 0") -> None:
    version = UV_LOCK.read_text().split()[0].removeprefix("uv==")
    folder = bench.folder / f"uv-{version}" / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "uv").write_text(UV.format(calls=bench.folder / "uv-calls", then=then))
    (folder / "uv").chmod(0o755)


def calls(bench: Bench) -> list[str]:
    return (bench.folder / "uv-calls").read_text().splitlines()


def test_an_environment_is_installed_once_and_by_hashes(bench: Bench) -> None:
    uv(bench)
    python = install_environment(PARALLELCLUSTER, bench.machine)
    assert python == environment_folder(PARALLELCLUSTER, bench.machine) / "bin" / "python"
    assert install_environment(PARALLELCLUSTER, bench.machine) == python
    assert [line.split()[1:3] for line in calls(bench)] == [["venv", "--quiet"], ["pip", "sync"]]
    assert all(line.startswith(f"{bench.folder}/uv ") for line in calls(bench))
    assert "--require-hashes" in calls(bench)[1]
    assert bench.in_cache == [python.parents[1].name]
    assert bench.said[0] == (
        "parallelcluster 3.16.1: installing its Python packages, usually less than 1 min 0 s"
    )


def test_a_failed_install_leaves_nothing_and_says_why(bench: Bench) -> None:
    uv(bench, then="[ $1 = venv ] || { echo no network; exit 1; }")
    with pytest.raises(ToolchainError, match="its packages cannot be installed:\nno network"):
        install_environment(PARALLELCLUSTER, bench.machine)
    assert bench.in_cache == []
    assert find_environment(PARALLELCLUSTER, bench.machine) is None


def test_what_a_killed_install_left_is_not_taken_and_goes(bench: Bench) -> None:
    uv(bench)
    target = environment_folder(PARALLELCLUSTER, bench.machine)
    half = target.with_name(f".{target.name}-killed")
    (half / "bin").mkdir(parents=True)
    assert find_environment(PARALLELCLUSTER, bench.machine) is None
    install_environment(PARALLELCLUSTER, bench.machine)
    assert not half.exists()


def test_without_uv_it_says_what_to_run(bench: Bench) -> None:
    with pytest.raises(ToolchainError, match="Run `make setup`"):
        install_environment(PARALLELCLUSTER, bench.machine)


def test_another_lock_is_another_folder(bench: Bench, tmp_path: Path) -> None:
    lock = tmp_path / "other.lock"
    lock.write_text(PARALLELCLUSTER.lock.read_text() + "\n")
    other: Environment = replace(PARALLELCLUSTER, lock=lock)
    assert environment_folder(other, bench.machine) != environment_folder(PARALLELCLUSTER, bench.machine)


def test_the_lock_pins_the_version_of_the_table_with_hashes_and_no_index() -> None:
    text = PARALLELCLUSTER.lock.read_text()
    assert re.findall(r"^aws-parallelcluster==(\S+)", text, re.MULTILINE) == [PARALLELCLUSTER.version]
    assert re.findall(r"^--?(?:index|extra).*", text, re.MULTILINE) == []
    pinned = re.findall(r"^[a-z0-9.-]+==.*?(?=^[a-z0-9.-]+==|\Z)", text, re.MULTILINE | re.DOTALL)
    assert [item.split()[0] for item in pinned if "--hash=sha256:" not in item] == []
