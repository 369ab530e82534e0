"""Older versions of a stack's state object, which the bucket keeps; restoring one never loses the present one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from automation.checkpoint import Checkpoint, parse

SHOWN = 10
"""Versions that are offered, newest first; each is read, to know whether it is whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One version of a state object."""

    id: str
    at: datetime
    size_bytes: int
    checkpoint: Checkpoint

    def __str__(self) -> str:
        state = self.checkpoint
        what = f"{len(state.resources)} resources" if not state.problems else "damaged"
        open_ones = f", {len(state.pending)} open operations" if state.pending else ""
        return (
            f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC  {self.size_bytes:>9} bytes  {what}{open_ones}"
        )


def versions(s3: Any, bucket: str, key: str) -> list[Version]:
    """The newest versions of this object, newest first, the present one included."""
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key)
    listed = [item for page in pages for item in page.get("Versions", ()) if item["Key"] == key]
    listed.sort(key=lambda item: item["LastModified"], reverse=True)
    return [
        Version(
            id=item["VersionId"],
            at=item["LastModified"],
            size_bytes=item["Size"],
            checkpoint=parse(_read(s3, bucket, key, item["VersionId"])),
        )
        for item in listed[:SHOWN]
    ]


def restore(
    s3: Any,
    bucket: str,
    key: str,
    version: Version,
    *,
    backups: Path,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Path | None:
    """Make an older version the present one. The present one, if there is any, stays in the bucket and is copied to the
    file returned.
    """
    copy = None
    try:
        present = _read(s3, bucket, key)
    except s3.exceptions.NoSuchKey:
        pass
    else:
        backups.mkdir(mode=0o700, parents=True, exist_ok=True)
        copy = backups / f"{now():%Y%m%dT%H%M%S%f}-{Path(key).name}"
        copy.write_bytes(present)
    s3.put_object(Bucket=bucket, Key=key, Body=_read(s3, bucket, key, version.id))
    return copy


def _read(s3: Any, bucket: str, key: str, version: str | None = None) -> bytes:
    which = {"VersionId": version} if version else {}
    body: bytes = s3.get_object(Bucket=bucket, Key=key, **which)["Body"].read()
    return body
