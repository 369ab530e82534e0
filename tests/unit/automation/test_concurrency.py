from __future__ import annotations

from pathlib import Path

import pytest

from automation import concurrency
from automation.concurrency import GIB, Limit, Machine

LARGE = Machine(cores=64, free_bytes=512 * GIB)


@pytest.mark.parametrize(
    ("stacks", "cores", "free_gib", "is_sandbox", "parallel"),
    [
        (8, 2, 11.2, False, 8),  # four a core
        (8, 1, 11.2, False, 4),
        (8, 2, 4.0, False, 5),  # F30: eight stacks on 4 GiB; 0.73 GiB each
        (8, 2, 4.0, True, 8),  # the sandbox's provider is one process for all
        (8, 2, 2.0, True, 6),
        (8, 2, 0.1, False, 1),  # never none
        (3, 64, 512.0, False, 3),
        (0, 64, 512.0, False, 1),
    ],
)
def test_the_default_is_what_cores_and_free_memory_carry(
    stacks: int, cores: int, free_gib: float, is_sandbox: bool, parallel: int
) -> None:
    machine = Machine(cores=cores, free_bytes=free_gib * GIB)
    assert concurrency.fitting(stacks, machine, is_sandbox=is_sandbox).parallel == parallel


@pytest.mark.parametrize(("stacks", "said", "parallel"), [(8, 3, 3), (8, 20, 8), (0, 3, 1)])
def test_what_a_person_says_counts(stacks: int, said: int, parallel: int) -> None:
    assert concurrency.asked(stacks, said) == Limit(stacks=stacks, parallel=parallel, machine=None)


@pytest.mark.parametrize(
    ("limit", "line"),
    [
        (
            Limit(stacks=8, parallel=2, machine=Machine(cores=2, free_bytes=11.2 * GIB)),
            "8 stacks, 2 at a time (2 cores, 11.2 GiB free)",
        ),
        (
            Limit(stacks=1, parallel=1, machine=Machine(cores=1, free_bytes=GIB)),
            "1 stack, 1 at a time (1 core, 1.0 GiB free)",
        ),
        (Limit(stacks=5, parallel=3, machine=None), "5 stacks, 3 at a time (--parallel)"),
    ],
)
def test_the_limit_is_said_with_its_reason(limit: Limit, line: str) -> None:
    assert str(limit) == line


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A machine of 64 cores (more than this one has) and 8 GiB free, without control groups."""
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/meminfo").write_text("MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n")
    return tmp_path


def read(files: Path) -> Machine:
    return concurrency.read_machine(proc=files / "proc", cgroups=files / "groups")


def group(files: Path, name: str, **limits: str) -> None:
    folder = files / "groups" / name
    folder.mkdir(parents=True, exist_ok=True)
    (files / "proc/self/cgroup").write_text("5:devices:/\n0::/pod/container\n")
    for file, text in limits.items():
        (folder / file.replace("_", ".")).write_text(text)


def test_a_machine_has_the_memory_that_its_kernel_calls_available(files: Path) -> None:
    assert read(files).free_bytes == 8 * GIB
    assert read(files).cores >= 1


def test_a_container_has_what_is_left_below_its_limit_and_its_files_can_be_dropped(files: Path) -> None:
    group(
        files,
        "pod/container",
        memory_max=f"{2 * GIB}\n",
        memory_current=f"{GIB}\n",
        memory_stat=f"anon 1\ninactive_file {GIB // 2}\n",
        cpu_max="max 100000\n",
    )
    assert read(files).free_bytes == 1.5 * GIB


def test_the_narrowest_of_the_groups_above_counts(files: Path) -> None:
    group(files, "pod/container", memory_max="max\n", memory_current="0\n", cpu_max="max 100000\n")
    group(files, "pod", memory_max=f"{GIB}\n", memory_current="0\n", cpu_max="100000 100000\n")
    assert read(files) == Machine(cores=1, free_bytes=GIB)


def test_less_than_a_core_and_more_than_the_limit_are_one_core_and_no_memory(files: Path) -> None:
    group(files, "pod/container", cpu_max="50000 100000\n", memory_max="10\n", memory_current="20\n")
    assert read(files) == Machine(cores=1, free_bytes=0)


def test_a_machine_without_proc_is_asked_by_sysconf(tmp_path: Path) -> None:
    assert 0 < read(tmp_path).free_bytes < float("inf")
