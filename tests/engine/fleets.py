"""A fleet under test: its checkout, its runtime folder, the `fleet` command, and AWS as boto3 shows it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from automation.clients import from_environment
from sandbox.client import Sandbox

CHECKOUT = Path(__file__).parents[2]
FLEET_COMMAND = Path(sys.executable).parent / "fleet"

ACCOUNTS = {"main": "483026362307", "secondary": "159553542841"}
REGIONS = ("us-east-1", "us-west-2")


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, kw_only=True)
class FleetUnderTest:
    """One checkout with a sandbox of its own."""

    root: Path
    home: Path
    clients: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def fleet(self, *arguments: str, **environment: str) -> Result:
        """Run `fleet` in the sandbox, as a person without a terminal would."""
        command = [str(FLEET_COMMAND), *arguments]
        return run(command, cwd=self.root, env=self.environment() | environment)

    def environment(self) -> dict[str, str]:
        """The variables of a shell that works on this fleet in its sandbox."""
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))
        }
        return {**inherited, "FLEET_SANDBOX": "1", "FLEET_HOME": str(self.home)}

    def pulumi(self, stack: str, *arguments: str) -> Result:
        """Run `pulumi` by hand on a stack, as docs/architecture.md says."""
        exports = self.fleet("sandbox", "env").out
        folder = self.fleet("workdir", stack).out.strip()
        script = f'{exports}\nexec pulumi -C "$1" --non-interactive "${{@:2}}"'
        return run(["bash", "-c", script, "bash", folder, *arguments], cwd=self.root, env=dict(os.environ))

    def aws(self, service: str, *, account: str = "main", region: str = "us-east-1") -> Any:
        """A boto3 client of that account's administrator."""
        key = (service, account, region)
        if key not in self.clients:
            environment = Sandbox(self.home / "sandbox").environment(account=account, region=region)
            self.clients[key] = from_environment(environment).client(service, region)
        return self.clients[key]

    def edit(self, file: str, old: str, new: str) -> None:
        """Change a file of the checkout; the old text has to be there."""
        path = self.root / file
        text = path.read_text()
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new))

    def stop(self) -> None:
        self.fleet("sandbox", "stop")


def run(command: list[str], *, cwd: Path, env: dict[str, str]) -> Result:
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    return Result(code=done.returncode, out=done.stdout, err=done.stderr)


def small_checkout(root: Path) -> Path:
    """A checkout of two small sites in two accounts, and the peering between them: about 95 resources."""
    for name in ("__main__.py", "Pulumi.yaml"):
        shutil.copy(CHECKOUT / name, root / name)
    for source in (CHECKOUT / "tests" / "engine" / "small_fleet").iterdir():
        shutil.copy(source, root / source.name)
    return root
