"""What the engine wrote into the state bucket, read without it: a stack's checkpoint, and who has it locked.

The layout is that of the engine's DIY backend (pkg/backend/diy in pulumi 3.250: store.go, state.go, lock.go), the
rules of a whole checkpoint those of its Snapshot.VerifyIntegrity (pkg/resource/deploy/snapshot.go).
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from automation.errors import FleetError
from plan import names

PROVIDER_TYPE = "pulumi:providers:"
ADOPTED = "imported by fleet, not read yet"
"""The `initErrors` of a resource that was written into the state with its id alone; a refresh clears them."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_SUFFIXES = ("", ".gz", ".zst")
_STACKS = f".pulumi/stacks/{names.PROJECT}/"
_STACK_FILE = re.compile(r"([^/]+)\.json(?:\.gz|\.zst)?")
_LOCKS = f".pulumi/locks/organization/{names.PROJECT}/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """An operation that was begun and whose end nobody recorded; `resource` is what it was to be."""

    kind: str
    resource: Mapping[str, Any]

    @property
    def urn(self) -> str:
        return str(self.resource["urn"])

    @property
    def type(self) -> str:
        return str(self.resource["type"])

    @property
    def name(self) -> str:
        return self.urn.rpartition("::")[2]

    @property
    def inputs(self) -> Mapping[str, Any]:
        inputs: Mapping[str, Any] = self.resource.get("inputs") or {}
        return inputs


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """The state of one stack as it is stored. With `problems` it is not whole: nothing may run on it."""

    resources: tuple[Mapping[str, Any], ...] = ()
    pending: tuple[Pending, ...] = ()
    problems: tuple[str, ...] = ()

    def find(self, urn: str) -> tuple[Mapping[str, Any], ...]:
        """The resources with this URN: one, or more while one is being replaced."""
        return tuple(resource for resource in self.resources if resource.get("urn") == urn)

    @property
    def unread(self) -> tuple[str, ...]:
        """URNs of resources that were imported but never read: the run that did so was killed in between."""
        return tuple(str(item["urn"]) for item in self.resources if item.get("initErrors") == [ADOPTED])


@dataclass(frozen=True, kw_only=True, slots=True)
class StackLock:
    """An engine's lock of one stack."""

    key: str
    pid: int
    user: str
    host: str
    at: datetime

    def __str__(self) -> str:
        return f"{self.user}@{self.host} (process {self.pid}) since {self.at.isoformat(timespec='seconds')}"


class StateBackend:
    """The engine's objects in the state bucket; reads only."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self.s3 = s3
        self.bucket = bucket

    def key(self, stack: str) -> str | None:
        """The object of a stack's checkpoint, the newest where compression was switched; None without a stack."""
        wanted = {f"{_STACKS}{stack}.json{suffix}" for suffix in _SUFFIXES}
        found = [item for item in self._list(f"{_STACKS}{stack}.json") if item["Key"] in wanted]
        return max(found, key=lambda item: item["LastModified"])["Key"] if found else None

    def stacks(self) -> tuple[str, ...]:
        """Every stack of the project that has a state, whether the fleet still names it or not."""
        names = (item["Key"].removeprefix(_STACKS) for item in self._list(_STACKS))
        found = (match[1] for name in names if (match := _STACK_FILE.fullmatch(name)))
        return tuple(dict.fromkeys(found))

    def checkpoints(self, stacks: Iterable[str]) -> dict[str, Checkpoint | None]:
        """The checkpoints of these stacks, read at the same time: each is two requests."""
        names = tuple(stacks)
        with ThreadPoolExecutor(max_workers=max(1, len(names))) as pool:
            return dict(zip(names, pool.map(self.checkpoint, names), strict=True))

    def checkpoint(self, stack: str) -> Checkpoint | None:
        """The stack's checkpoint, whole or not; None when the stack has none."""
        key = self.key(stack)
        return None if key is None else parse(self._get(key))

    def locks(self, stack: str) -> tuple[StackLock, ...]:
        """Who has this stack locked; more than one only while two race for it."""
        return tuple(
            _lock(item["Key"], json.loads(self._get(item["Key"]))) for item in self._list(f"{_LOCKS}{stack}/")
        )

    def _list(self, prefix: str) -> list[Mapping[str, Any]]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return [item for page in pages for item in page.get("Contents", ())]

    def _get(self, key: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body


@contextmanager
def readable(bucket: str) -> Iterator[None]:
    """Raise FleetError, with what to do, when this state bucket does not answer."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise FleetError(
            f"the state bucket {bucket} cannot be read: {error}",
            remedy="if it is not there: fleet bootstrap",
        ) from error


def parse(data: bytes) -> Checkpoint:
    """Read a checkpoint; what is wrong with it is in `problems`, never an exception."""
    try:
        document = json.loads(_decompressed(data))
        latest = (document["checkpoint"] or {}).get("latest") or {}
        resources: Sequence[Mapping[str, Any]] = latest.get("resources") or ()
        pending = tuple(
            Pending(kind=item["type"], resource=item["resource"])
            for item in latest.get("pending_operations") or ()
        )
        return Checkpoint(resources=tuple(resources), pending=pending, problems=tuple(_problems(resources)))
    except (ValueError, KeyError, TypeError, AttributeError, OSError, EOFError, zlib.error) as error:
        return Checkpoint(problems=(f"it cannot be read: {type(error).__name__}: {error}",))


def _decompressed(data: bytes) -> bytes:
    if data.startswith(_ZSTD):
        raise ValueError("it is compressed by zstd, which fleet does not read")
    return gzip.decompress(data) if data.startswith(_GZIP) else data


def _problems(resources: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the engine would refuse, all of it; `refers to` covers what comes later as well as what is nowhere."""
    seen: dict[str, list[bool]] = {}
    providers: set[str] = set()
    for index, resource in enumerate(resources):
        urn, kind = resource.get("urn"), resource.get("type")
        if not urn or not kind:
            yield f"resource {index} has no {'type' if urn else 'urn'}"
            continue
        for role, other in _references(resource):
            if other not in seen:
                yield f"{urn} has a {role} that is not before it: {other}"
        provider = resource.get("provider")
        if provider and provider not in providers and not resource.get("pendingReplacement"):
            yield f"{urn} has a provider that is not before it: {provider}"
        if kind.startswith(PROVIDER_TYPE):
            providers.add(f"{urn}::{resource.get('id')}")
        seen.setdefault(urn, []).append(bool(resource.get("delete")))
    for urn, deletes in seen.items():
        if deletes.count(False) > 1:
            yield f"{urn} is there {len(deletes)} times"


def _references(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each other resource that this one names, and what it is to it."""
    for role in ("parent", "deletedWith"):
        if resource.get(role):
            yield role, resource[role]
    dependencies = [*(resource.get("dependencies") or ()), *(resource.get("replaceWith") or ())]
    for urns in (resource.get("propertyDependencies") or {}).values():
        dependencies += urns or ()
    yield from (("dependency", urn) for urn in dict.fromkeys(dependencies))


def _lock(key: str, content: Mapping[str, Any]) -> StackLock:
    return StackLock(
        key=key,
        pid=int(content["pid"]),
        user=str(content["username"]),
        host=str(content["hostname"]),
        at=datetime.fromisoformat(str(content["timestamp"])),
    )
