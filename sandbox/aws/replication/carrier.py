"""What is on its way: objects wait in a queue and one thread carries them, so that a client sees PENDING first.

A fault on `s3 ReplicateObject`, an operation that no client calls, stops it or lets an object fail.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, S3Backend

from sandbox.aws.dispatch import MOTO_LOCK, Key, Operation, Refusal
from sandbox.aws.faults import FaultTable, Place
from sandbox.aws.replication import copies, metrics
from sandbox.aws.replication.configuration import Rule, bucket_named_by, rules_for

PENDING, COMPLETED, FAILED = "PENDING", "COMPLETED", "FAILED"
OPERATION = "ReplicateObject"

Done = Callable[[str], None]
"""Is told why an object was not carried; empty when it was."""

_log = logging.getLogger("sandbox.aws.replication")


@dataclass(frozen=True, slots=True)
class Transfer:
    """One object or marker on its way to one destination."""

    bucket: FakeBucket
    item: FakeKey | FakeDeleteMarker
    rule: Rule
    done: Done
    since: float = field(default_factory=time.monotonic)

    @property
    def rule_key(self) -> tuple[str, str]:
        return (self.bucket.name, self.rule["ID"])


class Carrier:
    """The queue and its thread, which begins with the first object."""

    def __init__(self) -> None:
        self.faults = FaultTable()
        self._queue: queue.SimpleQueue[Transfer] = queue.SimpleQueue()
        self._pending: dict[tuple[str, str], list[Transfer]] = defaultdict(list)
        self._thread: threading.Thread | None = None

    def send(self, bucket: FakeBucket, item: Any, rule: Rule, done: Done = lambda _: None) -> None:
        """Put an object on its way. To be called under moto's lock."""
        transfer = Transfer(bucket, item, rule, done)
        self._pending[transfer.rule_key].append(transfer)
        if isinstance(item, FakeKey):
            statuses_of(item)[rule["ID"]] = PENDING
        self._publish(transfer, failed=0)
        self._queue.put(transfer)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            transfer = self._queue.get()
            reason = self._struck(transfer)
            with MOTO_LOCK:
                try:
                    reason = reason or _carried(transfer)
                except Exception:  # noqa: BLE001 - one object must not end the thread
                    _log.exception("carrying %s failed", transfer.item.name)
                    reason = "SrcRequestTimedOut"
                self._settle(transfer, reason)

    def _struck(self, transfer: Transfer) -> str:
        """Let a fault happen: `hang` holds everything up, any other makes the object fail."""
        destination = bucket_named_by(transfer.rule["Destination"]["Bucket"])
        region = destination.region_name if destination else transfer.bucket.region_name
        place = Place(service="s3", operation=OPERATION, account=transfer.bucket.account_id, region=region)
        strike = self.faults.meet(place)
        if strike is None:
            return ""
        if strike.fault.kind.startswith("hang"):
            strike.hold()
            return ""
        strike.hit()
        return "SrcRequestTimedOut"

    def _settle(self, transfer: Transfer, reason: str) -> None:
        self._pending[transfer.rule_key].remove(transfer)
        if isinstance(transfer.item, FakeKey):
            statuses_of(transfer.item)[transfer.rule["ID"]] = FAILED if reason else COMPLETED
        self._publish(transfer, failed=1 if reason else 0)
        transfer.done(reason)

    def _publish(self, transfer: Transfer, *, failed: int) -> None:
        waiting = self._pending[transfer.rule_key]
        metrics.publish(
            transfer.bucket,
            transfer.rule,
            pending=len(waiting),
            latency_s=max((time.monotonic() - item.since for item in waiting), default=0.0),
            pending_bytes=sum(item.item.size for item in waiting if isinstance(item.item, FakeKey)),
            failed=failed,
        )


CARRIER = Carrier()


def statuses_of(key: FakeKey) -> dict[str, str]:
    """How far an object is, rule by rule; empty for one that no rule was ever applied to."""
    found: dict[str, str] = key.__dict__.setdefault("replication", {})
    return found


def status_of(key: FakeKey) -> str | None:
    """`x-amz-replication-status`: of a source COMPLETED once all destinations have it, FAILED if one has not.

    Source: S3 User Guide, "Getting replication status information".
    """
    if getattr(key, "replication_status", None) == copies.REPLICA:
        return copies.REPLICA
    found = set(statuses_of(key).values())
    return next((status for status in (PENDING, FAILED, COMPLETED) if status in found), None)


def is_eligible(key: FakeKey, rule: Rule) -> bool:
    """Replicas are not replicated again, and SSE-KMS objects only where the rule selects them."""
    selected = rule.get("SourceSelectionCriteria", {}).get("SseKmsEncryptedObjects", {}).get("Status")
    return status_of(key) != copies.REPLICA and (key.encryption != "aws:kms" or selected == "Enabled")


def _carried(transfer: Transfer) -> str:
    """An object that was deleted meanwhile is not carried, and that is no failure."""
    if transfer.item not in transfer.bucket.keys.getlist(transfer.item.name, []):
        return ""
    if isinstance(transfer.item, FakeDeleteMarker):
        return copies.carry_marker(transfer.bucket, transfer.item, transfer.rule)
    return copies.carry(transfer.bucket, transfer.item, transfer.rule)


def _send_all(bucket: FakeBucket, key: FakeKey) -> None:
    for rule in rules_for(bucket, key.name):
        if is_eligible(key, rule):
            CARRIER.send(bucket, key, rule)


def _put_and_send(backend: S3Backend, bucket_name: str, *arguments: Any, **named: Any) -> FakeKey:
    """Moto's object, which then goes on its way; its tags follow in the same call, under the same lock."""
    key = copies.put_object(backend, bucket_name, *arguments, **named)
    _send_all(backend.get_bucket(bucket_name), key)
    return key


_put_object_tagging = S3Backend.put_object_tagging
_delete_object_tagging = S3Backend.delete_object_tagging
_set_delete_marker = S3Backend._set_delete_marker
_response_dict = FakeKey.response_dict


def _tag_and_send(backend: S3Backend, key: FakeKey, tags: dict[str, str] | None) -> FakeKey:
    """A changed tag set travels like the object, unless the object is only just on its way or never was."""
    tagged = _put_object_tagging(backend, key, tags)
    _send_change(backend, key)
    return tagged


def _untag_and_send(
    backend: S3Backend, bucket_name: str, key_name: str, version_id: str | None = None
) -> None:
    _delete_object_tagging(backend, bucket_name, key_name, version_id)
    key = backend.get_object(bucket_name, key_name, version_id=version_id)
    if key is not None:
        _send_change(backend, key)


def _send_change(backend: S3Backend, key: FakeKey) -> None:
    if status_of(key) in (COMPLETED, FAILED) and key.bucket_name:
        _send_all(backend.get_bucket(key.bucket_name), key)


def _mark_and_send(backend: S3Backend, bucket_name: str, key_name: str) -> FakeDeleteMarker:
    marker = _set_delete_marker(backend, bucket_name, key_name)
    bucket = backend.get_bucket(bucket_name)
    for rule in rules_for(bucket, key_name):
        if rule.get("DeleteMarkerReplication", {}).get("Status") == "Enabled":
            CARRIER.send(bucket, marker, rule)
    return marker


def _shown(key: FakeKey) -> dict[str, Any]:
    """Moto's headers of an object, and how far its replication is."""
    headers: dict[str, Any] = _response_dict.fget(key)
    status = status_of(key)
    return {**headers, "x-amz-replication-status": status} if status else headers


S3Backend.put_object = _put_and_send
S3Backend.put_object_tagging = _tag_and_send
S3Backend.delete_object_tagging = _untag_and_send
S3Backend._set_delete_marker = _mark_and_send
FakeKey.response_dict = property(_shown)

REFUSALS: dict[Key, tuple[Refusal, ...]] = {}
OPERATIONS: dict[Key, Operation] = {}
