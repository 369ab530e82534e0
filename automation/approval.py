"""Saved plans: what was previewed and approved is what runs, or nothing does.

A folder holds the engine's own plan of each stack, which the engine holds an up to, and a manifest of what the plans
were made from: the spec's files, the program, the accounts. A plan holds every input of its stack, secrets encrypted
with the stack's key, so everything is readable to its owner alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from automation.changes import ResourceChange
from automation.errors import FleetError
from automation.events import StackResult

MANIFEST = "manifest.json"
VERSION = 1

PROGRAM_FILES = ("__main__.py", "Pulumi.yaml", "requirements.lock")
PROGRAM_PACKAGES = ("spec", "plan", "components", "cluster-configs")
"""What an up runs besides the engine and its providers."""

CONFIGS = "cluster-configs"
"""What clusters are made from, as people wrote it."""

INSTALLED = Path(__file__).parents[1]
"""Where the packages are that a checkout without them uses."""


@dataclass(frozen=True, kw_only=True)
class StackPlan:
    """One stack as it was previewed. `digest` is of the engine's plan; `reason` says why there is none."""

    operations: dict[str, int]
    changes: tuple[ResourceChange, ...] = ()
    digest: str = ""
    reason: str = ""

    def as_preview(self, stack: str) -> StackResult:
        """What the preview that was saved had found."""
        return StackResult(
            stack=stack,
            succeeded=True,
            operations=self.operations,
            resource_changes=self.changes,
            urns=frozenset(change.urn for change in self.changes),
        )


@dataclass(frozen=True, kw_only=True)
class Approval:
    """The manifest. `target` and `accounts` are where the plans may run, `files` what they were made from by digest,
    `urns` the only resources that were looked at, if not all.
    """

    made_at: datetime
    target: str
    accounts: dict[str, str]
    files: dict[str, str]
    stacks: dict[str, StackPlan]
    urns: tuple[str, ...] = ()
    version: int = field(default=VERSION)

    @property
    def planned(self) -> dict[str, StackPlan]:
        return {name: plan for name, plan in self.stacks.items() if plan.digest}

    @property
    def unplanned(self) -> dict[str, str]:
        """Stack -> why it has no plan."""
        return {name: plan.reason for name, plan in self.stacks.items() if not plan.digest}


def plan_file(folder: Path, stack: str) -> Path:
    """The engine's plan of a stack."""
    return folder / f"{stack}.plan.json"


def prepare(folder: Path) -> None:
    """Make the folder, or empty it of an older approval. Raises FleetError when it holds anything else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = [path for path in folder.iterdir() if path.name != MANIFEST and not path.match("*.plan.json")]
    if found:
        raise FleetError(f"{folder} holds other files, such as {found[0].name}", remedy="name a new folder")
    for path in folder.iterdir():
        path.unlink()
    folder.chmod(0o700)


def save(folder: Path, approval: Approval) -> None:
    """Write the manifest, and close all files to others."""
    text = json.dumps(asdict(approval), indent=2, default=str)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    for path in folder.iterdir():
        path.chmod(0o600)


def load(folder: Path) -> Approval:
    """The approval in a folder. Raises FleetError when there is none, or it is not whole."""
    path = folder / MANIFEST
    again = "make it again: fleet preview --save DIR"
    if not path.is_file():
        raise FleetError(f"{folder} holds no saved plan", remedy=again)
    try:
        found = TypeAdapter(Approval).validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise FleetError(f"{path} is damaged: {error.error_count()} problems", remedy=again) from error
    if found.version != VERSION:
        raise FleetError(f"{path} has version {found.version}, this fleet reads {VERSION}", remedy=again)
    return found


def require_unchanged(
    folder: Path, approval: Approval, *, target: str, accounts: Mapping[str, str], files: Mapping[str, str]
) -> None:
    """Return when what was approved still holds. Raises FleetError naming everything that differs."""
    problems = []
    if approval.target != target:
        problems.append(f"it was made for {approval.target}, this is {target}")
    if approval.accounts != dict(accounts):
        problems.append(
            f"it was made for accounts {_listed(approval.accounts)}, these are {_listed(accounts)}"
        )
    problems += _differences(approval.files, files)
    problems += [
        f"{plan_file(folder, stack).name} is missing or was changed"
        for stack, plan in approval.planned.items()
        if digest(plan_file(folder, stack)) != plan.digest
    ]
    if problems:
        made = approval.made_at.isoformat(sep=" ", timespec="minutes")
        raise FleetError(
            f"the plan of {made} is not what would run now:\n" + "\n".join(problems),
            remedy="preview, approve and save again: fleet preview --save DIR",
        )


def digest(path: Path) -> str:
    """SHA-256 of a file; empty when there is none."""
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def sources(root: Path, stack_files: Mapping[str, Path]) -> dict[str, str]:
    """Everything in the checkout that decides what an up does, by name, with its digest.

    A package that the checkout does not hold is the installed one, as it is for the program.
    """
    files = {name: root / name for name in ("fleet.yaml", *PROGRAM_FILES)}
    files |= {path.name: path for path in stack_files.values()}
    folders = {name: _package(root, name) for name in PROGRAM_PACKAGES} | {CONFIGS: root / CONFIGS}
    for name, folder in folders.items():
        files |= {
            f"{name}/{path.relative_to(folder).as_posix()}": path
            for path in sorted(folder.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        }
    return {name: digest(path) for name, path in files.items() if path.is_file()}


def _package(root: Path, name: str) -> Path:
    return root / name if (root / name).is_dir() else INSTALLED / name


def _differences(approved: Mapping[str, str], current: Mapping[str, str]) -> list[str]:
    words = {
        "was changed": [name for name in approved if name in current and approved[name] != current[name]],
        "is new": [name for name in current if name not in approved],
        "is gone": [name for name in approved if name not in current],
    }
    return [f"{name} {word}" for word, names in words.items() for name in names]


def _listed(accounts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {id_}" for name, id_ in accounts.items())
