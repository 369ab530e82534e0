"""Where things are: the checkout, and the folder of everything a run writes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from automation.errors import FleetError

FLEET_FILE = "fleet.yaml"
HOME_VARIABLE = "FLEET_HOME"


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """One checkout (`root`) and its runtime files (`home`), which git ignores."""

    root: Path
    home: Path

    @property
    def sandbox(self) -> Path:
        return self.home / "sandbox"

    @property
    def report(self) -> Path:
        return self.home / "report.json"

    @property
    def durations(self) -> Path:
        """What the stacks' last rollouts on AWS took."""
        return self.home / "durations.json"

    @property
    def engine(self) -> Path:
        """Which version the engine has, by its file."""
        return self.home / "engine.json"

    @property
    def driver_log(self) -> Path:
        return self.home / "logs" / "fleet.log"

    def kubeconfig(self, *, is_sandbox: bool) -> Path:
        """How to enter the fleet's clusters. The sandbox's goes with it: at the next start they are elsewhere."""
        return (self.sandbox if is_sandbox else self.home) / "kubeconfig"

    def work(self, stack: str) -> Path:
        """The generated folder that the engine runs this stack in."""
        return self.home / "work" / stack

    def log(self, stack: str) -> Path:
        """What the engine said about this stack, over all runs."""
        return self.home / "logs" / f"{stack}.log"

    def stack_file(self, stack: str) -> Path:
        """The committed file of a stack."""
        return self.root / stack_file_name(stack)

    def sandbox_key_lines(self, stack: str) -> Path:
        """The key lines of a stack in the sandbox; those for AWS are in its committed file."""
        return self.sandbox / "keys" / f"{stack}.yaml"


def stack_file_name(stack: str) -> str:
    """The name that the engine gives a stack's file."""
    return f"Pulumi.{stack}.yaml"


def find(start: Path, environ: Mapping[str, str] = os.environ) -> Project:
    """The project of the nearest folder with a fleet.yaml, from `start` upwards. Raises FleetError when none has."""
    begin = start.resolve()
    for folder in (begin, *begin.parents):
        if (folder / FLEET_FILE).is_file():
            home = environ.get(HOME_VARIABLE)
            return Project(root=folder, home=Path(home).resolve() if home else folder / ".fleet")
    raise FleetError(
        f"no {FLEET_FILE} in {begin} or above it", remedy="run fleet in the checkout, or name it with --root"
    )
