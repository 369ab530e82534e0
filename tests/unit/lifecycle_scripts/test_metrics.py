"""Metrics that node_exporter does not know, and the Python that the scripts may be written in."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from components.lifecycle_scripts import SOURCES

SCRIPT = SOURCES / "base-config" / "node_metrics.py"
PYTHON_OF_THE_AMI = (3, 9)
PROGRAMS = {
    "dcgmi": "printf '#Entity  GPUTL\\nGPU 0   34 77.1 98 40 0 1024 0\\nGPU 1   35 N/A 0 0 0 0 2\\n'",
    "sinfo": "printf 'gpu idle\\ngpu idle\\ngpu DRAINED\\n'",
    "squeue": "printf 'gpu RUNNING\\ngpu PENDING\\ngpu PENDING\\n'",
}


def metrics(folder: Path, kind: str, *programs: str) -> dict[str, str]:
    """The files that the script writes with these programs on PATH."""
    tools, written = folder / "bin", folder / "written"
    for path in (tools, written):
        path.mkdir()
    for name in programs:
        (tools / name).write_text(f"#!/bin/sh\n{PROGRAMS[name]}\n")
        (tools / name).chmod(0o755)
    command = [sys.executable, str(SCRIPT), "--kind", kind, "--folder", str(written)]
    subprocess.run(
        [*command, "--infiniband", str(folder / "infiniband")],
        env={"PATH": f"{tools}:/usr/bin:/bin"},
        check=True,
    )
    return {path.name: path.read_text() for path in written.iterdir()}


def test_gpus_and_efa_of_a_node(tmp_path: Path) -> None:
    counters = tmp_path / "infiniband" / "rdmap0" / "ports" / "1" / "hw_counters"
    counters.mkdir(parents=True)
    for name, value in (("rx_bytes", "12"), ("lifespan", "10"), ("odd", "x")):
        (counters / name).write_text(f"{value}\n")
    found = metrics(tmp_path, "node", "dcgmi")
    assert found["efa.prom"] == 'efa_rx_bytes{device="rdmap0"} 12\n'
    assert found["dcgm.prom"].splitlines()[:3] == [
        'DCGM_FI_DEV_GPU_TEMP{gpu="0"} 34',
        'DCGM_FI_DEV_POWER_USAGE{gpu="0"} 77.1',
        'DCGM_FI_DEV_GPU_UTIL{gpu="0"} 98',
    ]
    assert 'DCGM_FI_DEV_POWER_USAGE{gpu="1"}' not in found["dcgm.prom"]
    assert 'DCGM_FI_DEV_ECC_DBE_VOL_TOTAL{gpu="1"} 2\n' in found["dcgm.prom"]


def test_a_node_without_either_writes_nothing(tmp_path: Path) -> None:
    assert metrics(tmp_path, "node") == {}


def test_the_queue_of_a_controller(tmp_path: Path) -> None:
    assert metrics(tmp_path, "controller", "sinfo", "squeue", "dcgmi") == {
        "slurm.prom": (
            'slurm_nodes{partition="gpu",state="drained"} 1\n'
            'slurm_nodes{partition="gpu",state="idle"} 2\n'
            'slurm_jobs{partition="gpu",state="pending"} 2\n'
            'slurm_jobs{partition="gpu",state="running"} 1\n'
        )
    }


@pytest.mark.parametrize("path", sorted(SOURCES.rglob("*.py")), ids=lambda path: path.name)
def test_the_ami_s_python_can_read_it_and_has_all_that_it_imports(path: Path) -> None:
    tree = ast.parse(path.read_text(), feature_version=PYTHON_OF_THE_AMI)
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom)
            else []
        )
    }  # fmt: skip
    assert names <= {*sys.stdlib_module_names, "config", "provision"}
