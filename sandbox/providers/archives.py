"""The engine's archives as the zip files that AWS takes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sandbox.providers.errors import ProviderError

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file knows: the same files make the same archive."""


def zip_bytes(archive: Mapping[str, Any]) -> bytes:
    """The archive as a zip file; one that is a zip file already stays as it is."""
    path = Path(str(archive.get("path", "")))
    if archive.get("path") and path.is_file():
        return path.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in sorted(_files(archive)):
            packed.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return buffer.getvalue()


def _files(archive: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, bytes]]:
    if "text" in archive:
        yield within, str(archive["text"]).encode()
    elif "assets" in archive:
        for name, item in archive["assets"].items():
            yield from _files(item, f"{within}/{name}" if within else name)
    elif "path" in archive:
        yield from _files_of_path(Path(archive["path"]), within)
    else:
        raise ProviderError("an archive from a URL cannot be had in the sandbox: use files or texts")


def _files_of_path(path: Path, within: str) -> Iterator[tuple[str, bytes]]:
    if path.is_file():
        yield within, path.read_bytes()
    elif path.is_dir():
        for file in path.rglob("*"):
            if file.is_file():
                inner = file.relative_to(path).as_posix()
                yield f"{within}/{inner}" if within else inner, file.read_bytes()
    else:
        where = (
            "" if path.is_absolute() else "; an attached provider knows no program folder: make it absolute"
        )
        raise ProviderError(f"the archive's {path} does not exist{where}")
