"""The fleet lock: one object in the state bucket, so that two drivers never change the fleet at once.

It is written only if there is none (S3 conditional write). A lock whose process on this machine is gone is taken
over; any other stays until its holder, or `fleet unlock`, removes it. The engine's own stack locks come second.
"""

from __future__ import annotations

import json
import signal
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from automation.errors import FleetError
from automation.processes import Machine

KEY = "fleet/lock.json"
"""Beside `.pulumi/`, which is the engine's."""

_TRIES = 3
"""A lock may be released between a refused write and a look at it."""
_NOT_SO = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})
"""What S3 answers when the condition of a write does not hold (S3 user guide, conditional writes)."""


class Locked(FleetError):
    """Somebody else is changing the fleet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """Who holds the fleet lock, as its object says. `process` tells a reused pid apart; `started_at` is UTC."""

    id: str
    owner: str
    user: str
    host: str
    pid: int
    process: str
    started_at: str
    command: str

    def to_json(self) -> str:
        """The text that `from_json` reads."""
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> Holder:
        """Read what `to_json` wrote. Raises FleetError for anything else."""
        try:
            return cls(**json.loads(text))
        except (TypeError, ValueError) as error:
            raise FleetError(
                f"{KEY} in the state bucket is not a fleet lock: {error}",
                remedy=f"if no run is going on, delete the object {KEY}",
            ) from error

    def __str__(self) -> str:
        return f"{self.user}@{self.host} (process {self.pid}, {self.owner}) since {self.started_at}: {self.command}"


class FleetLock:
    """The lock of one fleet, taken by runs that change something; a preview takes none."""

    def __init__(
        self,
        s3: Any,
        bucket: str,
        *,
        machine: Machine,
        say: Callable[[str], object],
        unlock_command: str = "fleet unlock",
    ) -> None:
        """`s3` is a boto3 client of the state bucket's region; `say` is told what is taken over or left."""
        self._s3 = s3
        self._bucket = bucket
        self._machine = machine
        self._say = say
        self._unlock_command = unlock_command
        self.taken_over: Holder | None = None
        """The dead holder whose lock was taken over, if it was."""

    @contextmanager
    def held(self, *, owner: str, command: str) -> Iterator[Holder]:
        """Hold the lock while this lasts; SIGTERM then interrupts as Ctrl-C does, so that it is released.

        Raises Locked when somebody else holds it, FleetError when the bucket cannot be written.
        """
        holder = self._take(owner, command)
        try:
            with _terminable():
                yield holder
        finally:
            self._release(holder)

    def read(self) -> Holder | None:
        """Who holds the lock; None when nobody does."""
        return self._find()[0]

    def lives(self, holder: Holder) -> bool | None:
        """Whether the holder's process lives; None for another machine's, which cannot be seen from here."""
        if holder.host != self._machine.host:
            return None
        return self._machine.identity(holder.pid) == holder.process

    def remove(self, holder: Holder) -> None:
        """Delete this holder's lock, and no other's. Raises FleetError when somebody else has it by now."""
        found, etag = self._find()
        if found is None:
            return
        if found.id != holder.id:
            raise Locked(f"the fleet lock {holder.id} is no more; {found.id} is held by {found}")
        with _explained(self._bucket):
            self._s3.delete_object(Bucket=self._bucket, Key=KEY, IfMatch=etag)

    def _take(self, owner: str, command: str) -> Holder:
        machine = self._machine
        wanted = Holder(
            id=str(uuid.uuid4()),
            owner=owner,
            user=machine.user,
            host=machine.host,
            pid=machine.pid,
            process=machine.identity(machine.pid) or "",
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            command=command,
        )
        for _ in range(_TRIES):
            if self._write(wanted, IfNoneMatch="*"):
                return wanted
            found, etag = self._find()
            if found is None:
                continue
            if found.id == wanted.id:  # the first try was carried out, its answer lost, and boto3 tried again
                return wanted
            if self.lives(found) is not False:
                raise self._held_by(found)
            if self._write(wanted, IfMatch=etag):
                self._say(f"fleet lock: its process is gone, taken over from {found}")
                self.taken_over = found
                return wanted
        raise Locked("the fleet lock is changing hands", remedy="run this again")

    def _held_by(self, found: Holder) -> Locked:
        return Locked(
            f"the fleet is locked by {found}",
            remedy=f"wait for it; if that run is surely over: {self._unlock_command} {found.id}",
        )

    def _write(self, holder: Holder, **condition: str) -> bool:
        """Write the lock if the condition holds; whether it did."""
        body = holder.to_json().encode()
        try:
            self._s3.put_object(
                Bucket=self._bucket, Key=KEY, Body=body, ContentType="application/json", **condition
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_SO:
                return False
            raise _unwritable(self._bucket, error) from error
        except BotoCoreError as error:
            raise _unwritable(self._bucket, error) from error
        return True

    def _find(self) -> tuple[Holder | None, str]:
        with _explained(self._bucket):
            try:
                answer = self._s3.get_object(Bucket=self._bucket, Key=KEY)
            except self._s3.exceptions.NoSuchKey:
                return None, ""
            return Holder.from_json(answer["Body"].read().decode()), answer["ETag"]

    def _release(self, holder: Holder) -> None:
        """Remove our own lock. A failure must not hide how the run ended: it is said, and the next run takes over."""
        try:
            self.remove(holder)
        except FleetError as error:
            self._say(
                f"fleet lock: not released: {error}; when it is in the way: {self._unlock_command} {holder.id}"
            )


def _unwritable(bucket: str, error: Exception) -> FleetError:
    return FleetError(
        f"the state bucket {bucket} cannot be written, so nothing was begun: {error}",
        remedy="use an identity that may write it, such as the operators of fleet.yaml",
    )


@contextmanager
def _explained(bucket: str) -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise FleetError(f"the fleet lock in {bucket} does not answer: {error}") from error


@contextmanager
def _terminable() -> Iterator[None]:
    """While this lasts, SIGTERM raises KeyboardInterrupt; only the main thread can arrange that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
