"""A recorded bad input: what is changed in a copy of the committed files, and every line that is said then."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[4]

FLEET = "fleet.yaml"
MAIN_USE1 = "Pulumi.main-use1.yaml"
MAIN_USW2 = "Pulumi.main-usw2.yaml"
SECONDARY_USE1 = "Pulumi.secondary-use1.yaml"
SECONDARY_USW2 = "Pulumi.secondary-usw2.yaml"
SLURM = "cluster-configs/parallelcluster/slurm.yaml"

Edit = Callable[[Path], object]


@dataclass(frozen=True)
class Case:
    name: str
    edits: tuple[Edit, ...]
    says: tuple[str, ...]

    def write(self, folder: Path) -> None:
        copy_fleet(folder)
        for edit in self.edits:
            edit(folder)


def copy_fleet(folder: Path) -> None:
    for file in [ROOT / FLEET, *ROOT.glob("Pulumi.*.yaml")]:
        shutil.copy(file, folder)
    shutil.copytree(
        ROOT / "cluster-configs" / "parallelcluster", folder / "cluster-configs" / "parallelcluster"
    )


def swap(name: str, old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        content = (folder / name).read_text()
        if content.count(old) != 1:
            raise ValueError(f"{old!r} occurs {content.count(old)} times in {name}")
        (folder / name).write_text(content.replace(old, new))

    return edit


def write(name: str, content: str | bytes) -> Edit:
    raw = content if isinstance(content, bytes) else content.encode()
    return lambda folder: (folder / name).write_bytes(raw)


def remove(name: str) -> Edit:
    return lambda folder: (folder / name).unlink()


def rename(name: str, new: str) -> Edit:
    return lambda folder: (folder / name).rename(folder / new)


def copy(name: str, new: str) -> Edit:
    return lambda folder: shutil.copy(folder / name, folder / new)
