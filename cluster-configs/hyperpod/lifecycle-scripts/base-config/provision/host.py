"""The machine: its files below a root, and its commands. Nothing else touches it, so tests run on a scratch root."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Callable


class ProvisionError(Exception):
    """A step cannot be done; the text says why and what to do."""


class Host:
    """Files and commands of this node."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def say(self, text: str) -> None:
        """A line of the log: on_create.sh keeps what is printed."""
        print(f"[provision] {text}", flush=True)

    def path(self, absolute: str) -> Path:
        """A path of the node, below the root."""
        return self.root / absolute.lstrip("/")

    def has(self, program: str) -> bool:
        """Whether a program is on PATH."""
        return shutil.which(program) is not None

    def run(self, *command: str, stdin: str | None = None, cwd: Path | None = None) -> str:
        """Run a command and give what it printed. Secrets go in by `stdin`: arguments are logged.

        Raises ProvisionError with the last lines of its errors.
        """
        shown = shlex.join(command)
        try:
            done = subprocess.run(command, input=stdin, cwd=cwd, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise ProvisionError(f"{shown}: this AMI has no {command[0]}") from None
        if done.returncode != 0:
            told = " / ".join(done.stderr.strip().splitlines()[-3:])
            raise ProvisionError(f"{shown} ended with {done.returncode}: {told or 'it said nothing'}")
        return done.stdout

    def succeeds(self, *command: str) -> bool:
        """Whether a command ends well; for questions such as `mountpoint -q`."""
        try:
            self.run(*command)
        except ProvisionError:
            return False
        return True

    def retried(self, *command: str, times: int = 3, pause_s: int = 10, cwd: Path | None = None) -> str:
        """Run a command that the network may fail. Raises the last ProvisionError."""
        for _ in range(times - 1):
            done = self.attempt(*command, cwd=cwd)
            if done is not None:
                return done
            self.run("sleep", str(pause_s))
        return self.run(*command, cwd=cwd)

    def attempt(self, *command: str, cwd: Path | None = None) -> str | None:
        """What a command printed, None when it failed: the log then says why."""
        try:
            return self.run(*command, cwd=cwd)
        except ProvisionError as error:
            self.say(str(error))
            return None

    def wait(self, what: str, is_so: Callable[[], bool], *, limit_s: int, every_s: int = 5) -> None:
        """Wait until it is so. Raises ProvisionError when it is not after the limit."""
        for attempt in range(limit_s // every_s + 1):
            if attempt:
                self.run("sleep", str(every_s))
            if is_so():
                return
        raise ProvisionError(f"{what}: not so after {limit_s} s")

    def write(self, absolute: str, text: str, *, mode: int = 0o644) -> bool:
        """Give a file this text and mode, at once or not at all; whether that changed it."""
        path = self.path(absolute)
        is_same = path.is_file() and path.read_text() == text
        if is_same and path.stat().st_mode & 0o7777 == mode:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
            file.write(text)
        draft.chmod(mode)
        if path.exists():
            shutil.chown(draft, path.stat().st_uid, path.stat().st_gid)
        draft.replace(path)
        return True

    def ensure_line(self, absolute: str, line: str, *, instead_of: str) -> bool:
        """Make `line` the only one of a file that begins with `instead_of`; whether that changed the file."""
        path = self.path(absolute)
        lines = path.read_text().splitlines() if path.is_file() else []
        kept = [item for item in lines if item == line or not item.startswith(instead_of)]
        if line not in kept:
            kept.append(line)
        mode = path.stat().st_mode & 0o7777 if path.is_file() else 0o644
        return self.write(absolute, "\n".join(kept) + "\n", mode=mode)

    def folder(self, absolute: str, *, mode: int = 0o755) -> Path:
        """A folder of the node with this mode."""
        path = self.path(absolute)
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        return path
