"""Writes what node_exporter does not know, as text files for it: GPUs (DCGM), EFA, and Slurm's queue on a controller.

Run by a systemd timer. A file is replaced at once, so that a scrape never reads half of it; a source that is not
there (no GPU, no EFA) writes none.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

DCGM_FIELDS = {
    150: "DCGM_FI_DEV_GPU_TEMP",
    155: "DCGM_FI_DEV_POWER_USAGE",
    203: "DCGM_FI_DEV_GPU_UTIL",
    204: "DCGM_FI_DEV_MEM_COPY_UTIL",
    230: "DCGM_FI_DEV_XID_ERRORS",
    252: "DCGM_FI_DEV_FB_USED",
    311: "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL",
}
"""Field ids of dcgm_fields.h, named as dcgm-exporter names them, so that its dashboards fit."""

INFINIBAND = Path("/sys/class/infiniband")
TIMEOUT_S = 10


def main(arguments: list[str]) -> int:
    """Write the files of this kind of node."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=("controller", "node"), required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--infiniband", type=Path, default=INFINIBAND)
    asked = parser.parse_args(arguments)
    files = {"efa.prom": efa(asked.infiniband), "dcgm.prom": gpus(_output("dcgmi", *dcgm_arguments()))}
    if asked.kind == "controller":
        nodes = _output("sinfo", "--noheader", "--Node", "--format=%R %T")
        jobs = _output("squeue", "--noheader", "--format=%P %T")
        files = {"slurm.prom": [*counted("slurm_nodes", nodes), *counted("slurm_jobs", jobs)]}
    for name, lines in files.items():
        replace(asked.folder / name, lines)
    return 0


def efa(folder: Path) -> list[str]:
    """Counters of each EFA device, by the driver's own names."""
    found = []
    for counter in sorted(folder.glob("*/ports/1/hw_counters/*")):
        text = counter.read_text().strip()
        if counter.name != "lifespan" and text.isdigit():
            device = counter.parents[3].name
            found.append(f'efa_{counter.name}{{device="{device}"}} {text}')
    return found


def dcgm_arguments() -> tuple[str, ...]:
    """One reading of every field."""
    return ("dmon", "-c", "1", "-e", ",".join(map(str, DCGM_FIELDS)))


def gpus(table: str) -> list[str]:
    """Lines such as `GPU 0  34  77.1  98 ...` of dcgmi dmon."""
    found = []
    for line in table.splitlines():
        words = line.split()
        if len(words) == len(DCGM_FIELDS) + 2 and words[0] == "GPU":
            found += [
                f'{name}{{gpu="{words[1]}"}} {value}'
                for name, value in zip(DCGM_FIELDS.values(), words[2:])
                if value != "N/A"
            ]
    return found


def counted(name: str, rows: str) -> list[str]:
    """How many rows there are of each partition and state."""
    counts: Mapping[tuple[str, ...], int] = Counter(
        tuple(row.split()[:2]) for row in rows.splitlines() if row.strip()
    )
    return [
        f'{name}{{partition="{partition}",state="{state.lower()}"}} {count}'
        for (partition, state), count in sorted(counts.items())
    ]


def replace(path: Path, lines: Iterable[str]) -> None:
    """Give the file these lines, at once; without any, remove it."""
    text = "".join(f"{line}\n" for line in lines)
    if not text:
        path.unlink(missing_ok=True)
        return
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(text)
    draft.replace(path)


def _output(*command: str) -> str:
    """What a command prints; nothing when it is not there or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
