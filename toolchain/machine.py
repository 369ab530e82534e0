"""What the toolchain needs of the machine that it runs on."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import BinaryIO

CONNECT_TIMEOUT_SECONDS = 5
EXECUTABLE = 0o755
GO_ARCHITECTURES = {"x64": "amd64"}
ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


class ToolchainError(Exception):
    """A tool that cannot be had; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """PATH, cache, platform and network as arguments, so that a test can make a machine up."""

    search_path: str
    cache: Path
    platform: str
    """Operating system and architecture as release archives name them: linux-x64, darwin-arm64."""
    open_url: Callable[[str], BinaryIO]
    say: Callable[[str], None]
    progress_seconds: float = 15

    @classmethod
    def local(cls) -> Machine:
        """The machine this process runs on."""
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        architecture = platform.machine().lower()
        return cls(
            search_path=os.environ.get("PATH", os.defpath),
            cache=home / "ml-clusters" / "tools",
            platform=f"{platform.system().lower()}-{ARCHITECTURES.get(architecture, architecture)}",
            open_url=_open_url,
            say=_say,
        )

    def names(self, version: str) -> dict[str, str]:
        """What a release's address is made of: the version, and the platform in the words of both habits."""
        system, _, architecture = self.platform.partition("-")
        arch = GO_ARCHITECTURES.get(architecture, architecture)
        return {"version": version, "platform": self.platform, "os": system, "arch": arch}

    def program(self, name: str) -> Path | None:
        """Where `name` is on PATH."""
        found = which(name, path=self.search_path)
        return Path(found) if found else None

    def output(self, command: Sequence[Path | str], *, cwd: Path | None = None) -> str | None:
        """What a quick command prints, or None when it fails."""
        try:
            done = subprocess.run(
                command,
                cwd=cwd,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip()

    def run(self, command: Sequence[Path | str], **extra: str) -> str | None:
        """Run a command that takes a while; None, or what it said when it failed."""
        done = subprocess.run(
            command,
            env=self.environment(**extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.stdout.strip() if done.returncode else None

    def environment(self, **extra: str) -> dict[str, str]:
        """This process's environment with this machine's PATH."""
        return os.environ | {"PATH": self.search_path} | extra


def _open_url(url: str) -> BinaryIO:
    import urllib.request  # half of what `import toolchain` would cost, and needed only to download

    response: BinaryIO = urllib.request.urlopen(url, timeout=CONNECT_TIMEOUT_SECONDS)  # noqa: S310 - URLs are the table's
    return response


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
