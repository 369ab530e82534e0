"""A driver that runs while the test does something to it, and what the state bucket says meanwhile."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from automation import processes
from tests.engine.fleets import ACCOUNTS, FLEET_COMMAND, FleetUnderTest

BUCKET = f"ml-clusters-state-{ACCOUNTS['main']}"
STATE = ".pulumi/stacks/ml-clusters/one.json.gz"
ENGINE_LOCKS = ".pulumi/locks/organization/ml-clusters/one/"
FLEET_LOCK = "fleet/lock.json"
HIT_SECONDS = 90.0
"""How long a rollout may take, on a loaded machine, to come to the call that is to hang."""
LIFE_SECONDS = 240.0
"""After this a driver that says nothing is killed, and the test that waits for its words fails."""


@dataclass
class Driver:
    """One `fleet` that runs."""

    process: subprocess.Popen[str]

    def read_until(self, part: str) -> str:
        """The rest of what it says up to the line with this part; fails when it ends before."""
        said = ""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            said += line
            if part in line:
                return said
        raise AssertionError(f"{part!r} was not said:\n{said}")

    def end(self) -> tuple[int, str]:
        """Its exit code and the rest of what it says."""
        _, said = self.process.communicate()
        return self.process.returncode, said

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.end()


@contextmanager
def driver(fleet: FleetUnderTest, *arguments: str) -> Iterator[Driver]:
    """Start `fleet` in a session of its own; it is killed if the test leaves it behind."""
    with subprocess.Popen(
        [str(FLEET_COMMAND), *arguments],
        cwd=fleet.root,
        env=fleet.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        watchdog = threading.Timer(LIFE_SECONDS, process.kill)
        watchdog.start()
        try:
            yield Driver(process)
        finally:
            watchdog.cancel()
            process.kill()


def get(fleet: FleetUnderTest, key: str) -> Any:
    """A JSON object of the state bucket."""
    body = fleet.aws("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return json.loads(gzip.decompress(body) if key.endswith(".gz") else body)


def put(fleet: FleetUnderTest, key: str, body: bytes) -> None:
    fleet.aws("s3").put_object(Bucket=BUCKET, Key=key, Body=body)


def keys(fleet: FleetUnderTest, prefix: str) -> list[str]:
    listed = fleet.aws("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [item["Key"] for item in listed.get("Contents", ())]


def engine_pid(fleet: FleetUnderTest) -> int:
    """The process that has the stack locked."""
    (key,) = keys(fleet, ENGINE_LOCKS)
    pid: int = get(fleet, key)["pid"]
    return pid


def kill_engine(fleet: FleetUnderTest) -> None:
    """End the stack's engine as a crash would, and return when it is gone."""
    pid = engine_pid(fleet)
    os.kill(pid, signal.SIGKILL)
    processes.wait(pid)


def retention_days(fleet: FleetUnderTest) -> int:
    (group,) = fleet.aws("logs").describe_log_groups(logGroupNamePrefix="/ml-clusters/one/vpc")["logGroups"]
    days: int = group["retentionInDays"]
    return days
