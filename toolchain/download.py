"""An official release archive: fetched, checked against its published sum, unpacked."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from http.client import HTTPException
from pathlib import Path, PurePosixPath

from toolchain.machine import EXECUTABLE, Machine, ToolchainError
from toolchain.tools import Tool

UNREACHABLE = (OSError, HTTPException)


def download(tool: Tool, machine: Machine, into: Path) -> None:
    """Put the release's programs into the folder `into`.

    An error of UNREACHABLE means that the release cannot be had from here, so that a build may be tried
    instead. A sum that does not fit is a ToolchainError: something is wrong that a build must not hide.
    """
    names = {"version": tool.version, "platform": machine.platform}
    archive_url = tool.download.archive.format(**names)
    expected = _published_sum(archive_url, tool.download.checksums.format(**names), machine)
    machine.say(f"{tool.name} {tool.version}: downloading {archive_url}")
    archive = into / "archive.tar.gz"
    with machine.open_url(archive_url) as response, archive.open("wb") as file:
        shutil.copyfileobj(response, file)
    with archive.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != expected:
        raise ToolchainError(
            f"{archive_url}: its SHA-256 is {actual}, the release publishes {expected}; nothing was "
            f"installed. Try again, and if it stays so report it to the publisher of {tool.name}."
        )
    _unpack(archive, tool.download.folder, into)
    archive.unlink()


def _unpack(archive: Path, folder: str, into: Path) -> None:
    """Only plain files that lie directly in the archive's folder: no links, no paths that lead elsewhere."""
    with tarfile.open(archive) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            content = tar.extractfile(member) if member.isfile() and str(path.parent) == folder else None
            if content is not None:
                program = into / path.name
                with program.open("wb") as file:
                    shutil.copyfileobj(content, file)
                program.chmod(EXECUTABLE)


def _published_sum(archive_url: str, checksums_url: str, machine: Machine) -> str:
    archive_name = archive_url.rpartition("/")[2]
    with machine.open_url(checksums_url) as response:
        for line in response.read().decode().splitlines():
            checksum, _, name = line.partition(" ")
            if name.strip().removeprefix("*") == archive_name:
                return checksum.lower()
    raise FileNotFoundError(f"{checksums_url} lists no {archive_name}")
