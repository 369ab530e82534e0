"""An official release archive: fetched, checked against its published sum, unpacked."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from http.client import HTTPException
from pathlib import Path, PurePosixPath

from toolchain.machine import EXECUTABLE, Machine, ToolchainError
from toolchain.tool import PlainDownload, Tool

UNREACHABLE = (OSError, HTTPException)


def download(tool: Tool, machine: Machine, into: Path) -> None:
    """Put the programs of the tool's releases into the folder `into`.

    An error of UNREACHABLE means that a release cannot be had from here, so that a build may be tried
    instead. A sum that does not fit is a ToolchainError: something is wrong that a build must not hide.
    """
    names = machine.names(tool.version)
    for item in tool.downloads:
        if isinstance(item, PlainDownload):
            program = into / item.program
            _fetch(tool, item.url.format(**names), item.checksums.format(**names), machine, program)
            program.chmod(EXECUTABLE)
        else:
            archive = into / "archive.tar.gz"
            _fetch(tool, item.archive.format(**names), item.checksums.format(**names), machine, archive)
            _unpack(archive, item.folder.format(**names), into)
            archive.unlink()


def _fetch(tool: Tool, url: str, checksums_url: str, machine: Machine, into: Path) -> None:
    expected = _published_sum(url, checksums_url, machine)
    machine.say(f"{tool.name} {tool.version}: downloading {url}")
    with machine.open_url(url) as response, into.open("wb") as file:
        shutil.copyfileobj(response, file)
    with into.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != expected:
        raise ToolchainError(
            f"{url}: its SHA-256 is {actual}, the release publishes {expected}; nothing was "
            f"installed. Try again, and if it stays so report it to the publisher of {tool.name}."
        )


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


def _published_sum(url: str, checksums_url: str, machine: Machine) -> str:
    """From a list of `sum  name`, or a file with the one sum and nothing else."""
    wanted = url.rpartition("/")[2]
    with machine.open_url(checksums_url) as response:
        lines = response.read().decode().splitlines()
    for line in lines:
        checksum, _, name = line.partition(" ")
        if name.strip().removeprefix("*") == wanted or (not name and len(lines) == 1):
            return checksum.lower()
    raise FileNotFoundError(f"{checksums_url} lists no {wanted}")
