"""What a run refuses before it begins, and says what to do about it; no engine is started here."""

from __future__ import annotations

import gzip
import json

import pytest

from sandbox.faults import Fault, Faults
from tests.engine.recovery.conftest import Interrupted
from tests.engine.recovery.driver import BUCKET, FLEET_LOCK, STATE, get, keys, put

pytestmark = pytest.mark.engine

UP = ("up", "--yes", "--only", "one")
FOREIGN = {
    "id": "0b5e",
    "owner": "arn:aws:sts::483026362307:assumed-role/FleetCIRole/run-77",
    "user": "runner",
    "host": "ci-77",
    "pid": 12,
    "process": "boot/12",
    "started_at": "2026-11-24T09:00:00+00:00",
    "command": "fleet up",
}


def test_a_foreign_lock_stops_a_run_until_it_is_unlocked(interrupted: Interrupted) -> None:
    """F10."""
    fleet = interrupted.fleet
    put(fleet, FLEET_LOCK, json.dumps(FOREIGN).encode())
    refused = fleet.fleet(*UP)
    unasked = fleet.fleet("unlock", "0b5e")
    wrong = fleet.fleet("unlock", "0b5f", "--yes")
    unlocked = fleet.fleet("unlock", "0b5e", "--yes")
    holder = f"runner@ci-77 (process 12, {FOREIGN['owner']}) since 2026-11-24T09:00:00+00:00: fleet up"
    assert (refused.code, refused.err) == (
        1,
        (
            f"error: the fleet is locked by {holder}; wait for it; if that run is surely over: "
            "fleet unlock --sandbox 0b5e\n"
        ),
    )
    assert (unasked.code, "say --yes to agree beforehand" in unasked.err) == (1, True)
    assert (wrong.code, wrong.err) == (1, f"error: the fleet lock is not 0b5f but 0b5e, held by {holder}\n")
    assert (unlocked.code, unlocked.err) == (0, f"fleet lock 0b5e removed; it was held by {holder}\n")
    assert keys(fleet, FLEET_LOCK) == []


def test_a_damaged_state_is_refused_and_never_overwritten(interrupted: Interrupted) -> None:
    """F12."""
    fleet = interrupted.fleet
    whole = gzip.compress(json.dumps(get(fleet, STATE)).encode())
    put(fleet, STATE, whole[:-200])
    refused = fleet.fleet(*UP)
    found = fleet.fleet("recover", "one")
    read = [fleet.fleet(*command) for command in (("status",), ("outputs", "one"), ("workdir", "two"))]
    kept = fleet.aws("s3").get_object(Bucket=BUCKET, Key=STATE)["Body"].read()
    put(fleet, STATE, whole)
    assert refused.code == 1
    assert refused.err.startswith("error: one: its state is damaged: it cannot be read: EOFError: ")
    assert refused.err.endswith("; nothing was begun; see: fleet recover --sandbox one\n")
    assert [(result.code, result.err) for result in read] == [(1, refused.err)] * 3
    assert (found.code, found.err) == (1, "nothing was changed: there is no terminal to ask on\n")
    assert found.out.startswith("one: its state is damaged: it cannot be read: EOFError: ")
    assert kept == whole[:-200]
    whole_again = fleet.fleet("recover", "one")
    assert (whole_again.code, whole_again.out) == (0, "nothing is open\n")


def test_a_state_bucket_that_cannot_be_written_is_found_first(
    interrupted: Interrupted, faults: Faults
) -> None:
    """F13."""
    faults.add(Fault("error", "s3", "PutObject", code="AccessDenied", times=99))
    refused = interrupted.fleet.fleet(*UP)
    assert refused.code == 1
    assert refused.err.startswith(
        f"error: the state bucket {BUCKET} cannot be written, so nothing was begun: An error occurred (AccessDenied)"
    )
